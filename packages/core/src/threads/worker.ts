import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { AnyAlgorithm, Tree } from '../contracts/index.ts';
import { shardCache } from '../data/shard-cache.ts';
import { backendIn, collectPart } from '../loop/collect-part.ts';
import { build } from '../loop/spec.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';
import type { Answer, Task } from './protocol.ts';
import { shareTree } from './share-tree.ts';

const shards = shardCache();
/** The least recently rebuilt one goes first: a config may hold as many numbers as a covariance. */
const ALGORITHMS_KEPT = 4;

const algorithms = new Map<string, AnyAlgorithm>();

/** Handles one task: the statistics of every piece that it gets hold of. Whatever it keeps is a cache, rebuilt when absent. */
export default async function handle(task: Task): Promise<Answer> {
  const done: { piece: number; stats: Tree }[] = [];
  const { message, data, rows, tiles } = task;
  let piece = task.order[0]!;
  const cancel = {
    get aborted() {
      return Atomics.load(task.flag, 0) !== 0;
    },
  };
  try {
    const backend = backendIn(task.precision, await loadBackend(task.backend));
    const algorithm = await algorithmOf(task);
    for (piece of task.order) {
      const owner = Atomics.compareExchange(task.owners, piece, 0, task.worker + 1);
      // Its own already: a piece that cost its predecessor's life.
      if (owner !== 0 && owner !== task.worker + 1) continue;
      if (cancel.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled');
      Atomics.store(task.begunAt, task.worker, BigInt(Date.now()));
      Atomics.store(task.begun, task.worker, piece);
      const stats = collectPart(algorithm, { message, data, part: rows[piece]! }, { shards, backend, tiles, cancel });
      done.push({ piece, stats: shareTree(stats, task.into[piece]) });
    }
    return { done };
  } catch (error) {
    const code = error instanceof MixtentionError ? error.code : 'TASK';
    const { message, stack = '' } = errorFrom(error);
    return { error: { piece, code, message, stack } };
  }
}

async function algorithmOf({ algorithm: text, spec }: Task): Promise<AnyAlgorithm> {
  let algorithm = algorithms.get(text);
  if (algorithm === undefined) {
    algorithm = build(spec, await importModules(spec)) as AnyAlgorithm;
    algorithms.set(text, algorithm);
    if (algorithms.size > ALGORITHMS_KEPT) algorithms.delete(algorithms.keys().next().value!);
  }
  return algorithm;
}
