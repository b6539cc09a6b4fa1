import { gaussianSpherical } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { complete } from '../complete/complete.ts';
import { draws } from '../testing/draws.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { attend } from './attend.ts';

const ROWS = 8_000;
const KEYS = 4_000;
/** N×K would be 244 MiB of float64; tiles, garbage and results stay far below. */
const LIMIT_MIB = 100;

/** How much the peak memory of the process rises while something runs; what rose before is not counted. */
function rise(run: () => void): number {
  const before = process.resourceUsage().maxRSS;
  run();
  return (process.resourceUsage().maxRSS - before) / 1024;
}

test('generated masks and biases never become a matrix of queries × keys', () => {
  const q = draws(1).normal(ROWS, 2);
  const k = draws(2).normal(KEYS, 2);
  const bias = (n: number, j: number): number => -0.001 * Math.abs(n - j);
  expect(rise(() => attend(q, k, k, { mask: 'causal', bias }))).toBeLessThan(LIMIT_MIB);
});

test('completion without responsibilities never holds rows × components', () => {
  const model = randomMixture(gaussianSpherical, KEYS, 2, 3);
  const { x } = model.sample(ROWS, 4);
  expect(rise(() => complete(model, x, [true, false], { truth: x }))).toBeLessThan(LIMIT_MIB);
});
