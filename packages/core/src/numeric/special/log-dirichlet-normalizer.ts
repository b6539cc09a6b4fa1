import { logBeta } from './log-beta.ts';

/**
 * Logarithm of what multiplies Π_k π_k^(α_k − 1) in a Dirichlet density.
 *
 *     log C(α) = log Γ(Σ_k α_k) − Σ_k log Γ(α_k) = −Σ_{k ≥ 2} log B(α_1 + … + α_{k−1}, α_k)
 *
 * The second form is the one computed: it stays accurate when some α_k are counts of 1e8 and others are 1.
 *
 * @param concentration  α, `[K]`, each greater than 0
 * @returns log C(α); 0 for K = 1; NaN outside the domain
 *
 * Cost: K log betas.
 *
 * @example
 * logDirichletNormalizer([1, 1, 1]); // 0.6931471805599453 (log 2)
 */
export function logDirichletNormalizer(concentration: ArrayLike<number>): number {
  let total = concentration[0]!;
  let sum = total > 0 ? 0 : Number.NaN;
  for (let k = 1; k < concentration.length; k++) {
    sum -= logBeta(total, concentration[k]!);
    total += concentration[k]!;
  }
  return sum;
}
