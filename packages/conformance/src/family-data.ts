import type { ConjugateFamily, Matrix, Scores, Transform, Tree } from '@mixtention/core';
import { decodeTree, encodeTree, isHealthy, priorOf } from '@mixtention/core/base';
import { logBaseOf, standStatistics, standWidth } from '@mixtention/core/kernel';
import { expect } from 'vitest';
import { freezeTree } from './deep-freeze.ts';
import { transformFor } from './family-maps.ts';
import {
  COMPONENTS,
  type FamilyProblem,
  fittedParams,
  meanStatisticsOf,
  readRows,
  weightedStatistics,
  withWeakPrior,
} from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const WHERE = 'conformance/family';
const zeros = (): Float64Array => new Float64Array(COMPONENTS);

/** Shapes, plain data, purity, starts, degenerate rows. */
export const dataRows: readonly FamilyRow[] = [
  {
    name: 'statistics-width',
    title: 'statistics have the declared width and the precision of the rows',
    check: ({ problem: { family, x } }) => {
      const single: Matrix = { ...x, data: Float32Array.from(x.data) };
      for (const rows of [x, single]) {
        for (const stand of family.terms(x.cols)) {
          const statistics = standStatistics(stand, rows);
          expect([statistics.rows, statistics.cols]).toEqual([x.rows, standWidth(stand, x.cols)]);
          expect(statistics.data.length).toBe(statistics.rows * statistics.cols);
          expect(statistics.data.constructor).toBe(rows.data.constructor);
        }
      }
      const { terms } = family.scores(
        family.fromDescription({ means: { ...x, rows: 1, data: x.data.slice(0, x.cols) }, covariances: null }),
        new Float64Array(1),
      );
      const stands = family.terms(x.cols);
      expect(terms.map(({ statistics, columns }) => ({ statistics, columns }))).toEqual(stands);
      expect(terms.map(({ width }) => width)).toEqual(stands.map((stand) => standWidth(stand, x.cols)));
    },
  },
  {
    name: 'plain-data',
    title:
      'parameters, and prior and posterior where there are some, survive structuredClone and a file, and the copies score with the same bits',
    check: ({ problem }) => {
      const { family } = problem;
      const params = fittedParams(problem);
      const learned = learnedFrom(problem);
      for (const copy of [
        <T extends Tree>(t: T): T => structuredClone(t),
        <T extends Tree>(t: T): T => decodeTree(encodeTree(t)) as T,
      ]) {
        expect(copy(params)).toStrictEqual(params);
        expect(family.scores(copy(params), zeros())).toStrictEqual(family.scores(params, zeros()));
        if (learned === null) continue;
        const { conjugate, prior, posterior, counts, sums } = learned;
        expect(conjugate.posterior(copy(prior), counts, sums)).toStrictEqual(posterior);
        expect(conjugate.mode(copy(posterior))).toStrictEqual(conjugate.mode(posterior));
      }
    },
  },
  {
    name: 'pure',
    title: 'every function leaves its arguments alone and repeats its answer bit for bit',
    check: ({ problem }) => {
      const { family, x, soft } = problem;
      const { counts, sums } = weightedStatistics(family, x, soft);
      const learned = learnedFrom(problem);
      const given = {
        x,
        params: fittedParams(problem),
        counts,
        sums,
        logWeights: zeros(),
        learned: learned && { prior: learned.prior, posterior: learned.posterior },
        transform: transformFor(problem),
      };
      const { frozen, before } = freezeTree(given);
      expect(everyAnswer(family, frozen)).toStrictEqual(everyAnswer(family, frozen));
      expect(frozen).toStrictEqual(before);
    },
  },
  {
    name: 'start',
    title: 'a start around rows of the data is healthy, also when the rows are all the same',
    check: ({ problem: { family, x, width } }) => {
      const same: Matrix = { ...x, data: Float64Array.from(x.data, (_, i) => x.data[i % width]!) };
      for (const rows of [x, same]) {
        const centers: Matrix = { data: rows.data.slice(0, COMPONENTS * width), rows: COMPONENTS, cols: width };
        const params = family.startAt(centers, meanStatisticsOf(family, rows));
        expect(isHealthy(params)).toBe(true);
        expect(readRows(family, rows, family.scores(params, zeros())).logEvidence.every(Number.isFinite)).toBe(true);
      }
    },
  },
  {
    name: 'degenerate',
    title:
      'a component that owns nothing keeps its parameters and is named; one row, owned alone, gives healthy parameters',
    check: ({ problem }) => {
      const { family, x, params } = problem;
      const R = Float64Array.from({ length: x.rows * COMPONENTS }, (_, i) =>
        Number(i % COMPONENTS === (Math.floor(i / COMPONENTS) === 0 ? 1 : 0)),
      );
      const { counts, sums } = weightedStatistics(family, x, R);
      const estimate = family.estimate(counts, sums, params, 1e-6);
      expect(isHealthy(estimate.params)).toBe(true);
      expect(estimate.degenerate).toContain(2);
      const kept = family.describe(estimate.params).means.data.slice(2 * x.cols);
      expect([...kept]).toEqual([...family.describe(params).means.data.slice(2 * x.cols)]);
      expect(readRows(family, x, family.scores(estimate.params, zeros())).scores.data.some(Number.isNaN)).toBe(false);
    },
  },
  {
    name: 'free-parameters',
    title: 'free parameters are counted in whole numbers, no more than a set for each component',
    check: ({ problem: { family, width } }) => {
      const [one, three] = [family.freeParameters(1, width), family.freeParameters(3, width)];
      expect([one, three].every((count) => Number.isInteger(count) && count > 0)).toBe(true);
      expect(three).toBeGreaterThan(one);
      expect(three).toBeLessThanOrEqual(3 * one);
    },
  },
];

