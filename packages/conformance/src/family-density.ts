import type { Family, Matrix, Tree } from '@mixtention/core';
import { chiSquareLimit, standardErrors } from '@mixtention/core/testing';
import { expect } from 'vitest';
import { expectClose } from './expect-close.ts';
import {
  assignedLogLikelihood,
  COMPONENTS,
  type FamilyProblem,
  familyProblem,
  fittedParams,
  randomResponsibilities,
  readRows,
  weightedStatistics,
} from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

/** Densities, statistics, estimates and samples belong to one another. */
export const densityRows: readonly FamilyRow[] = [
  {
    name: 'estimate-stationary',
    title:
      'at the estimate the gradient of the log normalizer is the mean statistics: the likelihood is level and falls on both sides (finite differences)',
    check: ({ problem }) => {
      const { family, params } = problem;
      const at = curveOfStatistics(problem);
      const { counts, sums } = at(0);
      const height = (t: number): number => {
        const { counts: c, sums: s } = at(t);
        return assignedLogLikelihood(
          counts,
          sums,
          family.scores(family.estimate(c, s, params, 1e-9).params, new Float64Array(COMPONENTS)),
        );
      };
      expectTop(height);
    },
  },
  {
    name: 'estimate-inverts',
    title:
      'the estimate from the statistics of many draws is the parameters that drew them: twice the gain in likelihood is chi-square',
    check: ({ problem }) => {
      const { family, random } = problem;
      const params = family.select(fittedParams(problem), [1]);
      const x = draws(family, params, 6000, random);
      const { counts, sums } = weightedStatistics(family, x, new Float64Array(x.rows).fill(1));
      const estimate = family.estimate(counts, sums, params, 1e-9);
      expect(estimate.degenerate).toEqual([]);
      const logLikelihood = (p: Tree): number =>
        assignedLogLikelihood(counts, sums, family.scores(p, new Float64Array(1)));
      const gain = 2 * (logLikelihood(estimate.params) - logLikelihood(params));
      expect(gain).toBeGreaterThan(0);
      expect(gain).toBeLessThan(chiSquareLimit(family.freeParameters(1, x.cols)));
    },
  },
  {
    name: 'integrates',
    title: 'densities integrate to one: over draws from one component the ratio of another density to it averages one',
    check: ({ problem }) => {
      const { family, x, params, random } = problem;
      const [own, other] = neighbours(problem);
      const rows = draws(family, own, 20_000, random);
      const zero = new Float64Array(1);
      const from = readRows(family, rows, family.scores(own, zero)).logEvidence;
      const to = readRows(family, rows, family.scores(other, zero)).logEvidence;
      expect(
        standardErrors(
          to.map((l, n) => Math.exp(l - from[n]!)),
          1,
        ),
      ).toBeLessThan(4.5);
      expect(family.scores(params, new Float64Array(COMPONENTS)).components).toBe(COMPONENTS);
      expect(x.cols).toBe(problem.width);
    },
  },
  {
    name: 'weights-in-bias',
    title: 'log weights are added to the scores of their components, and −∞ switches one off',
    check: ({ problem }) => {
      const { family, x, params, logWeights } = problem;
      const bare = readRows(family, x, family.scores(params, new Float64Array(COMPONENTS))).scores;
      const weighted = readRows(family, x, family.scores(params, logWeights)).scores;
      expectClose(
        weighted.data,
        bare.data.map((l, i) => l + logWeights[i % COMPONENTS]!),
        1e-9,
        'weighted scores',
      );
      const off = family.scores(params, Float64Array.of(0, Number.NEGATIVE_INFINITY, 0));
      expect(off.bias[1]).toBe(Number.NEGATIVE_INFINITY);
    },
  },
  {
    name: 'separates',
    title: 'rows drawn from components well apart are won by the component that drew them',
    check: ({ problem }) => {
      const { family, x, params, labels } = problem;
      const { data } = readRows(family, x, family.scores(params, new Float64Array(COMPONENTS))).scores;
      const right = labels.filter((k, n) =>
        [0, 1, 2].every((j) => data[n * COMPONENTS + k]! >= data[n * COMPONENTS + j]!),
      );
      expect(right.length).toBeGreaterThan(0.95 * x.rows);
    },
  },
  {
    name: 'samples-supported',
    title: 'samples lie in the support and repeat with the random source',
    check: ({ problem }) => {
      const { family, x } = problem;
      family.checkSupport(x);
      expect(familyProblem(family, 1, x.rows, x.cols).x).toStrictEqual(familyProblem(family, 1, x.rows, x.cols).x);
    },
  },
  {
    name: 'support-refused',
    title: 'a family of a restricted support refuses rows outside of it, naming row and column',
    check: ({ problem }) => {
      const { family, x } = problem;
      family.columns(x.cols).forEach(({ scaling }, d) => {
        const refused = [-1, 0.5, 2.5].filter((value) => {
          const bad: Matrix = { ...x, data: x.data.slice() };
          bad.data[2 * x.cols + d] = value;
          try {
            family.checkSupport(bad, { first: 5 });
            return false;
          } catch (error) {
            const place = new RegExp(`row 7\\b.*column ${d}\\b`);
            expect(error).toMatchObject({ code: 'BAD_DATA', message: expect.stringMatching(place) });
            return true;
          }
        });
        expect(refused.length > 0).toBe(scaling === 'none');
      });
    },
  },
];

/** Requires a function to be level at 0 and to fall on both sides. */
export function expectTop(height: (t: number) => number): void {
  const step = 1e-3;
  const [below, top, above] = [height(-step), height(0), height(step)];
  const curvature = 2 * top - below - above;
  expect(curvature).toBeGreaterThan(0);
  // The slope of a smooth top vanishes; what a cubic term leaves of the difference is of the order of step × curvature.
  expect(Math.abs(above - below)).toBeLessThan(0.05 * curvature + 1e-10 * Math.abs(top));
}

/** Statistics of the rows under responsibilities that are bent towards others as t grows: the soft ones at 0. */
export function curveOfStatistics(
  problem: FamilyProblem,
): (t: number) => { counts: Float64Array; sums: Float64Array[] } {
  const { family, x, soft } = problem;
  const other = randomResponsibilities(x.rows, COMPONENTS, problem.random);
  return (t) =>
    weightedStatistics(
      family,
      x,
      soft.map((r, i) => (1 - t) * r + t * other[i]!),
    );
}

/** Two components near each other, as parameters of one component each. */
function neighbours(problem: FamilyProblem): [Tree, Tree] {
  const { family, x, params, labels } = problem;
  const hard = (share: number): Float64Array =>
    Float64Array.from({ length: x.rows * COMPONENTS }, (_, i) =>
      labels[Math.floor(i / COMPONENTS)] === i % COMPONENTS ? 1 : share,
    );
  const [near, far] = [0.02, 0.04].map((share) => {
    const { counts, sums } = weightedStatistics(family, x, hard(share));
    return family.select(family.estimate(counts, sums, params, 1e-9).params, [0]);
  });
  return [far!, near!];
}

function draws(family: Family, params: Tree, rows: number, random: FamilyProblem['random']): Matrix {
  const all = Array.from({ length: rows }, () => family.sample(params, 0, random));
  const cols = all[0]!.length;
  const data = new Float64Array(rows * cols);
  all.forEach((row, n) => {
    data.set(row, n * cols);
  });
  return { data, rows, cols };
}
