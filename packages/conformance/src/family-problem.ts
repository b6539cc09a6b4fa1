import type { Family, Matrix, RandomSource, Scores, Tree } from '@mixtention/core';
import { reference } from '@mixtention/core/kernel';
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
 * Means of a family that standardises its columns lie anywhere; of any other they are 0.1 or 0.9, which lie in the support's hull
 * for rates and probabilities alike, and many columns tell them apart.
 */
export function familyProblem(family: Family, seed: number, rows = 240): FamilyProblem {
  const random = generator(split(key(seed), 'family', family.spec.name));
  const width = family.standardize ? 3 : 20;
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

/** Parameters of no special shape: the maximum likelihood estimate under soft responsibilities. */
export function fittedParams({ family, x, soft, params }: FamilyProblem): Tree {
  const { counts, sums } = weightedStatistics(family, x, soft);
  return family.estimate(counts, sums, params, 1e-9).params;
}

/** Counts `[K]` and sums `[K, P]` of rows under responsibilities `[N, K]`, by the definition. */
export function weightedStatistics(
  family: Family,
  x: Matrix,
  R: Float64Array,
): { counts: Float64Array; sums: Float64Array } {
  const { data, cols: P } = family.statistics(x);
  const K = R.length / x.rows;
  const counts = new Float64Array(K);
  const sums = new Float64Array(K * P);
  for (let n = 0; n < x.rows; n++) {
    for (let k = 0; k < K; k++) {
      counts[k]! += R[n * K + k]!;
      for (let p = 0; p < P; p++) sums[k * P + p]! += R[n * K + k]! * data[n * P + p]!;
    }
  }
  return { counts, sums };
}

/** The naive kernel over rows: scores `[N, K]` and log evidence `[N]` with the base measure. */
export function readRows(family: Family, x: Matrix, scores: Scores): { scores: Matrix; logEvidence: Float64Array } {
  const read = reference(scores.form === 'linear' ? family.statistics(x) : x, scores);
  const base = family.logBaseMeasure(x);
  return {
    scores: read.scores,
    logEvidence: base === null ? read.logEvidence : read.logEvidence.map((l, n) => l + base[n]!),
  };
}

/** `Σ_k (sums_k · η_k + counts_k b_k)`: expected log-likelihood of assigned rows, less the base measure, whichever form the scores have. */
export function assignedLogLikelihood(counts: Float64Array, sums: Float64Array, scores: Scores): number {
  const P = sums.length / counts.length;
  let total = 0;
  for (let k = 0; k < counts.length; k++) {
    const { natural, bias } = linearForm(scores, k);
    total += counts[k]! * bias;
    for (let p = 0; p < P; p++) total += sums[k * P + p]! * natural[p]!;
  }
  return total;
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

function separatedMeans({ standardize }: Family, width: number): Matrix {
  const data = Float64Array.from({ length: COMPONENTS * width }, (_, i) => {
    const [k, d] = [Math.floor(i / width), i % width];
    if (standardize) return 9 * Math.cos(2.1 * k + 1.7 * d + 1);
    return (d + k * Math.floor(width / COMPONENTS)) % width < width / 2 ? 0.1 : 0.9;
  });
  return { data, rows: COMPONENTS, cols: width };
}

/** Natural parameters and bias of one component over the family's statistics; of whitened scores `[Wᵀc ; −½ vec WᵀW]`. */
function linearForm(scores: Scores, k: number): { natural: Float64Array; bias: number } {
  const { width: D } = scores;
  if (scores.form === 'linear') return { natural: scores.natural.subarray(k * D, (k + 1) * D), bias: scores.bias[k]! };
  const natural = new Float64Array(D + D * D);
  let bias = scores.bias[k]!;
  for (let i = 0; i < D; i++) {
    const c = scores.offset[k * D + i]!;
    const w = scores.whitening.subarray((k * D + i) * D, (k * D + i + 1) * D);
    bias -= 0.5 * c * c;
    for (let a = 0; a < D; a++) {
      natural[a]! += w[a]! * c;
      for (let b = 0; b < D; b++) natural[D + a * D + b]! -= 0.5 * w[a]! * w[b]!;
    }
  }
  return { natural, bias };
}
