import type { Backend, Dataset } from '../contracts/index.ts';
import { type HeldShard, openShard } from './shard.ts';

/** The least recently used data set goes first; what a pass still wants is taken in anew. */
const DATASETS_KEPT = 4;

/** Shards that one thread has opened, with what their backend took in. */
export type ShardCache = {
  get(data: Dataset, index: number, backend: Backend): HeldShard;
  clear(): void;
};

/** Keeps the shards of the latest few data sets open. */
export function shardCache(): ShardCache {
  const opened = new Map<string, Map<number, HeldShard>>();
  const release = (id: string): void => {
    for (const shard of opened.get(id)?.values() ?? []) shard.release();
    opened.delete(id);
  };
  return {
    get(data, index, backend): HeldShard {
      const shards = opened.get(data.id) ?? new Map<number, HeldShard>();
      opened.delete(data.id);
      opened.set(data.id, shards);
      if (opened.size > DATASETS_KEPT) release(opened.keys().next().value!);
      let shard = shards.get(index);
      if (shard === undefined) shards.set(index, (shard = openShard(data, index, backend)));
      return shard;
    },
    clear(): void {
      for (const id of [...opened.keys()]) release(id);
    },
  };
}
