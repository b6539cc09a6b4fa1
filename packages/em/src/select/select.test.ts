import { inline } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key, permutation, split } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from '../batch/fit.ts';
import { select } from './select.ts';
import type { Selection, SelectOptions } from './types.ts';

const covariance = ['full', 'tied', 'diagonal', 'spherical'] as const;

/** All but times and the executor. */
function apart({ seconds: _, fit: found, ...rest }: Selection): unknown {
  return { ...rest, model: JSON.stringify(found.model) };
}

// mclust 6.0.0: −2314.296 and −2322.192 at their maxima; tied 4 checked with twenty starts.
test('Old Faithful, 1 to 9 components of four covariances: tied 3 by BIC, then tied 4 and full 2', async () => {
  const {
    best,
    table,
    why,
    fit: found,
  } = await select(faithful(), { components: [1, 2, 3, 4, 5, 6, 7, 8, 9], covariance });
  expect(table).toHaveLength(36);
  expect(best).toMatchObject({ components: 3, covariance: 'tied', status: 'converged', isDegenerate: false });
  const order = table.map(({ components, covariance: shape, bic }) => ({ name: `${shape} ${components}`, bic }));
  order.sort((a, b) => a.bic - b.bic);
  expect(order.slice(0, 3).map(({ name }) => name)).toEqual(['tied 3', 'tied 4', 'full 2']);
  expect(order[0]!.bic).toBeCloseTo(2314.2957, 3);
  expect(order[1]!.bic).toBeLessThan(2320.15);
  expect(order[2]!.bic).toBeCloseTo(2322.1917, 3);
  expect(found.bic).toBe(best.bic);
  expect(found.model.components).toBe(3);
  expect(why).toBe(
    '3 components with tied covariances has the lowest BIC, 2314.30, of 36 fits; the next best, 4 components with tied covariances, has 2320.14.',
  );
});

test('each fit of a selection has the bits that it has alone, on 0 and on 2 workers, over one data set', async () => {
  const x = dataset(faithful());
  const options: SelectOptions = { components: [2, 3], covariance: ['full', 'tied'], criterion: 'icl' };
  const due = await select(x, { ...options, executor: inline() });
  for (const { components, covariance: shape, logLikelihood } of due.table)
    expect((await fit(x, { components, covariance: shape! })).logLikelihood).toBe(logLikelihood);
  const executor = await threads({ workers: 2, backend: 'wasm', precision: 'float64' });
  try {
    expect(apart(await select(x, { ...options, executor }))).toEqual(apart(due));
  } finally {
    await executor.close();
  }
});

test('what is held out is scored by fits that have not seen it, as fits of the other rows score it', async () => {
  const x = faithful();
  const { table } = await select(x, { components: [2], criterion: 'held-out', heldOut: { folds: 3 }, seed: 5 });
  const { folds, train, test: kept } = foldsOf(x.data as Float64Array, 3, 5);
  let sum = 0;
  for (let f = 0; f < folds; f++) {
    const { model } = await fit(train(f), { components: 2, seed: 5 });
    sum += model.logDensity(kept(f)).reduce((a, b) => a + b, 0);
  }
  expect(table[0]!.heldOut).toBeCloseTo(sum / x.rows, 6);
  const again = await select(x, { components: [2], criterion: 'held-out', heldOut: { folds: 3 }, seed: 6 });
  expect(again.table[0]!.heldOut).not.toBe(table[0]!.heldOut);
});

test('held-out likelihood finds three far groups, and says where the largest number was the best', async () => {
  const normal = generator(key(3));
  const rows = Array.from({ length: 300 }, (_, n) => [normal.normal() + 12 * (n % 3), normal.normal()]);
  const three = await select(rows, { components: [1, 2, 3, 5], criterion: 'held-out', heldOut: { share: 0.3 } });
  expect(three.best.components).toBe(3);
  const { why } = await select(rows, { components: [1, 2, 3] });
  expect(why).toContain('No more than 3 components were tried: more may be better.');
});

test('a degenerate mixture is chosen only where there is no other', async () => {
  const x = [
    [1, 2],
    [1, 4],
    [1, 0],
    [10, 2],
    [10, 4],
    [10, 0.5],
  ];
  const { best, table } = await select(x, { components: [1, 4] });
  expect(table[1]!.isDegenerate).toBe(true);
  expect(best.components).toBe(1);
});

test('what cannot be tried is refused in a sentence', async () => {
  const x = faithful();
  const refused = async (options: object, sentence: string): Promise<void> =>
    expect(select(x, options as SelectOptions)).rejects.toThrow(sentence);
  await refused({ components: [] }, 'components is an empty list');
  await refused({ components: 3 }, 'components is 3, a list of numbers of components');
  await refused({ components: [0] }, 'components is 0, a whole number from 1 was due');
  await refused({ components: [2], covariance: [] }, 'covariance is an empty list');
  await refused({ components: [2], covariance: ['round'] }, 'round');
  await refused({ components: [2], criterion: 'cic' }, 'criterion');
  await refused(
    { components: [2], family: 'bernoulli', covariance: ['full'] },
    'covariance goes with the family "gaussian"',
  );
  await refused({ components: [2], heldOut: { folds: 5 } }, 'heldOut goes with the criterion "held-out"');
  await refused({ components: [2], criterion: 'held-out', heldOut: { folds: 1 } }, 'heldOut.folds is 1');
  await refused({ components: [2], criterion: 'held-out', heldOut: { share: 0.001 } }, 'it holds out 0');
  await refused(
    { components: [2, 140], criterion: 'held-out', heldOut: { folds: 2 } },
    '140 components were asked of 136 rows, which heldOut leaves of 272; ask for 136 at most',
  );
  await refused({ components: [2], criterion: 'bound', prior: 'none' }, '"bound" goes with a prior, prior is "none"');
  await refused({ components: [300] }, '300 components were asked of 272 rows');
  const controller = new AbortController();
  controller.abort();
  await expect(select(x, { components: [2], signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
});

/** Folds drawn as `select` draws them, as rows of their own. */
function foldsOf(
  data: Float64Array,
  folds: number,
  seed: number,
): { folds: number; train: (f: number) => number[][]; test: (f: number) => number[][] } {
  const rows = Array.from({ length: data.length / 2 }, (_, n) => [data[2 * n]!, data[2 * n + 1]!]);
  const order = permutation(generator(split(key(seed), 'held-out')), rows.length);
  const isIn = (n: number, f: number): boolean => {
    const at = order.indexOf(n);
    return at >= Math.floor((f * rows.length) / folds) && at < Math.floor(((f + 1) * rows.length) / folds);
  };
  return {
    folds,
    train: (f) => rows.filter((_, n) => !isIn(n, f)),
    test: (f) => rows.filter((_, n) => isIn(n, f)),
  };
}
