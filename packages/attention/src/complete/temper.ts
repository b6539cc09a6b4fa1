import type { LinearScores, Scores, WhitenedScores } from '@mixtention/core';
import { precisionOf } from '@mixtention/core/kernel';

/**
 * Scores multiplied by T, log weights and normalizers included: responsibilities become the power posterior ∝ (π_k p(x | k))^T.
 *
 *     linear T η, T b      whitened √T W, √T c, T b
 *
 * A component that is switched off stays so.
 */
export function temper<S extends Scores>(scores: S, logitScale: number): S {
  if (logitScale === 1) return scores;
  const bias = scores.bias.map((b) => logitScale * b);
  if (scores.form === 'linear') return { ...scores, bias, natural: scores.natural.map((h) => logitScale * h) };
  const root = Math.sqrt(logitScale);
  return {
    ...scores,
    bias,
    whitening: scores.whitening.map((w) => root * w),
    offset: scores.offset.map((c) => root * c),
  };
}

/**
 * Scores of x_O and x_H together in which the part of x_O, the prior included, is multiplied by T.
 *
 *     T (log π_k + log p(x_O | k)) + log p(x_H | x_O, k)
 *
 * Whitened scores take the columns O first: then the first rows of W see x_O alone and whiten it as its marginal does, and those after them
 * whiten what x_H is given x_O. Linear ones are `s(x) + (T − 1) s(x_O)`: keys [η ; (T − 1) η_O], whose queries are [T(x) ; T(x_O)].
 *
 * @param whole  scores of [x_O, x_H]
 * @param seen   scores of x_O
 */
export function temperSeen(whole: Scores, seen: Scores, logitScale: number): Scores {
  const bias = whole.bias.map((b, k) => (b === Number.NEGATIVE_INFINITY ? b : b + (logitScale - 1) * seen.bias[k]!));
  if (whole.form === 'whitened') return temperRows(whole, bias, seen.form === 'whitened' ? seen.width : 0, logitScale);
  return besides(whole, seen as LinearScores, bias, logitScale);
}

function temperRows(whole: WhitenedScores, bias: Float64Array, seen: number, logitScale: number): WhitenedScores {
  const { width: D } = whole;
  const root = Math.sqrt(logitScale);
  const scale = (row: number): number => (row % D < seen ? root : 1);
  return {
    ...whole,
    bias,
    whitening: whole.whitening.map((w, i) => scale(Math.floor(i / D)) * w),
    offset: whole.offset.map((c, row) => scale(row) * c),
  };
}

/** Both parts side by side. Their biases may cancel where their terms do not, so what precision they need is asked of each. */
function besides(whole: LinearScores, seen: LinearScores, bias: Float64Array, logitScale: number): LinearScores {
  const { components: K, width: P } = whole;
  const width = P + seen.width;
  const part = { ...temper(seen, Math.abs(logitScale - 1)) };
  const natural = new Float64Array(K * width);
  for (let k = 0; k < K; k++) {
    natural.set(whole.natural.subarray(k * P, (k + 1) * P), k * width);
    for (let p = 0; p < seen.width; p++)
      natural[k * width + P + p] = (logitScale - 1) * seen.natural[k * seen.width + p]!;
  }
  const precision = [whole, part].some((one) => precisionOf(one) === 'float64') ? 'float64' : 'float32';
  return { form: 'linear', components: K, width, natural, bias, precision };
}
