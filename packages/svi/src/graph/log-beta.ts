import { lgamma } from '@mixtention/core/numeric';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
/** From here on Stirling's series has all digits of float64. */
const LARGE = 10;

/**
 * log Γ(a) + log Γ(b) − log Γ(a + b) without the cancellation of large ones: what is large in each is taken off in closed form.
 *
 * Source: Didonato & Morris (1992), Algorithm 708, BCORR and BETALN.
 */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (!(small > 0) || large < LARGE) return lgamma(a) + lgamma(b) - lgamma(a + b);
  const both = small + large;
  const share = small / both;
  if (small < LARGE)
    return (
      lgamma(small) +
      (beyondStirling(large) - beyondStirling(both)) +
      small -
      small * Math.log(both) +
      (large - 0.5) * Math.log1p(-share)
    );
  const rest = beyondStirling(small) + beyondStirling(large) - beyondStirling(both);
  return HALF_LOG_2PI - 0.5 * Math.log(large) + rest + (small - 0.5) * Math.log(share) + large * Math.log1p(-share);
}

/** log Γ(x) − (x − ½) log x + x − ½ log 2π, x from 10. */
function beyondStirling(x: number): number {
  const y = 1 / (x * x);
  const series =
    1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360_360 - y / 156)))));
  return series / x;
}
