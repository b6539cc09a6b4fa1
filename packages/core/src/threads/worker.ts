import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { textOf } from '../base/specs.ts';
import { addTrees, copyTree, treeBytes } from '../base/tree.ts';
import type {
  AnyAlgorithm,
  Backend,
  Collected,
  Dataset,
  Executor,
  Source,
  Spec,
  Specified,
  Step,
  Tree,
} from '../contracts/index.ts';
import { shardCache } from '../data/shard-cache.ts';
import { bindSource } from '../data/sources.ts';
import { backendIn, collectPart, partsAsked } from '../loop/collect-part.ts';
import { run } from '../loop/run.ts';
import { build } from '../loop/spec.ts';
import { loadBackend } from './load-backend.ts';
import { importModules } from './locate.ts';
import type { Answer, PassTask, StartAnswer, StartTask, Task } from './protocol.ts';
import { shareTree } from './share-tree.ts';

const shards = shardCache();
/** The least recently rebuilt one goes first: a config may hold as many numbers as a covariance. */
const KEPT = 4;

const algorithms = new Map<string, Specified>();
const sources = new Map<string, Specified>();

/** Steps are told of this often: their states are copied on the way. */
const TELL_MS = 100;

/** Handles one task. */
export default async function handle(task: Task): Promise<Answer | StartAnswer> {
  return 'port' in task ? handleStart(task) : handlePass(task);
}

/** A whole run, its passes made here one after another, in the order and with the bits of any executor. */
async function handleStart(task: StartTask): Promise<StartAnswer> {
  let sent = 0;
  try {
    const backend = await loadBackend(task.backend);
    const algorithm = await algorithmOf(task);
    await findRows(task.data);
    let told = performance.now();
    let steps: Step[] = [];
    for await (const step of run(algorithm, task.data, { ...task.run, executor: executorHere(task, backend) })) {
      steps.push(step);
      if (step.status === 'running' && performance.now() - told < TELL_MS) continue;
      task.port.postMessage(steps);
      sent++;
      steps = [];
      told = performance.now();
    }
    return { sent };
  } catch (error) {
    const code = error instanceof MixtentionError ? error.code : 'TASK';
    const { message, stack = '' } = errorFrom(error);
    return { error: { piece: 0, code, message, stack } };
  } finally {
    task.port.close();
  }
}

/** Passes in this thread, over the shards that it keeps. */
function executorHere({ data, tiles, flag, begunAt, worker }: StartTask, own: Backend): Executor {
  const cancel = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  return {
    backend: own.name,
    precision: own.precision,
    workers: 0,
    async collect(algorithm, ask, _, { precision = own.precision } = {}): Promise<Collected> {
      const backend = backendIn(ask.precision ?? precision, own);
      const parts = partsAsked(ask, data).map((part) => {
        if (cancel.aborted) fail('core/threads', 'ABORTED', 'the run was cancelled');
        Atomics.store(begunAt, worker, BigInt(Date.now()));
        const where = { shards, backend, tiles: backend === own ? tiles : null, cancel };
        return collectPart(algorithm, { message: ask.message, data, part }, where);
      });
      if (parts.length === 0) return { sum: null, parts: ask.parts ? [] : null };
      return { sum: parts.slice(1).reduce<Tree>(addTrees, copyTree(parts[0]!)), parts: ask.parts ? parts : null };
    },
    close: async () => {},
  };
}

/** The statistics of every piece that it gets hold of, until it has as many as it may hold. Whatever it keeps is a cache, rebuilt when absent. */
async function handlePass(task: PassTask): Promise<Answer> {
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
function readNext({ order, owners, rows, data }: PassTask, place: number, backend: Backend): Promise<void> | null {
  if (data.source.kind === 'memory') return null;
  const next = order.slice(place + 1).find((piece) => Atomics.load(owners, piece) === 0);
  return next === undefined ? null : shards.ahead(data, rows[next]!.shard, backend);
}

async function algorithmOf({ algorithm: text, spec }: Pick<PassTask, 'algorithm' | 'spec'>): Promise<AnyAlgorithm> {
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
