import { generator, key, split } from '@mixtention/core/numeric';
import { addArrays } from '@mixtention/core/optimize';
import { availableBackends, availableTensorBackends } from '@mixtention/core/testing';
import type * as TF from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { boundOfDraw } from './discrete-bound.ts';
import { drawNoise } from './draw-noise.ts';
import { type GradientEstimator, globalsGradient } from './globals-gradient.ts';
import type { MixtureGuide, Noise } from './guide.ts';
import { type GradientInput, objectiveGradient } from './objective-gradient.ts';
import { outerStatistics } from './outer-statistics.ts';
import { assignExactly, someGuide, someRows, standardPrior } from './testing-guide.ts';

const x = someRows(60);
const guide = someGuide(3);
const draws = 4;

const input: GradientInput = {
  guide,
  components: 2,
  width: 2,
  noise: drawNoise(generator(key(1)), draws, 2, 2),
  statistics: outerStatistics(x),
  rowWeights: null,
  numbers: Int32Array.from({ length: 60 }, (_, n) => n),
  mode: 'exact',
  temperature: 1,
  key: key(2),
};

function noiseOf(noise: Noise, s: number): Noise {
  const cut = (a: Float64Array): Float64Array => a.subarray((s * a.length) / draws, ((s + 1) * a.length) / draws);
  return { weight: cut(noise.weight), mean: cut(noise.mean), factor: cut(noise.factor) };
}

/** The exact objective in float64, row by row. */
function oracle(at: MixtureGuide): number {
  const assigned = assignExactly(at, x);
  let sum = 0;
  for (let s = 0; s < draws; s++)
    sum += boundOfDraw({ guide: at, assigned, prior: standardPrior }, noiseOf(input.noise, s));
  return sum / draws;
}

type Change = Partial<GradientInput> & { readonly estimator?: GradientEstimator };

/** Rows and globals together. */
function wholeGradient(
  tf: typeof TF,
  { estimator = 'total', ...change }: Change = {},
): ReturnType<typeof objectiveGradient> {
  const own = { ...input, ...change };
  const rows = objectiveGradient(tf, own);
  const globals = globalsGradient({ guide: own.guide, prior: standardPrior, estimator }, own.noise);
  return { value: rows.value + globals.value, gradient: addArrays(rows.gradient, globals.gradient) };
}

function flat(gradient: { readonly [name: string]: Float64Array }): number[] {
  return Object.keys(guide).flatMap((name) => [...gradient[name]!]);
}

type Moments = { readonly mean: number[]; readonly error: number[]; readonly variance: number };

/** Mean of the gradient over seeds, its standard error, and the summed variance. */
function average(tf: typeof TF, change: (seed: number) => Change, seeds: number): Moments {
  const all = Array.from({ length: seeds }, (_, seed) => flat(wholeGradient(tf, change(seed)).gradient));
  const mean = all[0]!.map((_, i) => all.reduce((sum, g) => sum + g[i]!, 0) / seeds);
  const variances = mean.map((m, i) => all.reduce((sum, g) => sum + (g[i]! - m) ** 2, 0) / (seeds - 1));
  return { mean, error: variances.map((v) => Math.sqrt(v / seeds)), variance: variances.reduce((a, b) => a + b, 0) };
}

const noiseOfSeed = (seed: number): Noise => drawNoise(generator(split(key(7), seed)), draws, 2, 2);
const distance = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((v, i) => v - b[i]!));

test('the terms that belong to no row have the gradient that finite differences give', () => {
  const given = { guide, prior: { ...standardPrior, degrees: 3.5, shrinkage: 0.7, mean: Float64Array.of(0.2, -0.4) } };
  const { value, gradient } = globalsGradient({ ...given, estimator: 'total' }, input.noise);
  const at = (own: MixtureGuide): number =>
    globalsGradient({ ...given, guide: own, estimator: 'total' }, input.noise).value;
  expect(at(guide)).toBe(value);
  for (const [name, array] of Object.entries(guide)) {
    array.forEach((own, i) => {
      const moved = (by: number): number => at({ ...guide, [name]: array.with(i, own + by) });
      expect(gradient[name]![i]!, `${name}[${i}]`).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
    });
  }
});

