/** Beyond it erf is ±1 in float64. */
const END = 6;

/**
 * The error function, to 1e-15.
 *
 *     erf x = 2/√π · e^(−x²) Σ_n 2ⁿ x^(2n+1) / (2n+1)!!
 *
 * All terms have one sign, so none is lost to cancellation.
 *
 * Source: Abramowitz & Stegun (1964), 7.1.6.
 *
 * @example
 * erf(1); // 0.8427007929497
 */
export function erf(x: number): number {
  if (!(Math.abs(x) < END)) return Math.sign(x);
  const square = 2 * x * x;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= square / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
