import { expect, it } from 'vitest';
import type { Tree } from '../contracts/index.ts';
import { cellOf, fillCell, readCell } from './cell.ts';
import { cellStore } from './cell-store.ts';
import { sumInOrder } from './sum-in-order.ts';

const tree = (scale: number): Tree => ({
  name: 'probe',
  rows: 3 * scale,
  sums: [Float64Array.of(scale, -0), Float64Array.of()],
  deep: { isOn: true, none: null, rest: Number.NEGATIVE_INFINITY, last: Float64Array.of(Number.NaN, scale / 3) },
});

it('a cell holds what was written last, bit by bit, and what was read before is a tree of its own', () => {
  const cell = cellOf(1, tree(1), false);
  const before = readCell(cell);
  expect(before).toStrictEqual(tree(1));
  expect(fillCell(cell, tree(2), false)).toBe(true);
  expect(readCell(cell)).toStrictEqual(tree(2));
  expect((before as { rows: number }).rows).toBe(3);
});

it('a tree of another form does not fit: names, lengths, texts, truth values, and what is a number', () => {
  const cell = (): ReturnType<typeof cellOf> => cellOf(1, { a: 1, b: Float64Array.of(1), c: 'x', d: [true] }, false);
  const given = { a: 2, b: Float64Array.of(2), c: 'x', d: [true] };
  expect(fillCell(cell(), given, false)).toBe(true);
  for (const other of [
    { a: null },
    { b: Float64Array.of(1, 2) },
    { b: 1 },
    { c: 'y' },
    { d: [false] },
    { d: [] },
    { e: 1 },
  ])
    expect(fillCell(cell(), { ...given, ...other } as Tree, false)).toBe(false);
  expect(fillCell(cell(), { a: 2, b: given.b, c: 'x' }, false)).toBe(false);
});

it('arrays in shared memory are shared where that is asked for, and copied where not', () => {
  const shared = new Float64Array(new SharedArrayBuffer(16));
  const own = cellOf(1, { shared }, true);
  expect(fillCell(own, { shared: shared.subarray() }, true)).toBe(true);
  expect(fillCell(own, { shared: new Float64Array(new SharedArrayBuffer(16)) }, true)).toBe(false);
  shared[0] = 5;
  expect(readCell(own)).toEqual({ shared: Float64Array.of(5, 0) });
  const copy = cellOf(2, { shared }, false);
  shared[0] = 6;
  expect(readCell(copy)).toEqual({ shared: Float64Array.of(5, 0) });
});

it('free cells that fit are written again, others are dropped, and both sides are told of what is new', () => {
  const store = cellStore();
  const one = store.store({ a: Float64Array.of(1) }, false);
  expect(store.news()).toEqual({ fresh: [one], dropped: [] });
  store.free(one.id);
  expect(store.store({ a: Float64Array.of(2) }, false)).toBe(one);
  expect(store.news()).toBeNull();
  store.free(one.id);
  const wider = store.store({ a: Float64Array.of(1, 2) }, false);
  expect(store.news()).toEqual({ fresh: [wider], dropped: [one.id] });
});

it('statistics whose names come in another order are added by name, and those of another shape refused', () => {
  const add = (term: Tree): Tree | null => {
    const sum = sumInOrder(1, false);
    sum.take(0, cellOf(1, { a: 1, b: Float64Array.of(2), c: 5 }, false), 0);
    sum.take(1, cellOf(2, term, false), 0);
    return sum.collected().sum;
  };
  expect(add({ c: 7, b: Float64Array.of(4), a: 3 })).toEqual({ a: 4, b: Float64Array.of(6), c: 12 });
  expect(() => add({ a: 3, b: Float64Array.of(4, 5), c: 7 })).toThrow('statistics of two shards differ in shape');
});
