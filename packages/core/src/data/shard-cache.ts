import type { Backend, Dataset, Precision } from '../contracts/index.ts';
import { openReader } from './reader.ts';
import { type HeldShard, openShard, type ShardPlace } from './shard.ts';
import { openTiles, type TileMemory } from './tiles.ts';

/** The least recently used data set goes first; what a pass still wants is taken in anew. */
const DATASETS_KEPT = 4;

/**
 * What the shards of a thread may keep beside the rows: statistics, tensors. Of a larger data set the first shards are kept and the others taken
 * in anew in every pass.
 */
const CACHE_BYTES = { float64: 2 ** 28, float32: 2 ** 28 } as const;

/** The same of rows that do not lie in memory: they are many, and hardly any would be kept anyway. */
const STREAMED_BYTES = 2 ** 26;

/** Shards that one thread has opened, with what their backend took in. */
export type ShardCache = {
  /** The shard is good until the next call. */
  get(data: Dataset, index: number, backend: Backend, memory?: TileMemory | null): HeldShard;
  /** Reads the rows of a shard meanwhile that `get` will soon be asked for; null where there is nothing to read. */
  ahead(data: Dataset, index: number, backend: Backend): Promise<void> | null;
  clear(): void;
};

/** A shard, and what it took when it was looked at last. */
type Kept = { readonly shard: HeldShard; bytes: number };

type Opened = { readonly place: ShardPlace; readonly shards: Map<number, Kept> };

/**
 * Keeps the shards of the latest few data sets open, as far as they are within the budget.
 *
 * @param budget  bytes, by the precision of the backend
 */
export function shardCache(budget: { readonly [P in Precision]: number } = CACHE_BYTES): ShardCache {
  const opened = new Map<string, Opened>();
  let last: { readonly id: string; readonly index: number; readonly most: number } | null = null;
  /** Of all that is kept, as far as it was looked at. */
  let bytes = 0;
  const drop = ({ shard, bytes: own }: Kept): void => {
    bytes -= own;
    shard.release();
  };
  const release = (id: string): void => {
    for (const kept of opened.get(id)?.shards.values() ?? []) drop(kept);
    opened.delete(id);
  };
  /** Older data sets give way first, then the shard that was opened last: the only one that can have grown. */
  const settle = (): void => {
    if (last === null) return;
    const { id, index, most } = last;
    last = null;
    const own = opened.get(id)?.shards.get(index);
    if (own === undefined) return;
    const now = own.shard.bytes();
    bytes += now - own.bytes;
    own.bytes = now;
    for (const other of [...opened.keys()]) if (other !== id && bytes > most) release(other);
    if (bytes <= most) return;
    drop(own);
    opened.get(id)?.shards.delete(index);
  };
  // In another precision the same rows are another data set.
  const idOf = (data: Dataset, backend: Backend): string => `${backend.name} ${backend.precision} ${data.id}`;
  return {
    get(data, index, backend, memory = null): HeldShard {
      settle();
      const id = idOf(data, backend);
      const entry = opened.get(id) ?? {
        place: { reader: openReader(data), tiles: openTiles(data, memory) },
        shards: new Map(),
      };
      opened.delete(id);
      opened.set(id, entry);
      if (opened.size > DATASETS_KEPT) release(opened.keys().next().value!);
      let kept = entry.shards.get(index);
      if (kept === undefined) {
        entry.shards.set(index, (kept = { shard: openShard(data, index, backend, entry.place), bytes: 0 }));
      }
      const most = budget[backend.precision];
      last = { id, index, most: data.source.kind === 'memory' ? most : Math.min(most, STREAMED_BYTES) };
      return kept.shard;
    },
    ahead(data, index, backend): Promise<void> | null {
      const entry = opened.get(idOf(data, backend));
      if (entry === undefined || entry.shards.has(index)) return null;
      return entry.place.reader.ahead?.(data.cuts[index]!, data.cuts[index + 1]!) ?? null;
    },
    clear(): void {
      for (const id of [...opened.keys()]) release(id);
    },
  };
}
