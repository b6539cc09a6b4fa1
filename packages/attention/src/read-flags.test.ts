import { MixtentionError } from '@mixtention/core';
import { bernoulli } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { attend } from './attend/attend.ts';
import { complete } from './complete/complete.ts';
import { multiHeadAttention } from './layers/multi-head-attention.ts';
import { selfAttention } from './layers/self-attention.ts';
import { type FlagTable, readFlags } from './read-flags.ts';
import { randomMixture } from './testing/random-mixture.ts';

const HIDDEN = Number.NEGATIVE_INFINITY;
const reader = { where: 'attention/test' };

const tensor = (data: Uint8Array | Float32Array, shape: number[]): FlagTable => ({
  shape,
  rank: shape.length,
  dataSync: () => data,
});

describe('flags are read', () => {
  const flags = [1, 0, 1, 0, 0, 1];

  test.each<[string, FlagTable | (number | boolean)[] | Uint8Array]>([
    ['rows of booleans', [flags.slice(0, 3).map(Boolean), flags.slice(3).map(Boolean)]],
    ['rows of 0 and 1', [flags.slice(0, 3), flags.slice(3)]],
    ['rows of bytes', [Uint8Array.from(flags.slice(0, 3)), Uint8Array.from(flags.slice(3))]],
    ['integers with rows and columns', { data: Int32Array.from(flags), rows: 2, cols: 3 }],
    ['numbers with a shape', { data: flags, shape: [2, 3] }],
    ['booleans with a shape', { data: flags.map(Boolean), shape: [2, 3] }],
    ['a tensor of booleans', tensor(Uint8Array.from(flags), [2, 3])],
  ])('from %s, with their shape', (_, mask) => {
    expect(readFlags(mask, reader)).toEqual({ data: Uint8Array.from(flags), shape: [2, 3] });
  });

  test.each<[string, (number | boolean)[] | Uint8Array | Int8Array | Uint32Array]>([
    ['booleans', flags.map(Boolean)],
    ['0 and 1', flags],
    ['bytes', Uint8Array.from(flags)],
    ['signed bytes', Int8Array.from(flags)],
    ['wide integers', Uint32Array.from(flags)],
    ['64-bit integers', BigInt64Array.from(flags.map(BigInt)) as unknown as Uint8Array],
  ])('from a list of %s', (_, mask) => {
    expect(readFlags(mask, reader)).toEqual({ data: Uint8Array.from(flags), shape: null });
  });

  test('from an array with one dimension as from a list', () => {
    const due = { data: Uint8Array.from(flags), shape: null };
    expect(readFlags({ data: flags, shape: [6] }, reader)).toEqual(due);
    expect(readFlags(tensor(Uint8Array.from(flags), [6]), reader)).toEqual(due);
  });

  test('without a hold on what was given', () => {
    const mask = Uint8Array.of(1, 0);
    const { data } = readFlags(mask, reader);
    mask[0] = 0;
    expect([...data]).toEqual([1, 0]);
  });
});

const weird: [string, unknown, RegExp][] = [
  ['an additive mask', [0, HIDDEN, HIDDEN], /holds -Infinity at 1 \(counted from 0\)/],
  ['rows of an additive mask', [[0, HIDDEN, HIDDEN]], /holds -Infinity at row 0, column 1 \(counted from 0\)/],
  ['a finite additive mask', [0, -1e9, -1e9], /holds -1000000000 at 1/],
  ['probabilities', [1, 0.5, 0], /holds 0.5 at 1/],
  ['NaN', [Number.NaN, 1, 1], /holds NaN at 0/],
  ['bytes that are no flags', Uint8Array.of(255, 0, 0), /holds 255 at 0/],
  ['signs', Int8Array.of(-1, 1, 1), /holds -1 at 0/],
  ['text', ['true', 'false', 'true'], /holds "true" at 0/],
  ['holes', [true, undefined, true], /holds undefined at 1/],
  ['floats', Float64Array.of(1, 0, 1), /is a Float64Array/],
  ['a matrix of floats', { data: Float32Array.of(1, 0, 1), rows: 1, cols: 3 }, /is a Float32Array/],
  ['rows of floats', [Float64Array.of(1, 0, 1)], /is a Float64Array/],
  ['a tensor of floats', tensor(Float32Array.of(1, 0, 1), [1, 3]), /is a Float32Array/],
  ['nothing', null, /is null/],
  ['a number', 1, /is 1/],
  ['an object', {}, /is an object without an array of values/],
];

const mistake = (work: () => unknown): MixtentionError => {
  try {
    work();
  } catch (error) {
    if (error instanceof MixtentionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const eye = [
  [1, 0],
  [0, 1],
];
const [queries, keys, values] = [[[1, 0]], [[4, 0], [0, 4], [1, 1]], [[10], [20], [30]]]; // biome-ignore format: one line
const weights = { query: eye, key: eye, value: eye, output: eye };
const tokens = keys;
const model = randomMixture(bernoulli, 2, 3, 1);

/** Every function that takes a mask; all are given what stands for three flags. */
const takers: [string, boolean, (mask: never) => unknown][] = [
  ['attend', true, (mask) => attend(queries, keys, values, { mask })],
  ['multiHeadAttention', true, (mask) => multiHeadAttention(queries, keys, keys, weights, { heads: 1, mask })],
  ['selfAttention', true, (mask) => selfAttention(tokens, weights, { heads: 2, mask })],
  ['complete', false, (mask) => complete(model, [[1, 0, 1]], mask)],
];

describe.each(takers)('%s', (_, isAdditive, take) => {
  test.each(weird)('refuses a mask of %s', (_title, mask, came) => {
    const error = mistake(() => take(mask as never));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toMatch(came);
    expect(error.message).toMatch(/booleans, or 0 and 1 in integers, were due/);
    expect(error.message.includes('go to `bias`')).toBe(isAdditive);
  });
});

test('what was meant by an additive mask is what the same numbers say as a bias', () => {
  const additive = [[0, HIDDEN, HIDDEN]];
  const { output, responsibilities } = attend(queries, keys, values, {
    scale: 1,
    bias: additive,
    responsibilities: true,
  });
  expect([...responsibilities!.data]).toEqual([1, 0, 0]);
  expect([...output.data]).toEqual([10]);
});

test('a function that answers in numbers to be added is refused, and 0 and 1 are read', () => {
  const additive = (_: number, k: number): boolean => (k === 0 ? 0 : HIDDEN) as unknown as boolean;
  expect(mistake(() => attend(queries, keys, values, { mask: additive })).message).toMatch(
    /the mask is -Infinity at query 0, key 1 \(counted from 0\); .* go to `bias`/,
  );
  const bits = (_: number, k: number): boolean => (k === 2 ? 1 : 0) as unknown as boolean;
  expect([...attend(queries, keys, values, { mask: bits }).output.data]).toEqual([30]);
});

test('a mask whose shape is not that of its values, or of the pairs, is refused', () => {
  const message = (mask: FlagTable): string => mistake(() => attend(queries, keys, values, { mask })).message;
  expect(message({ data: [1, 0, 1], rows: 2, cols: 3 })).toMatch(/has shape \[2,3\], but holds 3 values/);
  expect(message({ data: [1], shape: [1, 1, 1] })).toMatch(
    /the mask has shape \[1,1,1\], one or two dimensions were due/,
  );
  expect(message([[true, false], [true]])).toMatch(/row 1 of the mask \(counted from 0\) has 1 value, row 0 has 2/);
  expect(message([[true, false]])).toMatch(/the mask has shape \[1, 2\], \[1, 3\] \(queries × keys\) was due/);
});
