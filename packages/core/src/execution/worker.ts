import { loadBackend } from '../backend/boot.ts';
import { type HeldShard, openShard } from '../data/shard.ts';
import { errorFrom, MixtentionError } from '../errors.ts';
import { type AlgorithmTable, resolve } from '../spec.ts';
import type { AnyAlgorithm, Backend, Dataset, Tree } from '../types.ts';
import type { Answer, Task } from './protocol.ts';
import { shareTree } from './share-tree.ts';

/** Data sets whose tensors a worker keeps; the least recently used goes first. */
const DATASETS_KEPT = 4;

const shards = new Map<string, Map<number, HeldShard>>();
const algorithms = new Map<string, AnyAlgorithm>();
let latest: { version: number; state: Tree } | null = null;

/** Handles one task: the shard's statistics under the state. Whatever it keeps is a cache, rebuilt when absent. */
export default async function handle(task: Task): Promise<Answer> {
  try {
    const backend = await loadBackend(task.backend);
    const algorithm = await algorithmOf(task);
    if (latest?.version !== task.version) latest = { version: task.version, state: task.state };
    const cancel = {
      get aborted() {
        return Atomics.load(task.flag, 0) !== 0;
      },
    };
    const stats = algorithm.collect(latest.state as never, shardOf(task.data, task.shard, backend), cancel) as Tree;
    return { stats: shareTree(stats, task.into) };
  } catch (error) {
    const code = error instanceof MixtentionError ? error.code : 'TASK';
    const { message, stack = '' } = errorFrom(error);
    return { error: { code, message, stack } };
  }
}

async function algorithmOf({ spec, module }: Task): Promise<AnyAlgorithm> {
  const name = JSON.stringify([module, spec.algorithm, spec.config]);
  let algorithm = algorithms.get(name);
  if (algorithm === undefined) {
    const { algorithms: table } = (await import(module)) as { algorithms: AlgorithmTable };
    algorithm = resolve(spec, table);
    algorithms.set(name, algorithm);
  }
  return algorithm;
}

function shardOf(data: Dataset, index: number, backend: Backend): HeldShard {
  const held = shards.get(data.id) ?? new Map<number, HeldShard>();
  shards.delete(data.id);
  shards.set(data.id, held);
  for (const [id, old] of shards) {
    if (shards.size <= DATASETS_KEPT) break;
    for (const shard of old.values()) shard.release();
    shards.delete(id);
  }
  let shard = held.get(index);
  if (shard === undefined) held.set(index, (shard = openShard(data, index, backend)));
  return shard;
}
