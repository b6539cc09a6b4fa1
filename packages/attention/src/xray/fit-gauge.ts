import type { Backend, Matrix } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { cholesky, invertLower } from '@mixtention/core/numeric';
import { fitDiagonal } from './fit-diagonal.ts';
import { fitFull } from './fit-full.ts';
import type { FittedGauge, Root } from './gauge-problem.ts';
import type { ScoredHead } from './head.ts';
import { priorRows } from './prior-rows.ts';

/** So many queries a free number of Λ and c are asked for before all of Λ is fitted. */
const QUERIES_A_NUMBER = 4;

/**
 * The gauge that makes the queries most likely: maximum likelihood over Λ and c, which responsibilities do not depend on.
 *
 *     max over c, Λ of  mean_n [ q_n·c − ½ q_nᵀΛq_n + ½ log|Λ| − log Σₖ exp(b_nk + ½ (s k_k + c)ᵀΛ⁻¹(s k_k + c)) ]
 *
 * It is concave in (c, Λ), so the optimum is one; there the mixture's mean and second moments are those of the queries.
 *
 * @param form  of Λ; by default full where there are 4 queries for each of its numbers, else diagonal
 * @returns the gauge, or the reason why there is none
 *
 * Cost: about 50 to 200 evaluations of K·d (diagonal) or K·d² (full), and as many passes over the log priors where queries differ in them.
 */
export function fitGauge(head: ScoredHead, backend: Backend, form?: 'diagonal' | 'full', start?: number): FittedGauge {
  const { q, k, scale } = head;
  const d = q.cols;
  const isFull = form === 'full' || (form === undefined && q.rows >= (QUERIES_A_NUMBER * d * (d + 3)) / 2);
  const { mean, covariance } = momentsOf(q, isFull);
  const root = isFull ? fullRoot(covariance, d) : diagonalRoot(covariance, d);
  if (root === null)
    return {
      reason: `${counted(q.rows, 'query', 'queries')} of width ${d} ${q.rows === 1 ? 'does' : 'do'} not spread in all ${isFull ? 'directions' : 'columns'}, so no density fits them best`,
    };
  const prior = priorRows(head, backend).b;
  // q = A u: keys go to Aᵀk, and u has deviation 1.
  const keys = Float64Array.from(k.data, (value) => scale * value);
  const problem = { mean: root.inward(mean), keys: root.outward(keys, k.rows), prior, second: new Float64Array(0) };
  const seed = start ?? 0;
  return isFull
    ? fitFull({ ...problem, second: plusOuter(identity(d), problem.mean, d) }, { d, root, seed })
    : fitDiagonal({ ...problem, second: problem.mean.map((m) => 1 + m * m) }, { d, root, seed });
}

function diagonalRoot(covariance: Float64Array, d: number): Root | null {
  const factor = Float64Array.from({ length: d }, (_, j) => Math.sqrt(covariance[j * d + j]!));
  if (!factor.every((one) => one > 0)) return null;
  return {
    factor,
    inward: (x) => x.map((one, j) => one / factor[j]!),
    outward: (rows) => rows.map((one, i) => one * factor[i % d]!),
  };
}

function fullRoot(covariance: Float64Array, d: number): Root | null {
  const factor = new Float64Array(d * d);
  if (cholesky(covariance, d, factor) < d) return null;
  const inverse = invertLower(factor, d);
  return {
    factor,
    inward: (x) =>
      Float64Array.from({ length: d }, (_, i) =>
        inverse.subarray(i * d, (i + 1) * d).reduce((sum, w, j) => sum + w * x[j]!, 0),
      ),
    outward(rows, count) {
      const out = new Float64Array(count * d);
      for (let n = 0; n < count; n++)
        for (let i = 0; i < d; i++)
          for (let j = 0; j <= i; j++) out[n * d + j]! += factor[i * d + j]! * rows[n * d + i]!;
      return out;
    },
  };
}

/** Off the diagonal only where all of it is wanted. */
function momentsOf({ data, rows, cols: d }: Matrix, isFull: boolean): { mean: Float64Array; covariance: Float64Array } {
  const mean = new Float64Array(d);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < data.length; i++) mean[i % d]! += data[i]! / rows;
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < d; i++) {
      const one = (data[n * d + i]! - mean[i]!) / rows;
      for (let j = isFull ? 0 : i; j < (isFull ? d : i + 1); j++)
        covariance[i * d + j]! += one * (data[n * d + j]! - mean[j]!);
    }
  }
  return { mean, covariance };
}

function identity(d: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
}

function plusOuter(m: Float64Array, x: Float64Array, d: number): Float64Array {
  return m.map((one, i) => one + x[Math.floor(i / d)]! * x[i % d]!);
}
