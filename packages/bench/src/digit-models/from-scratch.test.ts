import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { afterAll, expect, test } from 'vitest';
import { createReporter } from '../main-job/reporter.ts';
import { fromScratch } from './from-scratch.ts';
import { HALF, halvesOf, PIXELS } from './halves.ts';
import type { Setting } from './setting.ts';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-from-scratch-'));
afterAll(() => rm(folder, { recursive: true }));

const NOISE = 0.1;
const random = generator(key(31));
const bits = (count: number): number[] => Array.from({ length: count }, () => (random.uniform() < 0.5 ? 0 : 1));
const uppers = [bits(HALF), bits(HALF)];
const lowers = uppers.map(() => [bits(HALF), bits(HALF)]);

/** Images of four kinds, of which two and two have their upper half in common; every pixel is turned over with probability 0.1. */
function images(rows: number) {
  const data = new Float64Array(rows * PIXELS);
  for (let n = 0; n < rows; n++) {
    const upper = Math.floor(2 * random.uniform());
    const kind = [...uppers[upper]!, ...lowers[upper]![Math.floor(2 * random.uniform())]!];
    kind.forEach((x, j) => {
      data[n * PIXELS + j] = random.uniform() < NOISE ? 1 - x : x;
    });
  }
  return { data, rows, cols: PIXELS };
}

/** `−p log p − (1 − p) log(1 − p)` */
const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log1p(-p);
/** An upper half tells which two kinds it may be: a bit is left open of the half as a whole, and one of every pixel in which they differ. */
const differing = lowers.map(([a, b]) => a!.filter((x, j) => x !== b![j]).length);
const exact = HALF * entropy(NOISE) + Math.log(2);
const pixelwise =
  differing.reduce((sum, own) => sum + own * Math.log(2) + (HALF - own) * entropy(NOISE), 0) / differing.length;

const backends = (await availableBackends()).filter(({ tf }) => tf !== null);

test('EM and training from scratch, with as many keys, come to what the data leave open, the dictionary of validated logit scale by both losses', async () => {
  const [train, valid, test] = [images(1_000), images(300), images(300)] as const;
  const backend = backends[0]!;
  const setting: Setting = {
    ...{ train, valid, test, backend, folder },
    tf: backend.tf as Setting['tf'],
    chosenOn: halvesOf(valid),
    scoredOn: halvesOf(test),
    signal: new AbortController().signal,
    reporter: createReporter({ write: () => {}, width: null, style: 'up' }),
  };
  const models = await fromScratch(setting, { keys: 6, epochs: 30, beginnings: ['numbers', 'images'] }, () => {});
  expect(models.map(({ model, logitScale }) => [model, logitScale === 1])).toEqual([
    ['one dictionary by EM', true],
    ['one dictionary by EM', expect.any(Boolean)],
    ['a layer trained from random numbers', true],
    ['a layer trained from random images', true],
  ]);
  for (const { keys, nats, marginalNats, passes, seconds, cpuSeconds } of models) {
    expect(keys).toBe(6);
    expect(Math.abs(nats - exact)).toBeLessThan(3);
    // No prediction is better than the truth; one that thinks it can tell the halves apart is far worse.
    expect(marginalNats - pixelwise).toBeGreaterThan(-5);
    expect(pixelwise - exact).toBeGreaterThan(60);
    expect(Math.min(passes, seconds, cpuSeconds)).toBeGreaterThan(0);
  }
  expect(models[1]!.marginalNats - pixelwise).toBeLessThan(5);
});
