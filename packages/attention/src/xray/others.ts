import { logSumExp } from '@mixtention/core/numeric';

/** Mass below which responsibilities have lost digits, or are 0 though a key is seen: float32 ends at 1e-45. */
const LEAST = 1e-30;

/** Scores of a query over all keys in float64, −∞ where a key is hidden. */
export type ScoresOf = (query: number) => Float64Array;

/** A row of responsibilities without some of its keys. */
export type Others = {
  /** `log(1 − ρ)`, ρ being what the keys that go have together; −∞ where no other is seen. */
  readonly logMass: number;
  /** Shares of the other keys, which sum to 1; all 0 where none is seen. */
  readonly shares: Float64Array;
};

/**
 * What is left of a row when keys go. Where they have all of it but what rounding swallows, the others are read off their scores.
 *
 * @param row  r `[K]`
 * @param scores  of this query; null where only probabilities are known
 *
 * Cost: K; the scores of the query where hardly anything is left.
 */
export function othersOf(
  row: Float64Array,
  isGone: (key: number) => boolean,
  scores: (() => Float64Array) | null,
): Others {
  let [rho, rest] = [0, 0];
  // Both summed, so that neither is a difference from 1.
  for (let k = 0; k < row.length; k++) {
    if (isGone(k)) rho += row[k]!;
    else rest += row[k]!;
  }
  if (rest >= LEAST || scores === null) {
    const shares = row.map((share, k) => (isGone(k) || rest === 0 ? 0 : share / rest));
    return { logMass: rho < 0.5 && rest > 0 ? Math.log1p(-rho) : Math.log(rest), shares };
  }
  const all = scores();
  const left = all.map((score, k) => (isGone(k) ? Number.NEGATIVE_INFINITY : score));
  const logLeft = logSumExp(left);
  if (logLeft === Number.NEGATIVE_INFINITY) return { logMass: logLeft, shares: new Float64Array(row.length) };
  return { logMass: logLeft - logSumExp(all), shares: left.map((score) => Math.exp(score - logLeft)) };
}
