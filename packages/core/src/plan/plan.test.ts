import { expect, test } from 'vitest';
import { float64 } from '../backends/float64.ts';
import { wasm } from '../backends/wasm.ts';
import type { BackendName } from '../contracts/index.ts';
import { cutRows } from '../data/cut-rows.ts';
import { measureRates } from './measure-rates.ts';
import { plan } from './plan.ts';
import { passSeconds, type Rate } from './rates.ts';
import { storedRates } from './stored-rates.ts';

const installed: readonly BackendName[] = ['native', 'wasm', 'tfjs-node', 'tfjs-wasm', 'plain'];
const diagonal = { rows: 200_000, components: 64, width: 64 };
const wide = { rows: 60_000, components: 100, width: 784 };
const full = { rows: 200_000, components: 16, width: 32 + 32 ** 2, squares: 'each' } as const;
const without = (...names: readonly BackendName[]): readonly BackendName[] =>
  installed.filter((name) => !names.includes(name));

test('native code is first wherever it is there, and without it tfjs-node where rows are wide and have no covariances', () => {
  for (const problem of [diagonal, wide, full]) expect(plan({ ...problem, installed }).backend).toBe('native');
  expect(plan({ ...wide, installed: without('native') }).backend).toBe('tfjs-node');
  expect(plan({ ...full, installed: without('native') }).backend).toBe('wasm');
  expect(plan({ ...diagonal, installed: without('native') }).backend).toBe('wasm');
  expect(plan({ ...diagonal, installed: ['plain'] }).backend).toBe('plain');
});

test('tfjs-wasm is never chosen, but planned for where it is asked for', () => {
  const { candidates } = plan({ ...diagonal, installed });
  expect(candidates.map(({ backend }) => backend)).not.toContain('tfjs-wasm');
  expect(plan({ ...diagonal, backend: 'tfjs-wasm' }).seconds).toBeGreaterThan(
    plan({ ...diagonal, backend: 'wasm' }).seconds,
  );
});

test('a small problem gets WebAssembly in float64 in this thread, whatever else is there', () => {
  const small = { rows: 272, components: 3, width: 6, squares: 'each', cores: 8 } as const;
  for (const there of [installed, without('native'), ['wasm', 'plain'] as const])
    expect(plan({ ...small, installed: there })).toMatchObject({ backend: 'wasm', precision: 'float64', workers: 0 });
  expect(plan({ ...small, installed, precision: 'float32' }).precision).toBe('float32');
});

test('workers are taken where they save more than their start takes', () => {
  expect(plan({ ...diagonal, cores: 4 }).workers).toBe(4);
  expect(plan({ ...diagonal, cores: 1 }).workers).toBe(0);
  expect(plan({ ...diagonal, cores: 4, passes: 1 }).workers).toBe(0);
  const [none, two] = [0, 2].map((workers) => plan({ ...diagonal, workers }).seconds);
  expect(none! / two!).toBeGreaterThan(1.5);
  expect(none! / two!).toBeLessThan(2);
});

test('shards are those that a data set is cut into', () => {
  for (const rows of [5, 3_000, 250_000]) expect(plan({ ...diagonal, rows }).shardRows).toBe(cutRows(rows)[1]);
});

test('a pass is the sum of its parts, with components in whole vectors', () => {
  const unit = { product: 0, pair: 0, cell: 0, call: 0 };
  const seconds = (rate: Partial<Rate>): number => {
    const own = { ...unit, ...rate };
    const problem = { rows: 1000, components: 5, width: 10 };
    return passSeconds(problem, {
      backend: 'wasm',
      precision: 'float32',
      rates: { none: own, each: own, pooled: own },
      shards: 3,
    });
  };
  expect(seconds({ product: 1 })).toBeCloseTo(1e-9 * 1000 * 8 * 10, 15);
  expect(seconds({ pair: 1 })).toBeCloseTo(1e-9 * 1000 * 8, 15);
  expect(seconds({ cell: 1 })).toBeCloseTo(1e-9 * 1000 * 10, 15);
  expect(seconds({ call: 1 })).toBeCloseTo(3e-9, 15);
});

test('rates are measured: no part is negative, a call takes time, and every kernel has stored ones', () => {
  for (const backend of [wasm(), float64])
    for (const rate of Object.values(measureRates(backend))) {
      for (const part of Object.values(rate)) expect(part).toBeGreaterThanOrEqual(0);
      expect(rate.product + rate.call).toBeGreaterThan(0);
    }
  for (const name of without('plain')) expect(storedRates[name]?.float32).toBeDefined();
  for (const name of ['native', 'wasm', 'plain'] as const) expect(storedRates[name]?.float64).toBeDefined();
});