type Given = {
  readonly x: Matrix;
  readonly params: Tree;
  readonly counts: Float64Array;
  readonly sums: readonly Float64Array[];
  readonly logWeights: Float64Array;
  readonly learned: Pick<Learned, 'prior' | 'posterior'> | null;
  readonly transform: Transform;
};

function everyAnswer(family: FamilyProblem['family'], given: Given): unknown {
  const { x, params, counts, sums, logWeights, learned, transform } = given;
  return structuredClone([
    family.terms(x.cols).map((stand) => standStatistics(stand, x)),
    logBaseOf(family.terms(x.cols), x),
    withoutFunctions(family.scores(params, logWeights)),
    family.startAt({ ...x, rows: 2, data: x.data.slice(0, 2 * x.cols) }, meanStatisticsOf(family, x)),
    family.estimate(counts, sums, params, 1e-6),
    family.unscale(params, transform),
    family.rescale(params, transform),
    family.describe(params),
    family.select(params, [1, 0, 2]),
    ...(learned === null ? [] : answersOfPrior(priorOf(family, WHERE), given, learned)),
  ]);
}

function answersOfPrior(
  conjugate: ConjugateFamily['prior'],
  { params, counts, sums, logWeights }: Given,
  { prior, posterior }: Pick<Learned, 'prior' | 'posterior'>,
): readonly unknown[] {
  return [
    conjugate.posterior(prior, counts, sums),
    conjugate.mode(posterior),
    conjugate.mean(posterior),
    conjugate.logDensity(prior, params),
    withoutFunctions(conjugate.expectedScores(posterior, logWeights)),
    conjugate.divergence(posterior, prior),
  ];
}

type Learned = {
  readonly conjugate: ConjugateFamily['prior'];
  readonly prior: Tree;
  readonly posterior: Tree;
  readonly counts: Float64Array;
  readonly sums: readonly Float64Array[];
};

/** The weak prior, and the posterior of softly assigned rows; null where the family has no prior. */
function learnedFrom(problem: FamilyProblem): Learned | null {
  if (problem.family.prior === undefined) return null;
  const { family, prior, x, soft } = withWeakPrior(problem);
  const { counts, sums } = weightedStatistics(family, x, soft);
  return {
    conjugate: family.prior,
    prior,
    posterior: family.prior.posterior(prior, counts, sums) as Tree,
    counts,
    sums,
  };
}

/** Scores as plain data. */
function withoutFunctions({ components, bias, terms }: Scores): unknown {
  return { components, bias, terms: terms.map(({ statistics, ...term }) => ({ ...term, key: statistics.key })) };
}
