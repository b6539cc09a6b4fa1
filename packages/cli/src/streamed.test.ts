import { utimesSync } from 'node:fs';
import { type Executor, inline, type Matrix, type Source } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { loadBackend, openExecutor, threads } from '@mixtention/core/threads';
import { batch, fit, kMeans } from '@mixtention/em';
import { openSource, writeNpy } from '@mixtention/files';
import { faithful, gaussianFull } from '@mixtention/mixture';
import { fitByGradient, fitVariational, type Model } from '@mixtention/svi';
import { sviOnRows } from '@mixtention/svi/rows';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { csv, workFolder } from './testing.ts';

const ROWS = 8_000;
const random = generator(key(3));
/** Three groups of four columns in units of their own, one of them far from 0. */
const gaussians: Matrix = {
  data: Float64Array.from({ length: ROWS * 4 }, (_, i) => {
    const group = Math.floor(i / 4) % 3;
    return [1e3 + 5 * group, 3 * group, -group, 2][i % 4]! + random.normal() * (1 + (i % 3));
  }),
  rows: ROWS,
  cols: 4,
};
const bits: Matrix = {
  data: Float32Array.from({ length: ROWS * 8 }, (_, i) => Number(random.uniform() < ((i >> 3) % 2 ? 0.8 : 0.3))),
  rows: ROWS,
  cols: 8,
};

let folder: Awaited<ReturnType<typeof workFolder>>;
let inText: Source;
let inNpy: Source;
let bitsInNpy: Source;
let executors: readonly Executor[];
beforeAll(async () => {
  folder = await workFolder();
  inText = await openSource(await folder.put('gaussians.csv', `${csv(gaussians)}\n`));
  inNpy = await openSource(await folder.put('gaussians.npy', writeNpy(gaussians)));
  bitsInNpy = await openSource(await folder.put('bits.npy', writeNpy(bits)));
  executors = [
    await threads({ backend: 'wasm', precision: 'float64', workers: 1 }),
    await threads({ backend: 'wasm', precision: 'float64', workers: 3 }),
  ];
});
afterAll(async () => {
  await Promise.all(executors.map((executor) => executor.close()));
  await folder.remove();
});

type Fitting = { readonly of: 'gaussians' | 'bits'; run(x: Matrix | Source, executor: Executor): Promise<unknown> };

const few = { components: 3, screen: 2, maxIterations: 4 };
const mixtures = async (
  run: Promise<{ model: unknown; logLikelihood: number; objective: number }>,
): Promise<unknown> => {
  const { model, logLikelihood, objective } = await run;
  return { model: JSON.stringify(model), logLikelihood, objective };
};

const FITS: { readonly [name: string]: Fitting } = {
  full: { of: 'gaussians', run: (x, executor) => mixtures(fit(x, { ...few, executor })) },
  diagonal: { of: 'gaussians', run: (x, executor) => mixtures(fit(x, { ...few, covariance: 'diagonal', executor })) },
  bernoulli: { of: 'bits', run: (x, executor) => mixtures(fit(x, { ...few, family: 'bernoulli', executor })) },
  'k-means': {
    of: 'gaussians',
    async run(x, executor) {
      const { centers, inertia, labels } = await kMeans(x, { components: 3, maxIterations: 5, executor });
      return { centers: [...centers.data], inertia, labels };
    },
  },
  'minibatch gradients': {
    of: 'gaussians',
    run: (x, executor) =>
      mixtures(fitByGradient(x, { ...few, optimizer: 'adam', minibatch: 2000, executor, maxIterations: 9 })),
  },
};

it.each(Object.entries(FITS))('a table in a file gives the same bits as in memory: %s', async (_, { of, run }) => {
  const due = await run(of === 'bits' ? bits : gaussians, inline());
  const sources = of === 'bits' ? [bitsInNpy] : [inNpy, inText];
  for (const source of sources) expect(await run(source, inline())).toEqual(due);
  for (const executor of executors) expect(await run(sources.at(-1)!, executor)).toEqual(due);
});

