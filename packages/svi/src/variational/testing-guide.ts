import { type Matrix, plain } from '@mixtention/core';
import { dataset, openShard } from '@mixtention/core/data';
import { generator, key, logSumExp } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';
import type { Assigned } from './discrete-bound.ts';
import type { MixtureGuide } from './guide.ts';
import { outerStatistics } from './outer-statistics.ts';
import type { MixturePrior } from './prior.ts';

/** Standard prior of the reference table: m = 0, β = 1, W = I, ν = 2, α = 1. */
export const standardPrior: MixturePrior = {
  concentration: 1,
  mean: new Float64Array(2),
  shrinkage: 1,
  degrees: 2,
  inverseScale: Float64Array.of(1, 0, 0, 1),
};

/** The first rows of Old Faithful, standardised. */
export function someRows(rows: number): Matrix {
  const { data } = faithful();
  const x = { data: data.slice(0, 2 * rows), rows, cols: 2 };
  return openShard(dataset(x, { standardize: true }), 0, plain).matrix();
}

/** A guide for K = 2, D = 2 without any symmetry. */
export function someGuide(seed: number): MixtureGuide {
  const random = generator(key(seed));
  const around = (...values: number[]): Float64Array => Float64Array.from(values, (v) => v + 0.1 * random.normal());
  const triangle = (...values: number[]): Float64Array => around(...values).map((v, i) => (i % 4 === 1 ? 0 : v));
  return {
    weight: Float64Array.of(0.4, 0),
    weightLogScale: Float64Array.of(-1.5, 0),
    mean: around(0.7, 0.6, -1.2, -1.1),
    meanFactor: triangle(-1.5, 0, 0.1, -1.4, -1.6, 0, 0.05, -1.5),
    factor: triangle(0.6, 0, -0.8, 0.4, 0.8, 0, -0.3, 0.5),
    factorLogScale: triangle(-1.6, 0, -1.7, -1.5, -1.4, 0, -1.3, -1.6),
    assignment: around(0.8, 0.5, -0.6, -0.1, -0.1, -0.5, -0.9, -0.7, -0.5, 0.1, 0.1, -0.6),
    assignmentBias: around(-0.3, -1),
  };
}

/** q(z) summed row by row, without the kernel. */
export function assignExactly(guide: MixtureGuide, x: Matrix): Assigned {
  const { data, cols: P } = outerStatistics(x);
  const T = Float64Array.from(data);
  const K = guide.weight.length;
  const counts = new Float64Array(K);
  const sums = new Float64Array(K * P);
  let entropy = 0;
  for (let n = 0; n < x.rows; n++) {
    const row = T.subarray(n * P, (n + 1) * P);
    const scores = Array.from(counts, (_, k) =>
      row.reduce((sum, t, p) => sum + t * guide.assignment[k * P + p]!, guide.assignmentBias[k]!),
    );
    const total = logSumExp(scores);
    scores.forEach((score, k) => {
      const logR = score - total;
      const r = Math.exp(logR);
      counts[k]! += r;
      entropy -= r * logR;
      for (let p = 0; p < P; p++) sums[k * P + p]! += r * row[p]!;
    });
  }
  return { counts, sums, entropy };
}
