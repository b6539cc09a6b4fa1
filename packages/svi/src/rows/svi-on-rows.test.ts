import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataset } from '@mixtention/core/data';
import { generator, key, lgamma } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { afterAll, expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import { type Model, nonCentred } from '../model/index.ts';
import { modelModule } from './model-object.ts';
import type { RowsData } from './split-trace.ts';
import { sviOnRows } from './svi-on-rows.ts';

const random = generator(key(1));
const N = 600;
const x = Float64Array.from({ length: 2 * N }, (_, i) => random.normal() + (i % 2 === 0 ? 0 : 2));
for (let n = 0; n < N; n++) x[2 * n + 1]! += 0.7 * x[2 * n]!;
const rows = { data: x, rows: N, cols: 2, columns: ['x', 'y'] };

/** A line; its slope is 0.7, its intercept 2. */
const LINE = `({ sample, observe, plate, normal, halfNormal, add, mul }, { rows, x, y, scale }) => {
  const [a, b] = ['a', 'b'].map((name) => sample(name, normal(0, scale)));
  const s = sample('s', halfNormal(2));
  plate('rows', rows.rows, () => observe('y', normal(add(a, mul(b, x)), s), y));
}`;
const line = new Function(`return ${LINE}`)() as Model<RowsData>;
const folder = mkdtempSync(join(tmpdir(), 'mixtention-rows-'));
const file = join(folder, 'line.mjs');
writeFileSync(file, `export default ${LINE};\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { shared: { scale: 5 }, steps: 1200, resultDraws: 400, shardRows: 150, accuracy: 1e-3 } as const;
const apart = ({ seconds: _, ...told }: Awaited<ReturnType<typeof sviOnRows>>): unknown => told;

test('what rows tell in shards is what they tell together: the posterior of the whole model', async () => {
  const { sites, bound, paretoK } = await sviOnRows(line, rows, { ...options, accuracy: 0.05 });
  const column = (at: number): number[] => Array.from({ length: N }, (_, n) => x[2 * n + at]!);
  const due = svi(line, { rows, x: column(0), y: column(1), scale: 5 } as never);
  expect(Math.abs(bound - due.bound)).toBeLessThan(0.05);
  expect(paretoK).toBeLessThan(0.7);
  for (const site of ['a', 'b', 's']) {
    const [told, whole] = [sites[site]!, due.sites[site]!];
    expect(Math.abs((told.mean as number) - (whole.mean as number))).toBeLessThan(0.25 * (whole.sd as number));
    expect((told.sd as number) / (whole.sd as number)).toBeCloseTo(1, 0);
  }
});

test('a model in a file runs on threads with the bits of this thread, for any number of them, and goes on from any checkpoint', async () => {
  const model = await modelModule(file);
  const texts: string[] = [];
  const here = await sviOnRows(model, rows, {
    ...options,
    steps: 40,
    learningRate: 0.05,
    onCheckpoint: (text) => texts.push(text),
    checkpointEveryMs: 0,
  });
  for (const workers of [1, 2]) {
    const executor = await threads({ workers, backend: 'wasm', precision: 'float64' });
    try {
      const told = await sviOnRows(model, rows, { ...options, steps: 40, learningRate: 0.05, executor });
      expect(told.draws.data).toEqual(here.draws.data);
    } finally {
      await executor.close();
    }
  }
  const resume = texts[7]!;
  const again = await sviOnRows(model, rows, { ...options, steps: 40, learningRate: 0.05, resume });
  expect(apart(again)).toEqual(apart(here));
  writeFileSync(file, `export default ${LINE.replace('halfNormal(2)', 'halfNormal(3)')};\n`);
  const changed = await modelModule(file);
  await expect(sviOnRows(changed, rows, { ...options, steps: 40, learningRate: 0.05, resume })).rejects.toThrow(
    'its model differs',
  );
});

test('by minibatches the posterior is that of all rows, with the same bits on threads and from a checkpoint', async () => {
  const whole = await sviOnRows(line, rows, { ...options, accuracy: 0.05 });
  const some = { ...options, minibatch: 300, learningRate: 0.02, steps: 300, shardRows: 600 };
  const model = await modelModule(file);
  const texts: string[] = [];
  const onCheckpoint = (text: string): void => void texts.push(text);
  const cut = await sviOnRows(model, rows, { ...some, onCheckpoint, checkpointEveryMs: 0 });
  expect(Math.abs(cut.bound - whole.bound)).toBeLessThan(0.5);
  for (const site of ['a', 'b', 's'])
    expect(Math.abs((cut.sites[site]!.mean as number) - (whole.sites[site]!.mean as number))).toBeLessThan(
      0.4 * (whole.sites[site]!.sd as number),
    );
  const again = await sviOnRows(model, rows, { ...some, resume: texts[200]! });
  expect(apart(again)).toEqual(apart(cut));
  const executor = await threads({ workers: 2, backend: 'wasm', precision: 'float64' });
  try {
    const short = { ...some, minibatch: 100, shardRows: 250, steps: 20 };
    const [here, there] = [await sviOnRows(model, rows, short), await sviOnRows(model, rows, { ...short, executor })];
    expect(there.draws.data).toEqual(here.draws.data);
  } finally {
    await executor.close();
  }
});

test('weights count rows: 0 is a row removed, 2 one that is there twice', async () => {
  const times = Float64Array.from({ length: N }, (_, n) => n % 3);
  const expanded = Array.from(times).flatMap((w, n) => Array.from({ length: w }, () => [x[2 * n]!, x[2 * n + 1]!]));
  const repeated = { data: Float64Array.from(expanded.flat()), rows: expanded.length, cols: 2, columns: ['x', 'y'] };
  const own = { ...options, accuracy: 0.05 };
  const weighed = await sviOnRows(line, dataset(rows, { weights: times, shardRows: 150 }), own);
  const due = await sviOnRows(line, repeated, own);
  expect(Math.abs(weighed.bound - due.bound)).toBeLessThan(0.05);
  for (const site of ['a', 'b', 's'])
    expect(Math.abs((weighed.sites[site]!.mean as number) - (due.sites[site]!.mean as number))).toBeLessThan(
      0.25 * (due.sites[site]!.sd as number),
    );
  const sums: Model<RowsData> = ({ sample, factor, plate, normal, sum, mul }, { rows: r, x: own1 }) => {
    const a = sample('a', normal(0, 1));
    plate('rows', r.rows, () => factor('all', sum(mul(a, own1 as Float64Array))));
  };
  await expect(sviOnRows(sums, dataset(rows, { weights: times }))).rejects.toThrow(
    'site "all" has for its terms a number, and not one for each',
  );
});

test('a worker refuses a file that is no longer the one that was hashed', async () => {
  const moving = join(folder, 'moving.mjs');
  writeFileSync(moving, `export default ${LINE};\n`);
  const model = await modelModule(moving);
  writeFileSync(moving, `export default ${LINE.replace('halfNormal(2)', 'halfNormal(3)')};\n`);
  const executor = await threads({ workers: 1, backend: 'plain', precision: 'float64' });
  try {
    await expect(sviOnRows(model, rows, { ...options, steps: 2, executor })).rejects.toThrow(
      'has changed since the run began',
    );
  } finally {
    await executor.close();
  }
});

test.each<[string, Model<RowsData>, string]>([
  [
    'a latent of each row',
    ({ sample, observe, plate, normal }, { rows: r }) =>
      plate('rows', r.rows, () => observe('y', normal(sample('z', normal(0, 1)), 1), r.data.subarray(0, r.rows))),
    'site "z" is a latent of each row',
  ],
  [
    'nothing observed of rows',
    ({ sample, normal }) => sample('z', normal(0, 1)),
    'nothing is observed within plate("rows"',
  ],
])('%s is refused', async (_, model, message) => {
  await expect(sviOnRows(model, rows)).rejects.toThrow(message);
});

test('guides that draw values, as those of conjugate families, end at the evidence', async () => {
  const y = Array.from({ length: 40 }, (_, n) => n % 4);
  const counts: Model<RowsData> = ({ sample, observe, plate, gamma, poisson }, { rows: own }) => {
    const rate = sample('rate', gamma(2, 1));
    plate('rows', own.rows, () => observe('y', poisson(rate), Float64Array.from(own.data).subarray(0, own.rows)));
  };
  const { bound, status } = await sviOnRows(
    counts,
    { data: Float64Array.from(y), rows: y.length, cols: 1 },
    { guide: 'autoStructured' },
  );
  const total = y.reduce((a, b) => a + b);
  const logFactorials = y.reduce((sum, k) => sum + [0, 0, Math.log(2), Math.log(6)][k]!, 0);
  const evidence = lgamma(2 + total) - (2 + total) * Math.log(1 + y.length) - logFactorials;
  expect(status).toBe('converged');
  expect(bound).toBeCloseTo(evidence, 2);
});

test('discrete latents of rows are summed out, by minibatches too', async () => {
  const inflated: Model<RowsData> = ({ sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub }, data) => {
    const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
    plate('rows', data.rows.rows, () =>
      observe('y', poisson(mul(rate, sub(1, sample('zero', bernoulli(gate))))), data.y as Float64Array),
    );
  };
  const y = Float64Array.from({ length: 240 }, (_, n) => [0, 3, 0, 0, 1, 2, 0, 4][(5 * n) % 8]!);
  const table = { data: y, rows: y.length, cols: 1, columns: ['y'] };
  const due = svi(inflated, { rows: table, y }, { discrete: 'summed-out', report: ['gate', 'rate'] });
  const whole = await sviOnRows(inflated, table);
  const cut = await sviOnRows(inflated, table, { minibatch: 60, steps: 200, learningRate: 0.03, shardRows: 80 });
  for (const { bound } of [whole, cut]) expect(Math.abs(bound - due.bound)).toBeLessThan(0.1);
  expect(cut.sites.gate!.mean).toBeCloseTo(due.sites.gate!.mean as number, 1);
});

test('numbers that end are told with their site', async () => {
  const edge: Model<RowsData> = ({ sample, observe, plate, normal, where, less }, { rows: own, y }) => {
    const mean = sample('mean', normal(0, 1));
    plate('rows', own.rows, () => observe('far', normal(where(less(mean, 3), mean, Number.NaN), 1), y as Float64Array));
  };
  const table = { data: new Float64Array(400).fill(40), rows: 400, cols: 1, columns: ['y'] };
  const { status, message } = await sviOnRows(edge, table, { steps: 500, resultDraws: 100 });
  expect(status).toBe('diverged');
  expect(message).toContain('the log density of site "far" is NaN (with a sample of the rows)');
});

test('natural gradients are refused', async () => {
  await expect(sviOnRows(line, rows, { optimizer: 'natural' })).rejects.toThrow('needs curvatures');
});

test('a function is kept off threads', async () => {
  const executor = await threads({ workers: 1, backend: 'plain' });
  await expect(sviOnRows(line, rows, { executor })).rejects.toThrow('give modelModule(file)');
  await executor.close();
});

test('groups of rows in non-centred coordinates are those of the whole model, and results say so', async () => {
  const cells = Float64Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? x[i]! + 0.5 * ((i / 2) % 6) : (i >> 1) % 6));
  const effects: Model<RowsData> = (
    { sample, observe, plate, normal, halfNormal, take },
    { rows: { data, rows: n } },
  ) => {
    const column = (at: number): Float64Array => Float64Array.from({ length: n }, (_, i) => data[2 * i + at]!);
    const [mean, sd] = [sample('mean', normal(0, 5)), sample('sd', halfNormal(1))];
    const effect = plate('groups', 6, () => sample('effect', normal(mean, sd)));
    plate('rows', n, () => observe('y', normal(take(effect, column(1)), 1), column(0)));
  };
  const model = nonCentred(effects, ['effect']);
  const all = { data: cells, rows: 24, cols: 2 };
  const told = await sviOnRows(model, all, { shardRows: 8 });
  const due = svi(model, { rows: all } as RowsData);
  expect(Math.abs(told.logEvidence - due.logEvidence)).toBeLessThan(0.1);
  expect([told.nonCentred, told.around.nonCentred]).toEqual([['effect'], ['effect']]);
  expect(told.message).toContain('non-centred: "effect"');
});