it('short runs by minibatches that are shards look at rows in memory, of fewer shards', async () => {
  const rows = 12_000;
  const long = { data: Float64Array.from({ length: rows }, (_, n) => (n % 2) * 9 + random.normal()), rows, cols: 1 };
  const source = await openSource(await folder.put('long.npy', writeNpy(long)));
  const options = { components: 2, screen: 2, maxIterations: 2, shardRows: 500 } as const;
  for (const schedule of ['stepwise', 'memoized'] as const) {
    const { screening, model } = await fit(source, { ...options, schedule, executor: inline() });
    expect(screening!.rows).toBe(10_000);
    const [low, high] = [...model.means.data].sort((a, b) => a - b) as [number, number];
    expect([Math.abs(low), Math.abs(high - 9)].every((off) => off < 0.1)).toBe(true);
  }
  source.close();
});

it('Bayesian mixtures of a file by gradients: fitVariational takes its rows into memory, sviOnRows reads them where they lie, to the same bound', async () => {
  const of = Float64Array.from({ length: 3_000 }, (_, n) => (n % 3 ? 4 : 0) + random.normal());
  const rows = { data: of, rows: of.length, cols: 1, columns: ['y'] };
  const source = await openSource(await folder.put('two.csv', `y\n${of.join('\n')}\n`));
  const fitted = { components: 2, restarts: 1, steps: 2000, resultDraws: 500, covariance: 'diagonal' } as const;
  const [here, there] = [await fitVariational(rows, fitted), await fitVariational(source, fitted)];
  expect(there.bound).toBe(here.bound);
  expect(there.posterior).toEqual(here.posterior);
  // A mixture as a model, with the guide of conjugate families, whose gammas and Dirichlet it draws as values.
  const model: Model<{ readonly rows: Matrix; readonly [name: string]: unknown }> = (m, { rows: own }) => {
    const weights = m.sample('weights', m.dirichlet([1, 1]));
    const precision = m.sample('precision', m.gamma(1, 1), { shape: [2] });
    const places = m.sample('places', m.ordered(m.normal([0, 0], 10)));
    m.plate('rows', own.rows, () =>
      m.observe('y', m.mixture(weights, m.normal(places, m.pow(precision, -0.5))), own.data.subarray(0, own.rows)),
    );
  };
  const told = { steps: 1500, resultDraws: 500, learningRate: 0.03 } as const;
  const [memory, file] = [await sviOnRows(model, rows, told), await sviOnRows(model, source, told)];
  expect(file.bound).toBe(memory.bound);
  const [low, high] = file.sites.places!.mean as [number, number];
  expect([Math.abs(low), Math.abs(high - 4)].every((off) => off < 0.15)).toBe(true);
  source.close();
});

it('and so on a backend that works in float32', async () => {
  const wasm = await loadBackend('wasm');
  const executor = await threads({ backend: 'wasm', workers: 2 });
  for (const { of, run } of [FITS.full!, FITS.bernoulli!, FITS['minibatch gradients']!]) {
    const [x, source] = of === 'bits' ? [bits, bitsInNpy] : [gaussians, inNpy];
    const due = await run(x, inline(wasm));
    expect(await run(source, inline(wasm))).toEqual(due);
    expect(await run(source, executor)).toEqual(due);
  }
  await executor.close();
});

it('what the first pass finds, digest included, is the same, and rows can be read into memory after all', async () => {
  const due = dataset(gaussians);
  const streamed = dataset(inNpy);
  const read = dataset(inNpy, { inMemory: true });
  expect([streamed.digest, read.digest]).toEqual([due.digest, due.digest]);
  expect([streamed.columns, read.columns]).toEqual([due.columns, due.columns]);
  expect([streamed.source.kind, read.source.kind]).toEqual(['spec', 'memory']);
  expect(() => dataset(gaussians, { inMemory: true })).toThrow('inMemory goes with a source');
});

it.each([0, 2])('a file that changes during a fit is refused in one sentence, on %d threads', async (workers) => {
  const path = await folder.put('changing.npy', writeNpy(gaussians));
  const data = dataset(await openSource(path));
  const executor = await openExecutor({ backend: 'plain', workers });
  const algorithm = batch({ family: gaussianFull, components: 3, start: 'random', prior: null, floor: 1e-6 });
  const state = algorithm.init(key(0), faithful());
  utimesSync(path, 1, 1);
  const ask = algorithm.ask(state, { precision: 'float64', cuts: data.cuts });
  await expect(executor.collect(algorithm, ask, data)).rejects.toMatchObject({
    code: 'UNREADABLE',
    message: `${path}: has changed since it was opened; open it again`,
  });
  await executor.close();
});
