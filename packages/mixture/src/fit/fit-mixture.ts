import { checkFit } from './check-fit.ts';
import { drive } from './driver/drive.ts';
import type { FitInput } from './driver/options.ts';
import { mixtureSubject } from './mixture-subject.ts';
import type { Fit, FitMethod, FitOptions } from './types.ts';

/**
 * Fits a mixture: checks the input, puts the rows once into memory, runs every start through the one loop and reports the best.
 *
 * The fits of `em` and `svi` differ only in the algorithm that `method.plan` makes.
 *
 * @param input    `[N, D]`, a source, or a data set
 * @param options  see `FitOptions`; options of the method itself are passed through
 * @param method   who fits, and how
 * @returns the model with status, criteria, trace and costs; numerical trouble is a status, not an error
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE, UNKNOWN_NAME for input that cannot be used; ABORTED when the signal fires
 *
 * Cost: one copy of the data, then one pass and one update per iteration and start.
 *
 * @example
 * const method = { where: 'mine/fit', plan: ({ config }) => ({ algorithm: batch(config) }) };
 * const { logLikelihood } = await fitMixture(faithful(), { components: 2 }, method); // −1130.264
 */
export async function fitMixture<Result = Fit>(
  input: FitInput,
  options: FitOptions,
  method: FitMethod<Result>,
): Promise<Result> {
  const checked = checkFit(input, options, method);
  return drive(checked.x, checked.options, mixtureSubject(checked.options, method));
}
