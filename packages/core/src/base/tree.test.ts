import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { addTrees, copyTree, decodeTree, encodeTree, isHealthy, treeBytes } from './tree.ts';

test('addTrees adds numbers and arrays at every depth and leaves the second tree alone', () => {
  const term = { n: 2, deep: { s: Float64Array.of(3, 4) }, list: [1], name: 'x' };
  const sum = addTrees({ n: 1, deep: { s: Float64Array.of(1, 2) }, list: [5], name: 'x' }, term);
  expect(sum).toEqual({ n: 3, deep: { s: Float64Array.of(4, 6) }, list: [6], name: 'x' });
  expect(term.deep.s).toEqual(Float64Array.of(3, 4));
});

test('addTrees refuses trees of different shape', () => {
  expect(() => addTrees({ s: new Float64Array(2) }, { s: new Float64Array(3) })).toThrow('differ in shape');
  expect(() => addTrees({ a: 1 }, { b: 1 })).toThrow('differ in shape');
});

test('copyTree shares no array', () => {
  const tree = { s: Float64Array.of(1) };
  const copy = copyTree(tree);
  copy.s[0] = 9;
  expect(tree.s[0]).toBe(1);
});

test('encode and decode give every bit back, infinities and −0 included', () => {
  const tree = {
    a: Float64Array.of(Number.NEGATIVE_INFINITY, -0, 5e-324, Number.NaN),
    b: [1, 'x', null, true],
    c: Number.NEGATIVE_INFINITY,
  };
  expect(decodeTree(encodeTree(tree))).toEqual(tree);
});

test('encode and decode give any float64 array back', () => {
  fc.assert(
    fc.property(fc.float64Array(), (array) => {
      expect(decodeTree(encodeTree({ array }))).toEqual({ array });
    }),
  );
});

test('an array of every length is the same in pieces as in one', () => {
  for (let length = 0; length < 12; length++) {
    const array = Float64Array.from({ length }, (_, i) => Math.sin(i + 1));
    expect(toBase64(array, 3)).toBe(Buffer.from(array.buffer).toString('base64'));
    expect(fromBase64(toBase64(array))).toEqual(array);
  }
  const long = Float64Array.from({ length: 10_001 }, (_, i) => Math.sin(i));
  expect(toBase64(long)).toBe(Buffer.from(long.buffer).toString('base64'));
});

test('a tree whose text would be too long is refused', () => {
  const tree = { s: new Float64Array(30) };
  const { length } = encodeTree(tree);
  expect(encodeTree(tree, length)).toHaveLength(length);
  for (const most of [length - 1, 319])
    expect(() => encodeTree(tree, most)).toThrow(
      `[core] encodeTree: 30 numbers take a text of more than ${most} characters`,
    );
});

test.each([
  '{"__proto__": 1}',
  '{"a": {"constructor": 1}}',
  '{"$float64": "AAAA"}',
  '{"$float64": "%"}',
  '{',
  '['.repeat(80) + ']'.repeat(80),
])('decode refuses %s', (text) => {
  expect(() => decodeTree(text)).toThrow('[core] decodeTree');
});

test('isHealthy allows −∞ and refuses NaN and +∞', () => {
  expect(isHealthy({ a: Float64Array.of(1, Number.NEGATIVE_INFINITY) })).toBe(true);
  expect(isHealthy({ a: Float64Array.of(Number.NaN) })).toBe(false);
  expect(isHealthy([1, Number.POSITIVE_INFINITY])).toBe(false);
});

test('treeBytes counts typed arrays', () => {
  expect(treeBytes({ a: new Float64Array(3), b: [new Float64Array(1)] })).toBe(32);
});
