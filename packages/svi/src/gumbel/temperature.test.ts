import '@tensorflow/tfjs-backend-wasm';
import { MixtentionError } from '@mixtention/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gumbelSoftmax } from './gumbel-softmax.ts';
import { relaxedLogDensity } from './relaxed-log-density.ts';
import { type Temperature, temperatureAt } from './temperature.ts';

beforeAll(() => tf.setBackend('wasm'));

test('the temperature falls exponentially in plateaus and stops at its least value', () => {
  const schedule = { start: 1, rate: 1e-3, every: 100, least: 0.5 };
  expect(temperatureAt(schedule, 0)).toBe(1);
  expect(temperatureAt(schedule, 99)).toBe(1);
  expect(temperatureAt(schedule, 250)).toBeCloseTo(Math.exp(-0.2), 12);
  expect(temperatureAt(schedule, 5000)).toBe(0.5);
});

test('a fixed temperature is the same at every step', () => {
  expect(temperatureAt(0.7, 12345)).toBe(0.7);
});

const refusal = (work: () => unknown): MixtentionError => {
  try {
    work();
  } catch (error) {
    if (error instanceof MixtentionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const logits = [0, 1, 2];
const noise = [0.3, -0.2, 0.1];
const relax = (temperature: number): Float32Array =>
  gumbelSoftmax(tf, tf.tensor2d([logits]), tf.tensor2d([noise]), temperature).dataSync<'float32'>();

describe.each<[string, (temperature: never) => unknown]>([
  ['gumbelSoftmax', relax],
  ['relaxedLogDensity', (temperature) => relaxedLogDensity([Math.log(0.5), Math.log(0.5)], [0, 0], temperature)],
  ['temperatureAt', (temperature) => temperatureAt(temperature, 0)],
])('%s', (_, use) => {
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-40, 'a', '1', null, undefined])(
    'refuses a temperature of %s',
    (temperature) => {
      const { code, message } = refusal(() => use(temperature as never));
      expect(code).toBe('BAD_OPTION');
      expect(message).toMatch(/: temperature is .*, a number from 1e-30 to 1e\+30 was due$/);
    },
  );
});

test('relaxed draws are numbers at the ends of the range of temperatures: one-hot at the low, even at the high', () => {
  expect([...relax(1e-30)]).toEqual([0, 0, 1]);
  for (const value of relax(1e30)) expect(value).toBeCloseTo(1 / 3, 6);
});

const schedule = { start: 1, rate: 1e-3, every: 100, least: 0.5 };

test.each<[string, object, string]>([
  ['without its other numbers', { start: 1 }, 'temperature.least is undefined, a number from 1e-30 to 1 was due'],
  ['that starts below 0', { ...schedule, start: -1 }, 'temperature.start is -1, a number from 1e-30 to 1e+30 was due'],
  ['whose least value is 0', { ...schedule, least: 0 }, 'temperature.least is 0, a number from 1e-30 to 1 was due'],
  ['that ends above its start', { ...schedule, least: 2 }, 'temperature.least is 2, a number from 1e-30 to 1 was due'],
  ['that rises', { ...schedule, rate: -1e-3 }, 'temperature.rate is -0.001, a number from 0 to 1e+30 was due'],
  ['of no rate', { ...schedule, rate: Number.NaN }, 'temperature.rate is NaN, a number from 0 to 1e+30 was due'],
  ['of no plateaus', { ...schedule, every: 0 }, 'temperature.every is 0, a number from 1 to'],
  ['with a misspelt name', { ...schedule, leats: 0.1 }, 'unknown option "leats", did you mean "least"?'],
])('a schedule %s is refused', (_, bad, message) => {
  const error = refusal(() => temperatureAt(bad as Temperature, 0));
  expect(error.code).toBe('BAD_OPTION');
  expect(error.message).toContain(message);
});
