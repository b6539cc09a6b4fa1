import type { ConjugateFamily, Family, Matrix, Scores, Tree } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { totalOf } from '@mixtention/core/base';
import { openRows } from '@mixtention/core/data';
import { reference, referenceSums, standStatistics } from '@mixtention/core/kernel';
import { describe, expect, it } from 'vitest';
import { pointWeights } from '../weights/index.ts';

/** What `fixture.py` of every family writes: flat arrays and numbers. */
export type Fixture = {
  readonly x: readonly number[];
  readonly logWeights: readonly number[];
  readonly params: Flat;
  readonly logComponents: readonly number[];
  readonly logDensity: readonly number[];
  readonly responsibilities: readonly number[];
  readonly prior: Flat;
  readonly logPrior: number;
  readonly labels: readonly number[];
  readonly logEvidence: number;
  readonly soft: readonly number[];
  readonly estimate: Flat;
};

type Flat = { readonly [name: string]: readonly number[] | number };

/** Rows and columns of the fixtures. */
const N = 12;
const D = 3;
const K = 3;

/** A family against SciPy: densities, prior, evidence, estimates, and the mode as the highest point of the penalised likelihood. */
export function checkAgainstScipy(family: ConjugateFamily, fixture: Fixture): void {
  const x: Matrix = { data: Float64Array.from(fixture.x), rows: N, cols: D };
  const logWeights = Float64Array.from(fixture.logWeights);
  const params = { width: D, ...typed(fixture.params) };
  const prior = typed(fixture.prior);
  const oneHot = Float64Array.from({ length: N * K }, (_, i) => (fixture.labels[Math.floor(i / K)] === i % K ? 1 : 0));

  describe(`${family.spec.name} against SciPy`, () => {
    it('scores rows at log π_k + log p(x | k)', () => {
      const { data } = scoresOf(x, family.scores(params, logWeights));
      expectClose(
        data,
        fixture.logComponents.map((l, i) => l + logWeights[i % K]!),
        1e-11,
      );
    });

    it('gives the log density and responsibilities of the mixture', () => {
      const scores = family.scores(params, logWeights);
      const reading = openRows(x, plain).read(scores, null, { responsibilities: true });
      expectClose(reading.logEvidence, fixture.logDensity, 1e-11);
      expectClose(reading.responsibilities!.data, fixture.responsibilities, 1e-11);
    });

    it('has the prior density with every constant', () => {
      expectClose([family.prior.logDensity(prior, params)], [fixture.logPrior], 1e-10);
    });

    it('bounds the evidence of known components with equality: E log p(x | z) − KL = log p(x | z), to 1e-9', () => {
      const { counts, sums } = sumsOf(family, x, oneHot);
      const posterior = family.prior.posterior(prior, counts, sums);
      const { data } = scoresOf(x, family.prior.expectedScores(posterior, new Float64Array(K)));
      const expected = fixture.labels.reduce((sum, k, n) => sum + data[n * K + k]!, 0);
      expect(
        Math.abs(expected - totalOf(family.prior.divergence(posterior, prior)) - fixture.logEvidence),
      ).toBeLessThan(1e-9);
      expect(totalOf(family.prior.evidence(posterior, prior)) - fixture.logEvidence).toBeCloseTo(0, 9);
    });

    it('estimates softly assigned rows by maximum likelihood', () => {
      const { counts, sums } = sumsOf(family, x, Float64Array.from(fixture.soft));
      const { params: estimated, degenerate } = family.estimate(counts, sums, params, 1e-12);
      expect(degenerate).toEqual([]);
      for (const [name, values] of Object.entries(typed(fixture.estimate))) {
        expectClose(estimated[name] as Float64Array, values as Float64Array, 1e-10);
      }
    });

    it('has its mode at the highest point of expected log-likelihood plus log prior', () => {
      const r = Float64Array.from(fixture.soft);
      const { counts, sums } = sumsOf(family, x, r);
      const mode = family.prior.mode(family.prior.posterior(prior, counts, sums));
      const height = (at: Tree): number =>
        Array.from(scoresOf(x, family.scores(at, new Float64Array(K))).data).reduce((sum, l, i) => sum + r[i]! * l, 0) +
        family.prior.logDensity(prior, at);
      const top = height(mode);
      for (const [name, index] of cells(mode)) {
        for (const step of [1e-4, -1e-4]) expect(height(moved(mode, name, index, step))).toBeLessThan(top);
      }
    });
  });
}

