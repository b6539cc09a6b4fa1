import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { matrix } from '../base/matrix.ts';
import type { AnyAlgorithm, Tree } from '../contracts/index.ts';
import { type Cell, cellOf } from '../crew/cell.ts';
import { sumInOrder } from '../crew/sum-in-order.ts';
import { dataset } from '../data/dataset.ts';
import type { AlgorithmTable } from '../loop/spec.ts';
import { threads } from './threads.ts';

/** Statistics of 8 MiB a shard, whose sum depends on their order, and a worker that is lost in shard 5 once. */
const SOURCE = `
import { existsSync, writeFileSync } from 'node:fs';
export const algorithms = {
  wide: (config) => ({
    spec: { kind: 'algorithm', name: 'wide', module: config.url, from: config.url, config },
    collect(_, { index }) {
      if (index % 7 === 3) for (const end = performance.now() + 20; performance.now() < end; );
      if (index === 5 && config.marker !== null && !existsSync(config.marker)) {
        writeFileSync(config.marker, '');
        if (config.fault === 'exit') process.exit(1);
        for (;;);
      }
      return { rows: 1, wide: new Float64Array(config.length).fill(Math.sin(index) * 10 ** (index % 15)) };
    },
  }),
};`;

const folder = mkdtempSync(join(tmpdir(), 'mixtention-held-'));
const url = pathToFileURL(join(folder, 'wide.mjs')).href;
writeFileSync(join(folder, 'wide.mjs'), SOURCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LENGTH = 2 ** 20;
const SHARDS = 60;
const data = dataset(matrix(Array.from({ length: SHARDS }, (_, i) => [i])), { shardRows: 1 });
const due = Array.from({ length: SHARDS }, (_, i) => Math.sin(i) * 10 ** (i % 15)).reduce((a, b) => a + b);

async function wide(fault: string | null = null, length = LENGTH): Promise<AnyAlgorithm> {
  const { algorithms } = (await import(/* @vite-ignore */ url)) as { algorithms: AlgorithmTable };
  return algorithms.wide!({ url, fault, length, marker: fault === null ? null : join(folder, fault) });
}

const endsOf = (sum: Tree): readonly number[] => {
  const { rows, wide: array } = sum as { rows: number; wide: Float64Array };
  return [rows, array[0]!, array.at(-1)!];
};

it.each([1, 2, 3])('of large statistics few are held, and they are added in order: %d workers', async (workers) => {
  const executor = await threads({ workers, backend: 'plain' });
  await executor.collect(await wide(null, 8), { message: null }, data);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 2);
  const { sum } = await executor.collect(await wide(), { message: null }, data);
  clearInterval(watch);
  await executor.close();
  expect(endsOf(sum)).toEqual([SHARDS, due, due]);
  // All at once they are 503 MB.
  expect(most - before).toBeLessThan(400e6);
});

it.each(['exit', 'stuck'])(
  'a worker that is lost (%s) after it has answered some costs what it had not',
  async (fault) => {
    const executor = await threads({ workers: 2, backend: 'plain', timeoutMs: 1500 });
    for (let pass = 0; pass < 2; pass++) {
      const { sum } = await executor.collect(await wide(fault), { message: null }, data);
      expect(endsOf(sum)).toEqual([SHARDS, due, due]);
    }
    await executor.close();
  },
);

it('statistics that are asked for one by one all come', async () => {
  const executor = await threads({ workers: 2, backend: 'plain' });
  const { sum, parts } = await executor.collect(await wide(null, 2 ** 19), { message: null, parts: true }, data);
  await executor.close();
  expect(endsOf(sum)).toEqual([SHARDS, due, due]);
  expect(parts!.map((part) => endsOf(part)[1])).toEqual(
    Array.from({ length: SHARDS }, (_, i) => Math.sin(i) * 10 ** (i % 15)),
  );
});

it('a sum in order waits for whoever is next, and knows who holds what', () => {
  const sum = sumInOrder(2, false);
  const stats = (value: number): Cell => cellOf(1, Float64Array.of(value, 0), false);
  sum.take(2, stats(1e-16), 1);
  sum.take(1, stats(1e-16), 1);
  expect([sum.next(), sum.held(1), sum.free(1)]).toEqual([0, { pieces: 2, bytes: 32 }, []]);
  sum.take(0, stats(1), 0);
  expect([sum.next(), sum.held(1)]).toEqual([3, { pieces: 0, bytes: 0 }]);
  expect(sum.free(1).length).toBe(2);
  expect(sum.free(1)).toEqual([]);
  // (1 + 1e-16) + 1e-16, and not 1 + 2e-16.
  expect(sum.collected()).toEqual({ sum: Float64Array.of(1, 0), parts: null });
});
