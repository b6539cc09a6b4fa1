import type { RandomSource } from '@mixtention/core';
import { sampleGumbel } from '@mixtention/core/numeric';

/**
 * Draws a component by the Gumbel-max trick: `argmax_k (logits_k + g_k)` is k with probability `softmax(logits)_k`.
 *
 * @param logits  `[K]`, unnormalised log probabilities; −∞ switches a component off
 *
 * Cost: K Gumbel draws.
 * Source: Maddison, Tarlow & Minka, A* sampling (2014), sec. 2.
 *
 * @example
 * import { generator, key } from '@mixtention/core/numeric';
 * const k = gumbelMax(generator(key(0)), [0, Math.log(3)]); // index 1 three times out of four
 * k === 0 || k === 1; // true
 */
export function gumbelMax(random: RandomSource, logits: ArrayLike<number>): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k++) {
    const score = logits[k]! + sampleGumbel(random);
    if (score > highest) {
      highest = score;
      best = k;
    }
  }
  return best;
}
