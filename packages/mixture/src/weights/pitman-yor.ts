import { type StickBreaking, stickBreaking, type Truncation } from './stick-breaking.ts';
import { weightsSpec } from './weights-spec.ts';

/**
 * The weights of a Pitman–Yor process, by truncated stick-breaking: as a Dirichlet process, with a heavier tail of small components, whose number
 * grows like N^δ.
 *
 *     π_k = v_k Π_{j<k} (1 − v_j),  v_k ~ Beta(1 − δ, α + kδ)
 *
 * @param concentration  α, above 0
 * @param discount       δ, from 0 (a Dirichlet process) to below 1
 * @param truncation     as for `dirichletProcess`
 * @throws BAD_OPTION
 *
 * Source: Pitman & Yor (1997), Annals of Probability 25(2), 855–900; Ishwaran & James (2001), JASA 96, sec. 2.1.
 *
 * @example
 * const { weights, rest } = pitmanYor(1, 0.5).expectedWeights(pitmanYor(1, 0.5).posterior(Float64Array.of(6, 2)));
 * [...weights, rest]; // [0.65, 0.1944, 0.1556]
 */
export function pitmanYor(concentration: number, discount: number, truncation: Truncation = 'open'): StickBreaking {
  const spec = weightsSpec('pitman-yor', { concentration, discount, truncation });
  return stickBreaking(spec, `Pitman–Yor process(${concentration}, discount ${discount})`, {
    concentration,
    discount,
    truncation,
  });
}
