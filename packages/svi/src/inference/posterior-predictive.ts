import { checkOptions, counted, fail, show } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import { compile, type Execution, input, type Shape, sizeOf, type Value } from '../graph/index.ts';
import { type Model, traceModel } from '../model/index.ts';
import type { DrawsTable, SiteSummaries } from '../report/index.ts';
import { equalWeights, summarize } from '../report/index.ts';

export type PosteriorPredictiveOptions = {
  /** Of the draws of data (default 0). */
  readonly seed?: number;
  readonly execution?: Execution;
};

export type PosteriorPredictive = {
  /** Moments and quantiles of replicated data, by observed site. */
  readonly sites: SiteSummaries;
  /** A row of replicated data for each posterior draw, by observed site. */
  readonly draws: { readonly [site: string]: { readonly shape: Shape; readonly rows: readonly Float64Array[] } };
};

/**
 * Data as the model would make them again: each observed site is drawn anew from its distribution, once for each posterior draw. With other data handed to the model (new rows of its inputs), it
 * predicts what is observed there; the numbers of observed sites do not matter then, their shapes do.
 *
 * @param posterior  draws of `svi` or `pathfinder`
 * @throws BAD_MODEL where a latent is not among the draws, or an observed site has no draws
 *
 * Cost: a run of the model a draw.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const heads = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
 * posteriorPredictive(coin, heads, pathfinder(coin, heads)).sites.heads.mean[0]; // about 0.533
 */
export function posteriorPredictive<Data>(
  model: Model<Data>,
  data: Data,
  posterior: { readonly draws: DrawsTable },
  options: PosteriorPredictiveOptions = {},
): PosteriorPredictive {
  checkOptions('svi/posteriorPredictive', options, ['seed', 'execution']);
  const { seed = 0, execution } = options;
  const draws = posterior?.draws;
  if (!Array.isArray(draws?.columns))
    return fail(
      'svi/posteriorPredictive',
      'BAD_MODEL',
      `${show(posterior)} came without draws; a result of svi or pathfinder was due`,
    );
  const inputs: Value[] = [];
  const { sites } = traceModel(
    model.whole ?? model,
    data,
    ({ name, shape }) => {
      const value = input(name, shape);
      inputs.push(value);
      return { value };
    },
    { whole: true },
  );
  const observed = sites.flatMap(({ name, observed: made }) =>
    made === null ? [] : [{ name, value: made.distribution.sample(made.batch) }],
  );
  const columns = inputs.flatMap(({ name, shape }) => {
    const first = draws.columns.findIndex((column) => column === name || column.startsWith(`${name}[`));
    if (first < 0) fail('svi/posteriorPredictive', 'BAD_MODEL', `latent "${name}" is not among the draws`);
    const size = sizeOf(shape);
    const last = draws.columns[first + size - 1];
    if (last !== name && !last?.startsWith(`${name}[`))
      fail(
        'svi/posteriorPredictive',
        'BAD_SHAPE',
        `latent "${name}" has ${counted(size, 'number')} here, other than in the draws`,
      );
    return Array.from({ length: size }, (_, i) => first + i);
  });
  const program = compile(
    observed.map(({ value }) => value),
    inputs,
    { execution },
  );
  const random = generator(split(key(seed), 'predictive'));
  const rows = Array.from({ length: draws.rows }, (_, s) => {
    columns.forEach((column, i) => {
      program.inputs[i] = draws.data[s * draws.cols + column]!;
    });
    program.run(random);
    return program.outputs.slice();
  });
  const shapes = observed.map(({ name, value }) => ({ name, shape: value.shape }));
  let start = 0;
  const parts = shapes.map(({ name, shape }) => {
    const from = start;
    start += sizeOf(shape);
    const to = start;
    return [name, { shape, rows: rows.map((row) => row.subarray(from, to)) }] as const;
  });
  return { sites: summarize(shapes, rows, equalWeights(rows.length)), draws: Object.fromEntries(parts) };
}
