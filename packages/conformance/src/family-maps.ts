import type { Matrix, Transform, Tree } from '@mixtention/core';
import { scalingsOf, transformOf } from '@mixtention/core/data';
import { expect } from 'vitest';
import { expectClose, expectCloseTrees } from './expect-close.ts';
import { COMPONENTS, type FamilyProblem, fittedParams, readRows } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const zeros = (): Float64Array => new Float64Array(COMPONENTS);

/** Parameters in user space and the space of the fit, in words, and in another order. */
export const mapRows: readonly FamilyRow[] = [
  {
    name: 'unscale-rescale',
    title: 'unscale and rescale undo each other, and densities move by the scales alone',
    check: ({ problem }) => {
      const { family, x } = problem;
      const params = fittedParams(problem);
      const transform = transformFor(problem);
      expectCloseTrees(family.rescale(family.unscale(params, transform), transform), params, 1e-12);
      const rows: Matrix = {
        ...x,
        data: x.data.map((v, i) => transform.center[i % x.cols]! + transform.scale[i % x.cols]! * v),
      };
      const shift = transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
      const inner = readRows(family, x, family.scores(params, zeros())).logEvidence;
      const outer = readRows(family, rows, family.scores(family.unscale(params, transform), zeros())).logEvidence;
      expectClose(
        outer,
        inner.map((l) => l - shift),
        1e-8,
        'log density in user space',
      );
    },
  },
  {
    name: 'describe',
    title: 'a description gives back the parameters that it describes',
    check: ({ problem }) => {
      const { family, width } = problem;
      const params = fittedParams(problem);
      const description = family.describe(params);
      expect([description.means.rows, description.means.cols]).toEqual([COMPONENTS, width]);
      const again = family.fromDescription(description);
      expectCloseTrees(again, params, 1e-12);
      expectCloseTrees(family.describe(again) as unknown as Tree, description as unknown as Tree, 1e-12);
    },
  },
  {
    name: 'select',
    title: 'select puts components into the given order; some may be left out, some come twice',
    check: ({ problem }) => {
      const { family, logWeights } = problem;
      const params = fittedParams(problem);
      const order = [2, 0, 1];
      const permuted = family.describe(family.select(params, order)).means.data;
      const { data, cols } = family.describe(params).means;
      expect([...permuted]).toEqual(order.flatMap((k) => [...data.subarray(k * cols, (k + 1) * cols)]));
      const bias = family.scores(params, logWeights).bias;
      const turned = family.scores(
        family.select(params, order),
        Float64Array.from(order, (k) => logWeights[k]!),
      ).bias;
      expect([...turned]).toEqual(order.map((k) => bias[k]));
      expect(family.describe(family.select(params, [1])).means.rows).toBe(1);
      const twice = family.scores(family.select(params, [2, 2, 0, 1]), new Float64Array(4)).bias;
      const once = family.scores(params, zeros()).bias;
      expect([...twice]).toEqual([2, 2, 0, 1].map((k) => once[k]));
    },
  },
];

/** A map of columns as the family's data sets have it. */
export function transformFor({ family, width, random }: FamilyProblem): Transform {
  const drawn = (): Float64Array => Float64Array.from({ length: width }, () => random.normal());
  return transformOf({ center: drawn().map((c) => 10 * c), spread: drawn().map(Math.exp) }, scalingsOf(family, width));
}
