import type { Matrix, MatrixLike } from '@mixtention/core';
import { checkOptions, counted } from '@mixtention/core/base';
import { isBinary, makeNumbers } from '@mixtention/core/data';
import type { OutputVariance } from '../attend/variance.ts';
import type { MixtureLike } from '../space.ts';
import { addVariance, noVariance } from './add-variance.ts';
import { addMarginals, fill } from './fill.ts';
import { groupRows, type MaskGroup, type ObservedMask } from './observed-mask.ts';
import { gatedPlan, groupPlan } from './plan.ts';
import { type Problem, prepare } from './problem.ts';
import { spreadsOf } from './spread.ts';
import type { CompleteOptions, Completion } from './types.ts';

const OPTIONS = ['backend', 'responsibilities', 'logitScale', 'truth', 'variance'];
/** Below this many rows a mask, one product at full width beats a smaller one for each mask. */
const GROUP_ROWS = 64;

/**
 * Completes partly seen rows under a mixture: attention whose queries are what is seen, and whose values are what is hidden.
 *
 *     r_nk = p(z = k | x_O)     E[x_M | x_O] = Σₖ r_nk E[x_M | x_O, z = k]
 *     log p(x_M | x_O) = LSE_k(s_nk + log p(x_M | x_O, k)) − LSE_k(s_nk),  s_nk = log π_k + log p(x_O | k)
 *
 * With `logitScale` T responsibilities are ∝ exp(T s_nk), the power posterior: independent columns that in truth hang together are counted
 * less often. They weigh the same components, whose densities stay as they are, so log-probabilities at any T are those of proper densities, and
 * may be compared; choose T on rows that were not fitted and are not reported. `logEvidence` is log p(x_O) at any T.
 *
 * With `variance`, cell by cell, `Var[x_j | x_O] = Σₖ r_k Var[x_j | x_O, k] + Σₖ r_k (E[x_j | x_O, k] − E[x_j | x_O])²`: within components, and between them.
 *
 * Everything is exact, for cells that are missing at random. A row that shows nothing gets the weights as responsibilities; one that
 * shows everything the ordinary ones. Bernoulli rows with masks of their own go through one product at full width (query
 * [m∘x ; m∘(1−x)]); all others are grouped by equal masks, and only what is seen is multiplied.
 *
 * @param model  a fitted mixture
 * @param observed  `[N, D]`; hidden cells are ignored and may hold NaN. Where rows and model have names of columns, columns are taken by name,
 * and what comes back is in the order of the model
 * @param mask  which cells are seen: `[D]` for all rows, or `[N, D]`, in the order of `observed`
 * @throws BAD_SHAPE, NOT_FINITE (a seen cell, or scores at a huge T), BAD_DATA (a cell outside the support), BAD_OPTION
 *
 * Cost: N·K·(|O| + |M|) multiply–adds for independent columns, N·K·|M|·|O| and K·|O|³ a mask for full covariances; scoring adds
 * N·K·D for the joint, and |M| passes over the seen columns for the marginals of families that are not binary. N×K is held only for
 * responsibilities. A T other than 1 adds N·K·|O|, variances N·K·|M| and K·D².
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const model = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)) });
 * complete(model, [[1, Number.NaN]], [true, false]).completed.data[1]; // 0.82: the first component is 9 times as likely
 */
export function complete(
  model: MixtureLike,
  observed: MatrixLike,
  mask: ObservedMask,
  options: CompleteOptions = {},
): Completion {
  checkOptions('attention/complete', options, OPTIONS);
  const problem = prepare(model, observed, mask, options);
  const { x, space } = problem;
  const setting = { ...problem, whole: problem.scoring?.whole ?? null };
  const { variance: isOpen = false, responsibilities: informed = false } = options;
  const result = emptyCompletion(problem, { responsibilities: informed || isOpen, informed });
  const groups = groupRows(problem.mask, x.rows, x.cols);
  const binary = isBinary(space.family, space.width);
  if (binary && groups.length > 1 && groups.length * GROUP_ROWS > x.rows) {
    fill(gatedPlan(space, problem.mask, x.rows, setting), problem, result);
  } else {
    for (const group of groups) {
      const logNormalizer = fill(groupPlan(space, group, setting), problem, result);
      if (problem.scoring !== null && !binary) addMarginals(group, logNormalizer, problem, result);
    }
  }
  if (!isOpen) return result;
  const { responsibilities, ...rest } = result;
  return {
    ...rest,
    ...(informed && { responsibilities: responsibilities! }),
    variance: varianceOf(groups, space, { completed: result.completed, responsibilities: responsibilities! }),
  };
}

function varianceOf(
  groups: readonly MaskGroup[],
  space: Problem['space'],
  read: { readonly completed: Matrix; readonly responsibilities: Matrix },
): OutputVariance {
  const variance = noVariance(read.completed.rows, read.completed.cols);
  const spreadOf = spreadsOf(space);
  for (const group of groups) addVariance(group, spreadOf(group), { space, ...read }, variance);
  return variance;
}

function emptyCompletion(
  { x, space, scoring }: Problem,
  wanted: { readonly responsibilities: boolean; readonly informed: boolean },
): Completion {
  const { rows } = x;
  const { components: K } = space;
  const what = `responsibilities of ${counted(rows, 'row')} and ${counted(K, 'component')}`;
  const shares = (): Matrix => ({ data: makeNumbers(rows * K, 'attention/complete', what), rows, cols: K });
  return {
    completed: x,
    logEvidence: new Float64Array(rows),
    ...(wanted.responsibilities && { responsibilities: shares() }),
    ...(scoring && wanted.informed && { informedResponsibilities: shares() }),
    ...(scoring && { jointLogProbability: new Float64Array(rows), marginalLogProbability: new Float64Array(rows) }),
  };
}
