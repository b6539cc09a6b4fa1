import { type StickBreaking, stickBreaking, type Truncation } from './stick-breaking.ts';
import { weightsSpec } from './weights-spec.ts';

/**
 * The weights of a Dirichlet process, by truncated stick-breaking: infinitely many components in principle, of which the data occupy some
 * `α log(1 + N/α)`.
 *
 *     π_k = v_k Π_{j<k} (1 − v_j),  v_k ~ Beta(1, α)
 *
 * Variational Bayes takes it; MAP does not, since its density has no highest point.
 *
 * @param concentration  α, above 0: the larger, the more components
 * @param truncation     `open` (default): bounds of different truncations compare as they are, and what the sticks leave is a new component's;
 * `closed`: the last component takes what is left
 * @throws BAD_OPTION
 *
 * Source: Blei & Jordan (2006), Variational inference for Dirichlet process mixtures, Bayesian Analysis 1(1), 121–143.
 *
 * @example
 * const { weights, rest } = dirichletProcess(1).expectedWeights(dirichletProcess(1).posterior(Float64Array.of(6, 2)));
 * [...weights, rest]; // [0.7, 0.225, 0.075]
 */
export function dirichletProcess(concentration: number, truncation: Truncation = 'open'): StickBreaking {
  const spec = weightsSpec('dirichlet-process', { concentration, truncation });
  return stickBreaking(spec, `Dirichlet process(${concentration})`, { concentration, discount: 0, truncation });
}
