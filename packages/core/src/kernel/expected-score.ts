import type { LinearTerm, Scores, WhitenedTerm } from '../contracts/index.ts';
import { checkWritable, factorRows, isShared } from './check.ts';
import { componentSums } from './statistics.ts';

/**
 * The sum of scores of rows that are known by their statistics alone, whoever made these: what of an objective belongs to parameters.
 *
 *     Σ_nk r_nk L_nk = Σ_k N_k b_k + Σ_terms Σ_nk r_nk s_k(T(x_n))
 *
 * Components that own nothing add nothing, whatever their scores.
 *
 * @param counts  N_k, `[K]`
 * @param sums    one array a term, as `write` returns them
 * @throws BAD_OPTION for a Student-t, whose rows have no sufficient statistics
 *
 * Cost: K·C for linear terms, K·R·C² for whitened ones.
 *
 * @example
 * const params = { width: 1, probabilities: Float64Array.of(0.5) };
 * expectedScore(bernoulli.scores(params, Float64Array.of(0)), Float64Array.of(4), [Float64Array.of(3)]); // −2.77, 4 log ½
 */
export function expectedScore(scores: Scores, counts: Float64Array, sums: readonly Float64Array[]): number {
  checkWritable('core/expectedScore', scores);
  const { components: K, bias, terms } = scores;
  let total = 0;
  for (let k = 0; k < K; k++) {
    const n = counts[k]!;
    if (n > 0) total += n * bias[k]!;
  }
  terms.forEach((term, t) => {
    if (term.form === 'linear') total += ofLinear(term, K, sums[t]!);
    else total -= 0.5 * squaredDistances(term as WhitenedTerm, { K, counts, sums: sums[t]! });
  });
  return total;
}

function ofLinear({ natural, width: C, statistics }: LinearTerm, K: number, sums: Float64Array): number {
  const { squares } = statistics;
  let total = 0;
  for (let k = 0; k < K; k++) {
    const own = squares === 'none' ? sums.subarray(k * C, (k + 1) * C) : componentSums(squares, sums, k, C, K);
    // What owns nothing may have scores of any size.
    for (let c = 0; c < C; c++) if (own[c] !== 0) total += own[c]! * natural[k * C + c]!;
  }
  return total;
}

type Owned = { readonly K: number; readonly counts: Float64Array; readonly sums: Float64Array };

/** Σ_nk r_nk ‖W_k t_n − c_k‖² = Σ_k Σ_r (w M w − 2 c w·m + N c²), with m and M the sums of t and t tᵀ, w a row of W and c its offset. */
function squaredDistances(term: WhitenedTerm, { K, counts, sums }: Owned): number {
  const { width: C, factor, offset, triangular, statistics } = term;
  const R = factorRows(term, K);
  const one = isShared(term, K);
  let total = 0;
  for (let k = 0; k < K; k++) {
    const n = counts[k]!;
    const own = componentSums(statistics.squares as 'each', sums, k, C, K);
    const products = own.subarray(C);
    // Products that are pooled are all with the first component.
    const hasProducts = statistics.squares === 'each' ? n > 0 : k === 0;
    for (let r = 0; r < R; r++) {
      const row = ((one ? 0 : k) * R + r) * C;
      const most = triangular ? r + 1 : C;
      const c = offset[k * R + r]!;
      let linear = 0;
      for (let i = 0; i < most; i++) linear += factor[row + i]! * own[i]!;
      if (n > 0) total += n * c * c - 2 * c * linear;
      if (!hasProducts) continue;
      for (let i = 0, at = 0; i < most; i++, at += i) {
        let inner = 0;
        for (let j = 0; j < i; j++) inner += factor[row + j]! * products[at + j]!;
        total += factor[row + i]! * (2 * inner + factor[row + i]! * products[at + i]!);
      }
    }
  }
  return total;
}
