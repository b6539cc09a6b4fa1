import { pairPrior } from './edit-head.ts';
import type { ScoredHead } from './head.ts';
import type { ScoresOf } from './others.ts';

/** Scores of a head in float64, a query at a time; the array is written anew by every call. Cost: K·d a query. */
export function scoresOf(head: ScoredHead): ScoresOf {
  const prior = pairPrior(head);
  const { q, k, scale } = head;
  const d = q.cols;
  const out = new Float64Array(k.rows);
  return (n) => {
    for (let key = 0; key < k.rows; key++) {
      let product = 0;
      for (let c = 0; c < d; c++) product += q.data[n * d + c]! * k.data[key * d + c]!;
      out[key] = scale * product + prior(n, key);
    }
    return out;
  };
}
