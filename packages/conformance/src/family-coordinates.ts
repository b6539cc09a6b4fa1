import type { Coordinates, NamedArrays, Tree } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { isHealthy, priorOf } from '@mixtention/core/base';
import { openRows } from '@mixtention/core/data';
import { expect } from 'vitest';
import { expectCloseTrees } from './expect-close.ts';
import { COMPONENTS, type FamilyProblem, fittedParams, withWeakPrior } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

/** Free coordinates, where a family has some: gradients, the way back, the floor. */
export const coordinateRows: readonly FamilyRow[] = [
  {
    name: 'coordinates-inverse',
    title: 'parameters come back from their free coordinates, which are finite numbers',
    check: ({ problem }) => {
      const { space, params } = free(problem);
      const at = space.from(params);
      expect(isHealthy(at)).toBe(true);
      expectCloseTrees(space.to(at, COMPONENTS), params, 1e-9);
      expect(Object.keys(at)).not.toContain('logits');
    },
  },
  {
    name: 'coordinates-gradient',
    title:
      'the gradient of the log-likelihood, and of the log posterior, by free coordinates equals finite differences',
    check: ({ problem }) => {
      expectFiniteDifferences(problem, null);
      if (problem.family.prior !== undefined) expectFiniteDifferences(problem, withWeakPrior(problem).prior);
    },
  },
  {
    name: 'coordinates-bound',
    title:
      'coordinates within the floor stay as they are; below it the variances of scaled columns are lifted to it, and their components named',
    check: ({ problem }) => {
      const { space, params } = free(problem);
      const at = space.from(params);
      expect(space.bound(at, COMPONENTS, 1e-12)).toEqual({ coordinates: at, degenerate: [] });
      const { family, width } = problem;
      const floor = 1e4;
      const { coordinates, degenerate } = space.bound(at, COMPONENTS, floor);
      const { covariances } = family.describe(space.to(coordinates, COMPONENTS));
      const scaled = family.columns(width).flatMap(({ scaling }, d) => (scaling === 'none' ? [] : [d]));
      expect(degenerate).toEqual(scaled.length > 0 ? [0, 1, 2] : []);
      for (const { data } of covariances ?? [])
        for (const d of scaled) expect(data[d * width + d]!).toBeGreaterThan(0.999 * floor);
    },
  },
];

type Free = { readonly space: Coordinates<Tree, Tree>; readonly params: Tree };

function free(problem: FamilyProblem): Free {
  return { space: problem.family.coordinates!, params: fittedParams(problem) };
}

function expectFiniteDifferences(problem: FamilyProblem, prior: Tree | null): void {
  const { family, x, logWeights } = problem;
  const { space, params } = free(problem);
  const rows = openRows(x, plain);
  const write = (at: NamedArrays) => rows.write(family.scores(space.to(at, COMPONENTS), logWeights));
  const objective = (at: NamedArrays): number =>
    write(at).logEvidence +
    (prior === null ? 0 : priorOf(family, 'conformance/family').logDensity(prior, space.to(at, COMPONENTS)));
  const at = space.from(params);
  const gradient = space.gradient(at, write(at), prior);
  const size = Math.max(...Object.values(gradient).map((g) => Math.max(...g.map(Math.abs))));
  const step = 1e-5;
  for (const [name, array] of Object.entries(at)) {
    array.forEach((value, i) => {
      const moved = (by: number): number => objective({ ...at, [name]: array.with(i, value + by) });
      const difference = (moved(step) - moved(-step)) / (2 * step);
      expect(Math.abs(gradient[name]![i]! - difference) / size, `${name}[${i}]`).toBeLessThan(2e-6);
    });
  }
}
