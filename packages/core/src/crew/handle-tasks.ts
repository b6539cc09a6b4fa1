import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { textOf } from '../base/specs.ts';
import { addTrees, copyTree, treeBytes } from '../base/tree.ts';
import type {
  AnyAlgorithm,
  Backend,
  BackendName,
  Collected,
  Dataset,
  Executor,
  Source,
  Spec,
  Specified,
  Step,
  Tree,
} from '../contracts/index.ts';
import { type ShardCache, shardCache } from '../data/shard-cache.ts';
import { bindSource } from '../data/sources.ts';
import { backendIn, collectPart, partsAsked } from '../loop/collect-part.ts';
import { run } from '../loop/run.ts';
import { build, type Tables } from '../loop/spec.ts';
import type { Answer, Job, PassTask, Posted, StartAnswer, StartTask, Unknown } from './protocol.ts';
import { shareTree } from './share-tree.ts';
import { KEPT_JOBS } from './slot.ts';

/** What a thread of Node and a worker of a page do each in its way. */
export type Home = {
  backend(name: BackendName): Backend | Promise<Backend>;
  /** The modules of a located spec and of every spec inside it. */
  modules(spec: Spec): Promise<{ readonly [module: string]: Tables }>;
};

/** A worker: its home, and what it keeps between tasks, all of it rebuilt when absent. */
type Own = {
  readonly home: Home;
  readonly shards: ShardCache;
  readonly algorithms: Map<string, Specified>;
  readonly sources: Map<string, Specified>;
};

/** The least recently rebuilt one goes first: a config may hold as many numbers as a covariance. */
const KEPT = 4;

/** Steps are told of this often: their states are copied on the way. */
const TELL_MS = 100;

/** What a worker does with one task after another. */
export function handleTasks(home: Home): (task: Posted) => Promise<Answer | StartAnswer | Unknown> {
  const own: Own = { home, shards: shardCache(), algorithms: new Map(), sources: new Map() };
  const jobs = new Map<number, Job>();
  return async (task) => {
    if ('port' in task) return handleStart(task, own);
    const { told, ...rest } = task;
    const job = told ?? jobs.get(task.job);
    if (job === undefined) return { unknown: task.job };
    remember(jobs, task.job, job);
    return handlePass({ ...job, ...rest }, own);
  };
}

/** The last jobs, so that no more data than theirs are held. */
function remember(jobs: Map<number, Job>, number: number, job: Job): void {
  jobs.delete(number);
  jobs.set(number, job);
  if (jobs.size > KEPT_JOBS) jobs.delete(jobs.keys().next().value!);
}

/** A whole run, its passes made here one after another, in the order and with the bits of any executor. */
async function handleStart(task: StartTask, own: Own): Promise<StartAnswer> {
  let sent = 0;
  try {
    const backend = backendIn(task.precision, await own.home.backend(task.backend));
    const algorithm = await algorithmOf(task, own);
    await findRows(task.data, own);
    let told = performance.now();
    let steps: Step[] = [];
    for await (const step of run(algorithm, task.data, {
      ...task.run,
      executor: executorHere(task, { backend, shards: own.shards }),
    })) {
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
function executorHere(
  { data, tiles, flag, begunAt, worker }: StartTask,
  { backend: own, shards }: { readonly backend: Backend; readonly shards: ShardCache },
): Executor {
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
        if (cancel.aborted) fail('core/worker', 'ABORTED', 'the run was cancelled');
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

/** The statistics of every piece that it gets hold of, until it has as many as it may hold. */
async function handlePass(task: PassTask, own: Own): Promise<Answer> {
  const done: { piece: number; stats: Tree }[] = [];
  const { message, data, rows, tiles, room } = task;
  const { shards } = own;
  const into = [...task.into];
  let bytes = 0;
  let piece = task.order[0]!;
  const cancel = {
    get aborted() {
      return Atomics.load(task.flag, 0) !== 0;
    },
  };
  try {
    const backend = backendIn(task.precision, await own.home.backend(task.backend));
    const algorithm = await algorithmOf(task, own);
    await findRows(data, own);
    for (const [place, next] of task.order.entries()) {
      piece = next;
      const owner = Atomics.compareExchange(task.owners, piece, 0, task.worker + 1);
      // Its own already: a piece that cost its predecessor's life.
      if (owner !== 0 && owner !== task.worker + 1) continue;
      if (cancel.aborted) fail('core/worker', 'ABORTED', 'the run was cancelled');
      Atomics.store(task.begunAt, task.worker, BigInt(Date.now()));
      Atomics.store(task.begun, task.worker, piece);
      const reading = readNext(task, place, { backend, shards });
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
function readNext(
  { order, owners, rows, data }: PassTask,
  place: number,
  { backend, shards }: { readonly backend: Backend; readonly shards: ShardCache },
): Promise<void> | null {
  if (data.source.kind === 'memory') return null;
  const next = order.slice(place + 1).find((piece) => Atomics.load(owners, piece) === 0);
  return next === undefined ? null : shards.ahead(data, rows[next]!.shard, backend);
}

async function algorithmOf(
  { algorithm: text, spec }: Pick<PassTask, 'algorithm' | 'spec'>,
  { algorithms, home }: Own,
): Promise<AnyAlgorithm> {
  return (await built(algorithms, text, { spec, home })) as AnyAlgorithm;
}

/** Finds who reads the rows of a data set in this thread. */
async function findRows({ source }: Dataset, { sources, home }: Own): Promise<void> {
  if (source.kind !== 'spec') return;
  bindSource(source, (await built(sources, textOf(source.spec), { spec: source.spec, home })) as Source);
}

async function built(
  kept: Map<string, Specified>,
  text: string,
  { spec, home }: { readonly spec: Spec; readonly home: Home },
): Promise<Specified> {
  let made = kept.get(text);
  if (made === undefined) {
    made = build(spec, await home.modules(spec));
    kept.set(text, made);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  }
  return made;
}
