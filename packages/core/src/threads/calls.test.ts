import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { plain } from '../backends/plain.ts';
import { matrix } from '../base/matrix.ts';
import type { AnyAlgorithm, Ask, Collected, Executor, RowPart } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { inline } from '../loop/inline.ts';
import type { AlgorithmTable } from '../loop/spec.ts';
import { threads } from './threads.ts';

/** Statistics whose form and values follow from the message, the rows and the configuration. */
const SOURCE = `
import { existsSync } from 'node:fs';
export const algorithms = {
  echo: (config) => ({
    spec: { kind: 'algorithm', name: 'echo', module: config.url, from: config.url, config },
    collect({ text, flag, scale, weights, deep }, shard) {
      if (config.busyMs !== undefined) for (const end = performance.now() + config.busyMs * weights[0] ** 2; performance.now() < end; );
      const { index, rows } = shard;
      while (config.until !== undefined && !existsSync(config.until));
      const numbers = Float64Array.from(shard.numbers());
      const wide = weights.map((weight, i) => weight * scale + index * 0.1 + i + config.shift);
      return { text, flag, rows, first: numbers[0], wide, deep: deep.map(({ values }) => values.map((v) => v + index)), none: null };
    },
  }),
};`;
const folder = mkdtempSync(join(tmpdir(), 'mixtention-calls-'));
const url = pathToFileURL(join(folder, 'echo.mjs')).href;
writeFileSync(join(folder, 'echo.mjs'), SOURCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function echo(shift: number, more: { until?: string; busyMs?: number } = {}): Promise<AnyAlgorithm> {
  const { algorithms } = (await import(/* @vite-ignore */ url)) as { algorithms: AlgorithmTable };
  return algorithms.echo!({ url, shift, ...more });
}

const data = [11, 7].map((count) =>
  dataset(matrix(Array.from({ length: 3 * count }, (_, i) => [i])), { shardRows: 3 }),
);

const ask = (scale: number, width = 4, more: Partial<Ask> & { text?: string; flag?: boolean } = {}): Ask => {
  const { text = 'as ever', flag = true, ...rest } = more;
  const numbers = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => Math.sin(scale + i));
  return { message: { text, flag, scale, weights: numbers(width), deep: [{ values: numbers(2) }] }, ...rest };
};
const batch = (i: number): readonly RowPart[] => [
  { shard: 3 + i, part: 1, of: 2, shuffle: { seed: 1, path: ['epoch', i] } },
  { shard: i, part: 0, of: 1 },
];

/** Pass by pass: one that workers know, and others between, in form, rows, data, precision and algorithm. */
async function passes(executor: Executor, pause: number): Promise<readonly Collected[]> {
  const algorithms = [await echo(0), await echo(1)] as const;
  const all: Collected[] = [];
  const make = async (own: Ask, which = 0, precision?: 'float64'): Promise<void> =>
    void all.push(await executor.collect(algorithms[which]!, own, data[which]!, { precision }));
  for (let i = 0; i < 4; i++) await make(ask(i));
  await make(ask(4, 5));
  await make(ask(5, 0));
  await make(ask(6, 5, { text: 'another text' }));
  await make(ask(6, 5, { flag: false }));
  for (let i = 0; i < 6; i++) await make(ask(i, 4), i % 2);
  for (let i = 0; i < 3; i++) await make(ask(i, 4, { rows: batch(i) }));
  await make(ask(1, 4, { parts: true }));
  await make(ask(2, 3, { parts: true, into: all.at(-1)!.parts! }));
  await make(ask(3), 0, 'float64');
  await new Promise((resolve) => setTimeout(resolve, pause));
  await make(ask(4));
  await make(ask(Number.NaN));
  const side = await Promise.all(
    Array.from({ length: 5 }, (_, i) => executor.collect(algorithms[0], ask(i), data[0]!)),
  );
  return [...all, ...side];
}

it.each([1, 2, 3])(
  'whatever is new to workers, and however long they were not called, %d of them collect what one thread does',
  async (workers) => {
    const due = await passes(inline(plain), 0);
    const executor = await threads({ workers, backend: 'plain' });
    // Longer than workers listen.
    const own = await passes(executor, 120);
    await executor.close();
    // Memory of parts that were handed back is written over.
    for (const [i, pass] of own.entries()) if (i !== 17) expect(pass, `pass ${i}`).toStrictEqual(due[i]);
  },
);

it('where the main thread cannot wait for shared memory, all goes by messages, with the same sums', async () => {
  const due = await passes(inline(plain), 0);
  const own = Object.getOwnPropertyDescriptor(Atomics, 'waitAsync')!;
  Reflect.deleteProperty(Atomics, 'waitAsync');
  try {
    const executor = await threads({ workers: 2, backend: 'plain' });
    const all = await passes(executor, 0);
    await executor.close();
    for (const [i, pass] of all.entries()) if (i !== 17) expect(pass, `pass ${i}`).toStrictEqual(due[i]);
  } finally {
    Object.defineProperty(Atomics, 'waitAsync', own);
  }
});

it('passes do not wait for a worker that is busy with another one', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const until = join(folder, 'go-on');
  const one = dataset(matrix([[1]]));
  const long = executor.collect(await echo(0, { until }), ask(1), one);
  const own = await echo(0);
  for (let i = 0; i < 4; i++)
    expect(await executor.collect(own, ask(i), data[0]!)).toStrictEqual(
      await inline(plain).collect(own, ask(i), data[0]!),
    );
  writeFileSync(until, '');
  expect((await long).sum).toMatchObject({ rows: 1 });
  await executor.close();
});

it('workers that are awake make small passes alone, and others are woken for larger ones: the sums are the same', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const [small, mixed] = await Promise.all([echo(0), echo(0, { busyMs: 0.3 })]);
  for (let i = 0; i < 1000; i++) {
    const own = ask(i % 40);
    const due = await inline(plain).collect(small, own, data[1]!);
    const made = i % 5 === 0 ? [mixed, small] : [i % 3 === 0 ? mixed : small];
    const both = await Promise.all(made.map((one) => executor.collect(one, own, data[1]!)));
    for (const one of both) expect(one).toStrictEqual(due);
  }
  await executor.close();
});

it('small passes that the main thread waits for awake leave turns to the event loop', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const own = await echo(0);
  const now = performance.now.bind(performance);
  // By a slow clock every pass comes soon, on a loaded machine too.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() / 50);
  try {
    for (let i = 0; i < 50; i++) await executor.collect(own, ask(1), data[1]!);
    let isTurn = false;
    setTimeout(() => (isTurn = true), 1);
    const end = now() + 10_000;
    while (!isTurn && now() < end) await executor.collect(own, ask(1), data[1]!);
    expect(isTurn).toBe(true);
  } finally {
    clock.mockRestore();
  }
  await executor.close();
});
