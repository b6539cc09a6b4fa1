import { expect, test } from 'vitest';
import { checkOptions, errorFrom, fail, type MixtentionError, nearest, show } from './errors.ts';

test('fail throws one sentence that names package and function, with a stable code', () => {
  expect(() => fail('core/write', 'BAD_SHAPE', '3 biases came with 2 components')).toThrow(
    expect.objectContaining({
      message: '[core] write: 3 biases came with 2 components',
      code: 'BAD_SHAPE',
      name: 'MixtentionError',
    }),
  );
});

test('fail keeps the cause', () => {
  const cause = new Error('inner');
  const error = (() => {
    try {
      return fail('core/x', 'BAD_DATA', 'outer', cause);
    } catch (e) {
      return e as MixtentionError;
    }
  })();
  expect(error.cause).toBe(cause);
});

test('nearest suggests a name at a small edit distance and nothing for a strange one', () => {
  expect(nearest('covarience', ['components', 'covariance'])).toBe('covariance');
  expect(nearest('zzz', ['components', 'covariance'])).toBeNull();
  expect(nearest('wsm', ['native', 'wasm'])).toBe('wasm');
  expect(nearest('dig', ['VII'])).toBeNull();
});

test('checkOptions names the unknown option and the nearest known one', () => {
  expect(() => checkOptions('em/fit', { component: 2 }, ['components', 'seed'])).toThrow(
    'unknown option "component", did you mean "components"?',
  );
  expect(() => checkOptions('em/fit', { seed: 2 }, ['components', 'seed'])).not.toThrow();
  for (const options of [null, 5, 'x', [], () => 1])
    expect(() => checkOptions('em/fit', options as object, ['seed'])).toThrow(', an object was due');
});

test('show tells kinds apart: text, numbers, BigInts, lists and objects', () => {
  expect(['5', 5, 5n, [5], { five: 5 }, Float32Array.of(5), null].map(show)).toEqual([
    '"5"',
    '5',
    '5n',
    'a list',
    'an object',
    'an array of 1 number',
    'null',
  ]);
});

test('errorFrom takes whatever was thrown', () => {
  const error = new TypeError('own');
  expect(errorFrom(error)).toBe(error);
  expect([errorFrom('text'), errorFrom(null)].map(({ message }) => message)).toEqual(['text', 'null']);
});