/** Counts and sums of rows under given responsibilities, by the definition. */
export function sumsOf(family: Family, x: Matrix, r: Float64Array): { counts: Float64Array; sums: Float64Array[] } {
  const stands = family.terms(x.cols);
  return referenceSums(
    stands.map((stand) => standStatistics(stand, x)),
    stands.map(({ statistics }) => statistics.squares),
    { data: r, rows: x.rows, cols: r.length / x.rows },
  );
}

/** Plain maximum likelihood by EM in the given space, for a number of steps, with the log-likelihood of every state. */
export function runEm(
  family: Family,
  x: Matrix,
  start: { readonly params: Tree; readonly logWeights: Float64Array },
  steps: number,
): { params: Tree; logWeights: Float64Array; trace: number[]; degenerate: readonly number[] } {
  let { params, logWeights } = start;
  let degenerate: readonly number[] = [];
  const trace: number[] = [];
  for (let step = 0; step < steps; step++) {
    const scores = family.scores(params, logWeights);
    const written = openRows(x, plain).write(scores);
    trace.push(written.logEvidence);
    ({ params, degenerate } = family.estimate(written.counts, written.sums, params, 1e-6));
    logWeights = pointWeights().mode(written.counts);
  }
  return { params, logWeights, trace, degenerate };
}

/** Mean statistics of rows. */
export function meanStatisticsOf(family: Family, x: Matrix): Float64Array[] {
  return sumsOf(family, x, new Float64Array(x.rows).fill(1 / x.rows)).sums;
}

/** All scores `[N, K]` by the naive kernel. */
export function scoresOf(x: Matrix, scores: Scores): Matrix {
  return reference(
    scores.terms.map((term) => standStatistics(term, x)),
    scores,
  ).scores;
}

/** Relative to 1 or the size of what is due, whichever is larger. */
export function expectClose(came: ArrayLike<number>, due: ArrayLike<number>, tolerance: number): void {
  expect(came.length).toBe(due.length);
  const worst = Array.from(due, (d, i) => Math.abs(came[i]! - d) / Math.max(1, Math.abs(d))).reduce(
    (a, b) => (b > a || Number.isNaN(b) ? b : a),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
}

function typed(flat: Flat): { readonly [name: string]: Tree } {
  return Object.fromEntries(
    Object.entries(flat).map(([name, value]) => [name, typeof value === 'number' ? value : Float64Array.from(value)]),
  );
}

/** Every number of the parameters; of symmetric blocks one half, which `moved` mirrors. */
function cells(params: Tree): [string, number][] {
  return Object.entries(params as { [name: string]: Tree }).flatMap(([name, values]) =>
    values instanceof Float64Array
      ? Array.from(values.keys(), (i): [string, number] => [name, i]).filter(
          ([, i]) => !name.startsWith('covariance') || mirrored(i) >= i,
        )
      : [],
  );
}

function moved(params: Tree, name: string, index: number, step: number): Tree {
  const all = params as { [name: string]: Tree };
  const values = (all[name] as Float64Array).slice();
  values[index]! += step;
  if (name.startsWith('covariance') && mirrored(index) !== index) values[mirrored(index)]! += step;
  return { ...all, [name]: values };
}

/** Index of the mirror cell in `[…, D, D]`. */
function mirrored(index: number): number {
  const cell = index % (D * D);
  return index - cell + (cell % D) * D + Math.floor(cell / D);
}
