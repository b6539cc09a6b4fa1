import { counted } from '../base/counted.ts';
import type { Backend, Dataset } from '../contracts/index.ts';
import { allocate } from './allocate.ts';
import { roomLeft } from './room.ts';
import { strideOf } from './stride-of.ts';
import { isIdentity } from './transform.ts';

/** Of the memory that is left, what scaled float32 rows may take; shards beyond are made anew in every pass. */
const SHARE = 0.5;

/** Memory for the float32 rows of the first shards of a data set, shared by all threads and filled by whoever needs a shard first. Plain data. */
export type TileMemory = {
  readonly buffer: SharedArrayBuffer | ArrayBuffer;
  /** By shard, 1 once its rows are there; shards beyond its length have no room. */
  readonly full: Int32Array;
};

/** Room for the rows of one shard `[B, stride]`. */
export type TileRoom = { readonly data: Float32Array; isFull(): boolean; fill(): void };

export type Tiles = { room(index: number): TileRoom | null };

const memories = new WeakMap<Dataset, TileMemory | null>();

/**
 * The memory that tensor backends read a data set from: page-aligned, so that TensorFlow wraps the rows of a shard without a copy. Null where the
 * rows themselves will do, as float32 rows that are not scaled and any rows in float64, for rows that do not lie in memory, or where there is no room.
 */
export function tilesFor(data: Dataset, { precision }: Pick<Backend, 'precision'>): TileMemory | null {
  if (precision === 'float64') return null;
  if (!memories.has(data)) memories.set(data, makeMemory(data));
  return memories.get(data)!;
}

function makeMemory(data: Dataset): TileMemory | null {
  const { source, width, cuts, transform } = data;
  // Rows that are read where they are used are held by nobody.
  if (source.kind === 'spec') return null;
  const stride = strideOf(width);
  if (source.type === 'float32' && stride === width && isIdentity(transform)) return null;
  const most = SHARE * roomLeft().bytes;
  const shards = cuts.slice(1).filter((end) => end * stride * 4 <= most).length;
  if (shards === 0) return null;
  const what = `${cuts[shards]} scaled rows of ${counted(width, 'column')} in float32`;
  return {
    buffer: allocate(cuts[shards]! * stride * 4, 'core/dataset', what),
    full: new Int32Array(
      typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(4 * shards) : new SharedArrayBuffer(4 * shards),
    ),
  };
}

/** The same memory, by shard. */
export function openTiles({ cuts, width }: Dataset, memory: TileMemory | null): Tiles | null {
  if (memory === null) return null;
  const { buffer, full } = memory;
  const stride = strideOf(width);
  return {
    room(index) {
      if (index >= full.length) return null;
      const data = new Float32Array(
        buffer as ArrayBuffer,
        cuts[index]! * stride * 4,
        (cuts[index + 1]! - cuts[index]!) * stride,
      );
      // Whoever fills a shard twice, as after the loss of a worker, writes the same numbers.
      return {
        data,
        isFull: () => Atomics.load(full, index) === 1,
        fill: () => void Atomics.store(full, index, 1),
      };
    },
  };
}
