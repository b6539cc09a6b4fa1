import type { Matrix, MatrixLike } from '@mixtention/core';
import { checkOptions, fail, rowsOf, show } from '@mixtention/core/base';
import { isBinary } from '@mixtention/core/data';
import { generator, key, sampleCategorical, split } from '@mixtention/core/numeric';
import type { MixtureLike, Space } from '../space.ts';
import { toSpace } from '../space.ts';
import { complete } from './complete.ts';
import { groupRows, type MaskGroup, type ObservedMask } from './observed-mask.ts';
import { prepare } from './problem.ts';
import { affineOf, checkAffine } from './spread.ts';
import type { CompleteOptions } from './types.ts';

export type SampleCompletionsOptions = Pick<CompleteOptions, 'backend' | 'logitScale'> & {
  /** How many completions of each row; default 1. */
  readonly draws?: number | undefined;
  /** Default 0. Draws of a row depend on it and on the number of the row alone. */
  readonly seed?: number | undefined;
};

/**
 * Completions drawn from the mixture: of each row a component from its responsibilities, and hidden cells from that component given the seen ones.
 *
 *     k ~ r_n     x̃ ~ p(x | k)     x_M = x̃_M + B_k (x_O − x̃_O)
 *
 * Each is as a row that the model might have made, where `complete` gives the mean of them all: multiple imputation. B is that of E[x_M | x_O, k], 0 where columns are
 * independent given the component; the rule is exact for Gaussian components, whose conditional spread does not depend on x_O, and for independent columns.
 *
 * @param observed  `[N, D]`; hidden cells are ignored and may hold NaN
 * @param mask  as `complete` takes it
 * @returns as many matrices `[N, D]` as draws, in user space and in the order of the model's columns
 * @throws what `complete` throws; BAD_OPTION for draws that are no whole number from 1, or components with Student-t terms
 *
 * Cost: that of `complete`, and of one row of the model a draw.
 * Source: for the rule, Hoffman & Ribak (1991), Constrained realizations of Gaussian fields.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(1, 1, 0, 0) };
 * const model = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)) });
 * sampleCompletions(model, [[1, Number.NaN]], [true, false])[0].data; // [1, 1]: the component that has a 1 there
 */
export function sampleCompletions(
  model: MixtureLike,
  observed: MatrixLike,
  mask: ObservedMask,
  options: SampleCompletionsOptions = {},
): Matrix[] {
  const where = 'attention/sampleCompletions';
  checkOptions(where, options, ['backend', 'logitScale', 'draws', 'seed']);
  const { draws = 1, seed = 0, ...shared } = options;
  if (!(Number.isSafeInteger(draws) && draws >= 1))
    fail(where, 'BAD_OPTION', `draws is ${show(draws)}, a whole number from 1 was due`);
  if (!Number.isSafeInteger(seed)) fail(where, 'BAD_OPTION', `seed is ${show(seed)}, a whole number was due`);
  const problem = prepare(model, observed, mask, shared);
  const { space, x } = problem;
  const { responsibilities } = complete(model, observed, mask, { ...shared, responsibilities: true });
  const drawn = Array.from({ length: draws }, () => ({ data: x.data.slice(), rows: x.rows, cols: x.cols }));
  for (const group of groupRows(problem.mask, x.rows, x.cols)) {
    const correct = correction(space, group);
    for (const n of group.rows) {
      const row = toSpace(rowsOf(x, n, n + 1), space).data;
      const random = generator(split(key(seed), 'completion', n));
      for (const { data } of drawn) {
        const r = responsibilities!.data.subarray(n * space.components, (n + 1) * space.components);
        const component = sampleCategorical(random, r);
        const free = space.family.sample(space.params, component, random);
        const given = correct(Float64Array.from(row), free, component);
        group.hidden.forEach((j, h) => {
          data[n * x.cols + j] = space.transform.center[j]! + space.transform.scale[j]! * given[h]!;
        });
      }
    }
  }
  return drawn;
}

type Correction = (row: Float64Array, free: Float64Array, component: number) => Float64Array;

/** x̃_M + B_k (x_O − x̃_O), as the difference of two means. */
function correction(space: Space, group: MaskGroup): Correction {
  const own = (free: Float64Array): Float64Array => Float64Array.from(group.hidden, (j) => free[j]!);
  if (isBinary(space.family, space.width)) return (_row, free) => own(free);
  checkAffine(space, 'sampleCompletions');
  const meanOf = affineOf(space, group);
  const kinds = space.family.columns(space.width);
  return (row, free, component) => {
    const [there, here] = [meanOf(row, component), meanOf(free, component)];
    return own(free).map((value, h) =>
      kinds[group.hidden[h]!]!.cells === 'binary' ? value : value + there[h]! - here[h]!,
    );
  };
}
