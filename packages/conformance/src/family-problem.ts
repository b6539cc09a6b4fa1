import type { ConjugateFamily, Family, Matrix, RandomSource, Scores, Term, Tree } from '@mixtention/core';
import { priorOf } from '@mixtention/core/base';
import { isScaled, scalingsOf } from '@mixtention/core/data';
import { factorRows, isShared, logBaseOf, reference, referenceSums, standStatistics } from '@mixtention/core/kernel';
import { generator, key, split } from '@mixtention/core/numeric';

/** Components of the problems that families are tested on. */
export const COMPONENTS = 3;

/** A mixture of a family, rows drawn from it, and soft responsibilities that have nothing to do with it. */
export type FamilyProblem = {
  readonly family: Family;
  readonly width: number;
  /** K components well apart. */
  readonly params: Tree;
  readonly logWeights: Float64Array;
  readonly x: Matrix;
  readonly labels: Int32Array;
  /** R `[N, K]`, rows sum to 1 */
  readonly soft: Float64Array;
  readonly random: RandomSource;
};

/**
 * A mixture whose components are well apart, by the family's own words alone, and rows drawn from it.
 *
 * Means of columns that are scaled lie anywhere; of others they are 0.1 or 0.9, which lie in the support's hull for rates and probabilities
 * alike, and many columns tell them apart.
 *
 * @param width  D, for a family that is made for so many columns
 *
 * @example
 * const { x, labels } = familyProblem(bernoulli, 0);
 * x.rows; // 240
 * labels.length; // 240
 */
export function familyProblem(
  family: Family,
  seed: number,
  rows = 240,
  width: number = widthFor(family),
): FamilyProblem {
  const random = generator(split(key(seed), 'family', family.spec.name));
  const params = family.fromDescription({ means: separatedMeans(family, width), covariances: null });
  const labels = Int32Array.from({ length: rows }, (_, n) => n % COMPONENTS);
  const x = new Float64Array(rows * width);
  labels.forEach((k, n) => {
    x.set(family.sample(params, k, random), n * width);
  });
  return {
    family,
    width,
    params,
    logWeights: Float64Array.of(0.5, 0.3, 0.2).map(Math.log),
    x: { data: x, rows, cols: width },
    labels,
    soft: randomResponsibilities(rows, COMPONENTS, random),
    random,
  };
}

/** A family that has a prior, and its weak one for the rows of the problem. */
export function withWeakPrior(
  problem: FamilyProblem,
): FamilyProblem & { readonly family: ConjugateFamily; readonly prior: Tree } {
  const { family, x, width } = problem;
  const conjugate = priorOf(family, 'conformance/family');
  return {
    ...problem,
    family: { ...family, prior: conjugate },
    prior: conjugate.weak(width, meanStatisticsOf(family, x)) as Tree,
  };
}

/** Parameters of no special shape: the maximum likelihood estimate under soft responsibilities. */
export function fittedParams({ family, x, soft, params }: FamilyProblem): Tree {
  const { counts, sums } = weightedStatistics(family, x, soft);
  return family.estimate(counts, sums, params, 1e-9).params;
}

/** Counts `[K]` and sums of rows under responsibilities `[N, K]`, one array a term, by the definition. */
export function weightedStatistics(
  family: Family,
  x: Matrix,
  R: Float64Array,
): { counts: Float64Array; sums: Float64Array[] } {
  const stands = family.terms(x.cols);
  return referenceSums(
    stands.map((stand) => standStatistics(stand, x)),
    stands.map(({ statistics }) => statistics.squares),
    { data: R, rows: x.rows, cols: R.length / x.rows },
  );
}

/** The mean statistics of rows. */
export function meanStatisticsOf(family: Family, x: Matrix): Float64Array[] {
  return weightedStatistics(family, x, new Float64Array(x.rows).fill(1 / x.rows)).sums;
}

/**
 * The naive kernel over rows: scores `[N, K]` and log evidence `[N]` with the base measure.
 *
 * @example
 * const { family, params, logWeights, x } = familyProblem(bernoulli, 0, 100);
 * const { scores, logEvidence } = readRows(family, x, family.scores(params, logWeights));
 * [scores.rows, logEvidence.length]; // [100, 100]
 */
export function readRows(family: Family, x: Matrix, scores: Scores): { scores: Matrix; logEvidence: Float64Array } {
  const read = reference(
    scores.terms.map((term) => standStatistics(term, x)),
    scores,
  );
  const base = logBaseOf(family.terms(x.cols), x);
  return {
    scores: read.scores,
    logEvidence: base === null ? read.logEvidence : read.logEvidence.map((l, n) => l + base[n]!),
  };
}

/** `Σ_k (sums_k · η_k + counts_k b_k)`: expected log-likelihood of assigned rows, less the base measure, whichever form the scores have. */
export function assignedLogLikelihood(counts: Float64Array, sums: readonly Float64Array[], scores: Scores): number {
  const K = counts.length;
  let total = 0;
  for (let k = 0; k < K; k++) total += counts[k]! * scores.bias[k]!;
  scores.terms.forEach((term, t) => {
    for (let k = 0; k < K; k++) total += termLogLikelihood(term, k, counts, sums[t]!);
  });
  return total;
}

/** Of whitened terms `s·Wᵀc − ½ tr(WᵀW S) − ½ N ‖c‖²`; what all components share of S counts with the first. */
function termLogLikelihood(term: Term, k: number, counts: Float64Array, sums: Float64Array): number {
  const { width: C, statistics } = term;
  const K = counts.length;
  const step = statistics.squares === 'each' ? sums.length / K : C;
  const first = sums.subarray(k * step, k * step + C);
  if (term.form === 'linear') return dot(first, term.natural.subarray(k * C, (k + 1) * C));
  const squares = statistics.squares === 'each' ? sums.subarray(k * step + C) : sums.subarray(K * C);
  const R = factorRows(term, K);
  const own = isShared(term, K) ? 0 : k;
  let total = 0;
  for (let i = 0; i < R; i++) {
    const c = term.offset[k * R + i]!;
    const w = term.factor.subarray((own * R + i) * C, (own * R + i + 1) * C);
    total += c * dot(first, w) - 0.5 * counts[k]! * c * c;
    if (statistics.squares === 'pooled' && k > 0) continue;
    for (let a = 0, at = 0; a < C; a++)
      for (let b = 0; b <= a; b++, at++) total -= (a === b ? 0.5 : 1) * w[a]! * w[b]! * squares[at]!;
  }
  return total;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

/** Rows of responsibilities, uniform on the simplex up to a power that makes some small. */
export function randomResponsibilities(rows: number, components: number, random: RandomSource): Float64Array {
  const R = new Float64Array(rows * components);
  for (let n = 0; n < rows; n++) {
    const draws = Float64Array.from({ length: components }, () => -Math.log(random.uniform()));
    const sum = draws.reduce((a, b) => a + b, 0);
    for (let k = 0; k < components; k++) R[n * components + k] = draws[k]! / sum;
  }
  return R;
}

function widthFor(family: Family): number {
  return isScaled(family, 1) ? 3 : 20;
}

function separatedMeans(family: Family, width: number): Matrix {
  const ways = scalingsOf(family, width);
  const data = Float64Array.from({ length: COMPONENTS * width }, (_, i) => {
    const [k, d] = [Math.floor(i / width), i % width];
    if (ways[d] !== 'none') return 9 * Math.cos(2.1 * k + 1.7 * d + 1);
    return (d + k * Math.floor(width / COMPONENTS)) % width < width / 2 ? 0.1 : 0.9;
  });
  return { data, rows: COMPONENTS, cols: width };
}
