import { digamma, multivariateLogGamma } from '@mixtention/core/numeric';
import { LOG_2PI } from './whiten.ts';

/**
 * log B(W, ν), what a Wishart density is multiplied by, from log |W⁻¹|.
 *
 *     log B(W, ν) = (ν/2) log |W⁻¹| − (νD/2) log 2 − log Γ_D(ν/2)
 */
export function logWishartNormalizer(logDetInverseScale: number, degrees: number, width: number): number {
  return 0.5 * degrees * (logDetInverseScale - width * Math.LN2) - multivariateLogGamma(degrees / 2, width);
}

/** `E log |Λ| = Σ_{i=1..D} ψ((ν + 1 − i)/2) + D log 2 − log |W⁻¹|` under Wishart(W, ν). */
export function expectedLogDet(logDetInverseScale: number, degrees: number, width: number): number {
  let sum = width * Math.LN2 - logDetInverseScale;
  for (let i = 0; i < width; i++) sum += digamma((degrees - i) / 2);
  return sum;
}

/** What the divergence of two Wisharts is made of: log |W⁻¹| and ν of each, and tr(W₀⁻¹ W). */
export type WishartPair = {
  readonly width: number;
  readonly logDet: number;
  readonly degrees: number;
  readonly priorLogDet: number;
  readonly priorDegrees: number;
  readonly trace: number;
};

/**
 * KL(Wishart(W, ν) ‖ Wishart(W₀, ν₀)).
 *
 *     (ν₀/2) (log |W⁻¹| − log |W₀⁻¹|) + ½ ν (tr(W₀⁻¹ W) − D) + degreesDivergence(ν, ν₀, D)
 */
export function wishartDivergence({ width, logDet, degrees, priorLogDet, priorDegrees, trace }: WishartPair): number {
  return (
    0.5 * priorDegrees * (logDet - priorLogDet) +
    0.5 * degrees * (trace - width) +
    degreesDivergence(degrees, priorDegrees, width)
  );
}

/** What of the divergence of two Wisharts follows from their degrees of freedom: `log Γ_D(ν₀/2) − log Γ_D(ν/2) + ½ (ν − ν₀) Σ_{i=1..D} ψ((ν + 1 − i)/2)`. */
export function degreesDivergence(degrees: number, priorDegrees: number, width: number): number {
  let sum = multivariateLogGamma(priorDegrees / 2, width) - multivariateLogGamma(degrees / 2, width);
  for (let i = 0; i < width; i++) sum += 0.5 * (degrees - priorDegrees) * digamma((degrees - i) / 2);
  return sum;
}

/**
 * The mean's share of a normal–Wishart divergence: E over Λ of KL(N(m, (βΛ)⁻¹) ‖ N(m₀, (β₀Λ)⁻¹)).
 *
 *     ½ [ D β₀/β + β₀ E (m − m₀)ᵀ Λ (m − m₀) − D + D log(β/β₀) ]
 *
 * @param expectedSquare  `E (m − m₀)ᵀ Λ (m − m₀)`
 */
export function meanDivergence(
  shrinkage: number,
  priorShrinkage: number,
  width: number,
  expectedSquare: number,
): number {
  const ratio = priorShrinkage / shrinkage;
  return 0.5 * (width * (ratio - 1 - Math.log(ratio)) + priorShrinkage * expectedSquare);
}

/**
 * The mean's share of a normal–Wishart evidence, and what the rows themselves bring: `(D/2) [log(β₀/β) − N log 2π]`, with N = β − β₀.
 */
export function meanEvidence(shrinkage: number, priorShrinkage: number, width: number): number {
  return 0.5 * width * (Math.log(priorShrinkage / shrinkage) - (shrinkage - priorShrinkage) * LOG_2PI);
}
