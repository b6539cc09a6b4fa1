const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The logarithm of the probability that a standard normal variable lies below x, with digits in both tails.
 *
 * Near 0 the series Φ(x) = ½ + φ(x) Σ x^(2n+1)/(1·3·…·(2n+1)), beyond 3 the continued fraction of Laplace.
 *
 * Source: Marsaglia (2004), Evaluating the normal distribution, Journal of Statistical Software 11(4); Abramowitz & Stegun 26.2.14.
 */
export function normalLogCdf(x: number): number {
  if (x < -3) return -0.5 * x * x - HALF_LOG_2PI - Math.log(-x + fraction(-x));
  if (x > 3) return Math.log1p(-Math.exp(-0.5 * x * x - HALF_LOG_2PI) / (x + fraction(x)));
  let term = x;
  let total = x;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(total); n += 2) {
    term *= (x * x) / n;
    total += term;
  }
  return Math.log(0.5 + total * Math.exp(-0.5 * x * x - HALF_LOG_2PI));
}

/** 1/(x + 2/(x + 3/(x + …))): x + this is the density over the tail beyond x. */
function fraction(x: number): number {
  let tail = 0;
  for (let n = 60; n >= 1; n--) tail = n / (x + tail);
  return tail;
}
