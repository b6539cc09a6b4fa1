import { type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';

/** Keys and values of what was seen so far, in the order in which it came: plain matrices, which `attend` takes as they are. */
export type KeyValueCache = { readonly keys: Matrix; readonly values: Matrix };

/** Memory that caches are views of; `used` is the longest of them. */
type Room = { readonly keys: Float64Array; readonly values: Float64Array; used: number };

const rooms = new WeakMap<KeyValueCache, Room>();

/**
 * A cache with more keys and values at its end, as when a sequence is decoded token by token.
 *
 * Nothing that was given is changed: the longer cache lies in the same memory, which grows by doubling, and one that is appended to twice is copied. Under
 * `mask: 'causal'` the queries are the last of so many positions, which is what decoding needs; rotary positions are turned by `attend`, so keys come as they are.
 *
 * @param cache   what was seen before; null where nothing was
 * @param keys    `[M, d]`
 * @param values  `[M, V]`
 * @throws BAD_SHAPE, NOT_FINITE, each in one sentence
 *
 * Cost: M·(d + V), amortised.
 *
 * @example
 * let cache = append(null, [[1, 0]], [[10]]);
 * cache = append(cache, [[0, 1]], [[20]]);
 * attend([[0, 8]], cache.keys, cache.values, { mask: 'causal' }).output.data; // [19.97]
 */
export function append(cache: KeyValueCache | null, keys: MatrixLike, values: MatrixLike): KeyValueCache {
  const where = 'attention/append';
  const more = { keys: matrix(keys, where), values: matrix(values, where) };
  if (more.keys.rows !== more.values.rows)
    fail(
      where,
      'BAD_SHAPE',
      `${counted(more.values.rows, 'value')} came with ${counted(more.keys.rows, 'key')}; each key needs one`,
    );
  const [d, V] = [more.keys.cols, more.values.cols];
  if (cache !== null && (cache.keys.cols !== d || cache.values.cols !== V))
    fail(
      where,
      'BAD_SHAPE',
      `keys of width ${d} and values of width ${V} came, the cache holds keys of ${cache.keys.cols} and values of ${cache.values.cols}`,
    );
  const before = cache?.keys.rows ?? 0;
  const rows = before + more.keys.rows;
  const room = roomFor(cache, rows, d, V);
  room.keys.set(more.keys.data, before * d);
  room.values.set(more.values.data, before * V);
  room.used = rows;
  const longer = {
    keys: { data: room.keys.subarray(0, rows * d), rows, cols: d },
    values: { data: room.values.subarray(0, rows * V), rows, cols: V },
  };
  rooms.set(longer, room);
  return longer;
}

/** The memory that a cache lies in, if nothing comes after it there and it is large enough; else a copy of twice the size. */
function roomFor(cache: KeyValueCache | null, rows: number, d: number, V: number): Room {
  const known = cache === null ? undefined : rooms.get(cache);
  if (known !== undefined && known.used === cache!.keys.rows && known.keys.length >= rows * d) return known;
  const size = Math.max(16, 2 * rows);
  const room = { keys: new Float64Array(size * d), values: new Float64Array(size * V), used: 0 };
  if (cache !== null) {
    room.keys.set(cache.keys.data);
    room.values.set(cache.values.data);
  }
  return room;
}