test('the noise of a row is its own, wherever it is collected', async () => {
  const [backend] = await availableBackends(['tfjs-wasm']);
  const tf = backend!.tf as typeof TF;
  const { data, cols } = input.statistics;
  const part = (from: number, to: number): number =>
    objectiveGradient(tf, {
      ...input,
      mode: 'relaxed',
      statistics: { data: data.subarray(from * cols, to * cols), rows: to - from, cols },
      numbers: input.numbers.subarray(from, to),
    }).value;
  expect((part(0, 23) + part(23, 60)) / part(0, 60)).toBeCloseTo(1, 5);
});

describe.each(await availableTensorBackends())('on the backend $name', (backend) => {
  const tf = backend.tf as typeof TF;

  test('the exact objective equals its float64 form, draw for draw', () => {
    expect(wholeGradient(tf).value / oracle(guide)).toBeCloseTo(1, 5);
  });

  test('the total gradient of the exact objective equals finite differences', () => {
    const { gradient } = wholeGradient(tf);
    const size = Math.max(...flat(gradient).map(Math.abs));
    for (const [name, array] of Object.entries(guide)) {
      array.forEach((value, i) => {
        const moved = (by: number): number => oracle({ ...guide, [name]: array.with(i, value + by) });
        const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        expect(Math.abs(gradient[name]![i]! - difference) / size, `${name}[${i}]`).toBeLessThan(1e-5);
      });
    }
  });

  test('the objective of parts of the rows adds up to that of the whole', () => {
    const { data, cols } = input.statistics;
    const part = (from: number, to: number): GradientInput['statistics'] => ({
      data: data.subarray(from * cols, to * cols),
      rows: to - from,
      cols,
    });
    const first = objectiveGradient(tf, { ...input, statistics: part(0, 23) });
    const second = objectiveGradient(tf, { ...input, statistics: part(23, 60) });
    const whole = objectiveGradient(tf, input);
    expect((first.value + second.value) / whole.value).toBeCloseTo(1, 5);
    const sum = flat(first.gradient).map((g, i) => g + flat(second.gradient)[i]!);
    expect(distance(sum, flat(whole.gradient)) / Math.hypot(...sum)).toBeLessThan(1e-5);
  });

  test('row weights act as repetitions', () => {
    const { data, cols } = input.statistics;
    const rowWeights = Float64Array.from({ length: 60 }, (_, n) => n % 3);
    const kept = Array.from(rowWeights).flatMap((w, n) => new Array<number>(w).fill(n));
    const repeated = Float64Array.from(kept.flatMap((n) => [...data.subarray(n * cols, (n + 1) * cols)]));
    const weighed = objectiveGradient(tf, { ...input, rowWeights });
    const plain = objectiveGradient(tf, { ...input, statistics: { data: repeated, rows: kept.length, cols } });
    expect(weighed.value / plain.value).toBeCloseTo(1, 5);
  });

  test.each(['exact', 'relaxed', 'straight-through'] as const)('no tensor is left behind: %s', (mode) => {
    const before = tf.memory().numTensors;
    objectiveGradient(tf, { ...input, mode });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('estimators', async () => {
  const [backend] = await availableTensorBackends();
  const tf = backend!.tf as typeof TF;

  test('the gradient through the draws alone has the mean of the total gradient (four standard errors)', () => {
    const path = average(tf, (seed) => ({ noise: noiseOfSeed(seed), estimator: 'path' }), 200);
    const total = average(tf, (seed) => ({ noise: noiseOfSeed(seed + 1000), estimator: 'total' }), 200);
    path.mean.forEach((m, i) => {
      const error = Math.hypot(path.error[i]!, total.error[i]!);
      expect(Math.abs(m - total.mean[i]!)).toBeLessThanOrEqual(4 * error + 1e-3);
    });
  });

  test('the relaxed gradient tends to the exact one as the temperature falls, while its variance grows', () => {
    const exact = flat(wholeGradient(tf).gradient);
    const relaxed = (temperature: number): Moments =>
      average(tf, (seed) => ({ mode: 'relaxed', temperature, key: split(key(5), seed) }), 200);
    const [hot, warm, cold] = [2, 0.5, 0.1].map(relaxed) as [Moments, Moments, Moments];
    expect(distance(warm.mean, exact)).toBeLessThan(distance(hot.mean, exact));
    expect(distance(cold.mean, exact)).toBeLessThan(distance(hot.mean, exact) / 3);
    expect(cold.variance).toBeGreaterThan(warm.variance);
    expect(warm.variance).toBeGreaterThan(hot.variance);
  });
});
