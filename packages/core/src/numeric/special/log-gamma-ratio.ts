/**
 * Logarithm of a ratio of gamma functions whose arguments are large, without the cancellation of the plain difference.
 *
 *     logGammaRatio(a, b) = log Γ(b) − log Γ(a + b)
 *                         = a − a log b − (a + b − ½) log(1 + a/b) + Δ(b) − Δ(a + b)
 *
 * with Δ(x) = log Γ(x) − (x − ½) log x + x − ½ log 2π, the remainder of Stirling's formula.
 *
 * @param a  at least 0
 * @param b  at least 10, where the series of Δ is exact to 1e-16
 * @returns the logarithm of Γ(b) / Γ(a + b)
 *
 * Cost: two logarithms.
 * Source: Didonato & Morris (1992), ACM TOMS 18(3), Algorithm 708, function ALGDIV.
 *
 * @example
 * logGammaRatio(1, 20); // −2.995732273553991 (−log 20)
 */
export function logGammaRatio(a: number, b: number): number {
  const s = a + b;
  return a - a * Math.log(b) - (s - 0.5) * Math.log1p(a / b) + stirlingRemainder(b) - stirlingRemainder(s);
}

// B_{2k} / (2k (2k−1)), k = 1 … 8; at x = 10 the first one left out is below 2e-18.
const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

function stirlingRemainder(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * square + coefficients[k]!;
  return sum / x;
}
