import { digamma } from '@mixtention/core/numeric';

/**
 * How a draw of the gamma distribution moves with its shape while its quantile stays: the implicit reparameterisation gradient.
 *
 *     ∂g/∂a = −(∂P(a, g)/∂a) / p(g; a)
 *
 * P is the regularised lower incomplete gamma function: its power series below a + 1, the continued fraction of 1 − P above, each
 * differentiated term by term; from a = 10⁵ the Cornish–Fisher expansion, whose next term is of order a^(−2).
 *
 * @param a  shape, above 0
 * @param g  a draw of scale 1, above 0
 *
 * Cost: some 20 to 2,000 multiplications, with √a.
 * Source: Figurnov, Mohamed & Mnih (2018), Implicit reparameterization gradients, eq. 5.
 *
 * @example
 * gammaSlope(1, 1); // 1.1735630
 */
export function gammaSlope(a: number, g: number): number {
  if (!(a > 0 && g > 0)) return a > 0 && g === 0 ? 0 : Number.NaN;
  if (a >= 1e5) return expansion(a, g);
  return g < a + 1 ? series(a, g) : fraction(a, g);
}

/** −g Σ_n c_n (log g − ψ(a + n + 1)),  c_n = g^n Γ(a)/Γ(a + n + 1). */
function series(a: number, g: number): number {
  const logG = Math.log(g);
  let term = 1 / a;
  let psi = digamma(a + 1);
  let sum = term * (logG - psi);
  for (let n = 1; n < 10_000; n++) {
    term *= g / (a + n);
    psi += 1 / (a + n);
    const step = term * (logG - psi);
    sum += step;
    if (a + n > g && Math.abs(step) < 1e-17 * Math.abs(sum)) break;
  }
  return -g * sum;
}

/** g (C (log g − ψ(a)) + ∂C/∂a) with 1 − P = e^(−g) g^a C / Γ(a), by Lentz' method on numbers and their derivatives. */
function fraction(a: number, g: number): number {
  let b = g + 1 - a;
  let c = 1e300;
  let dC = 0;
  let d = 1 / b;
  let dD = d * d; // b falls with a, so 1/b rises
  let h = d;
  let dH = dD;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    const below = an * d + b;
    const dBelow = i * d + an * dD - 1;
    d = 1 / below;
    dD = -dBelow * d * d;
    const above = b + an / c;
    dC = -1 + i / c - (an * dC) / (c * c);
    c = above;
    const factor = c * d;
    const dFactor = dC * d + c * dD;
    dH = dH * factor + h * dFactor;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16 && Math.abs(dFactor * h) < 1e-16 * Math.abs(dH)) break;
  }
  return g * (h * (Math.log(g) - digamma(a)) + dH);
}

/** g = a + √a z + (z² − 1)/3 + (z³ − 7z)/(36√a), differentiated at the z of this draw. */
function expansion(a: number, g: number): number {
  const root = Math.sqrt(a);
  let z = (g - a) / root;
  for (let i = 0; i < 5; i++) z = (g - a - (z * z - 1) / 3 - (z ** 3 - 7 * z) / (36 * root)) / root;
  return 1 + z / (2 * root) - (z ** 3 - 7 * z) / (72 * a * root);
}
