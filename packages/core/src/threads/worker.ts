import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { textOf } from '../base/specs.ts';
import { treeBytes } from '../base/tree.ts';
import type { AnyAlgorithm, Backend, Dataset, Source, Spec, Specified, Tree } from '../contracts/index.ts';
import { shardCache } from '../data/shard-cache.ts';
import { bindSource } from '../data/sources.ts';
import { backendIn, collectPart } from '../loop/collect-part.ts';
import { build } from '../loop/spec.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';
import type { Answer, Task } from './protocol.ts';
import { shareTree } from './share-tree.ts';

const shards = shardCache();
/** The least recently rebuilt one goes first: a config may hold as many numbers as a covariance. */
const KEPT = 4;

const algorithms = new Map<string, Specified>();
const sources = new Map<string, Specified>();

/** Handles one task: the statistics of every piece that it gets hold of, until it has as many as it may hold. Whatever it keeps is a cache, rebuilt when absent. */
export default async function handle(task: Task): Promise<Answer> {
  const done: { piece: number; stats: Tree }[] = [];
  const { message, data, rows, tiles, room } = task;
  const into = [...task.into];
  let bytes = 0;
  let piece = task.order[0]!;
  const cancel = {
    get aborted() {
      return Atomics.load(task.flag, 0) !== 0;
    },
  };
  try {
    const backend = backendIn(task.precision, await loadBackend(task.backend));
    const algorithm = await algorithmOf(task);
    await findRows(data);
    for (const [place, next] of task.order.entries()) {
      piece = next;
      const owner = Atomics.compareExchange(task.owners, piece, 0, task.worker + 1);
      // Its own already: a piece that cost its predecessor's life.
      if (owner !== 0 && owner !== task.worker + 1) continue;
      if (cancel.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled');
      Atomics.store(task.begunAt, task.worker, BigInt(Date.now()));
      Atomics.store(task.begun, task.worker, piece);
      const reading = readNext(task, place, backend);
      const stats = collectPart(algorithm, { message, data, part: rows[piece]! }, { shards, backend, tiles, cancel });
      done.push({ piece, stats: shareTree(stats, into.pop()) });
      bytes += treeBytes(stats);
      if (reading !== null) await reading;
      if (done.length >= room.pieces && bytes >= room.bytes) break;
    }
    return { done };
  } catch (error) {
    const code = error instanceof MixtentionError ? error.code : 'TASK';
    const { message, stack = '' } = errorFrom(error);
    return { error: { piece, code, message, stack } };
  }
}

/** Begins to read the rows of the piece that comes next, unless another worker has it. */
function readNext({ order, owners, rows, data }: Task, place: number, backend: Backend): Promise<void> | null {
  if (data.source.kind === 'memory') return null;
  const next = order.slice(place + 1).find((piece) => Atomics.load(owners, piece) === 0);
  return next === undefined ? null : shards.ahead(data, rows[next]!.shard, backend);
}

async function algorithmOf({ algorithm: text, spec }: Task): Promise<AnyAlgorithm> {
  return (await built(algorithms, text, spec)) as AnyAlgorithm;
}

/** Finds who reads the rows of a data set in this thread. */
async function findRows({ source }: Dataset): Promise<void> {
  if (source.kind === 'spec') bindSource(source, (await built(sources, textOf(source.spec), source.spec)) as Source);
}

async function built(kept: Map<string, Specified>, text: string, spec: Spec): Promise<Specified> {
  let made = kept.get(text);
  if (made === undefined) {
    made = build(spec, await importModules(spec));
    kept.set(text, made);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  }
  return made;
}
