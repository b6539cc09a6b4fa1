import { fail } from '../base/errors.ts';
import { textOf } from '../base/specs.ts';
import { addTrees, copyTree } from '../base/tree.ts';
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
import type { Job, Posted, StartTask, Told } from './protocol.ts';
import { errorOf, type Ready, serveCalls } from './serve-calls.ts';

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
  /** Rows of the last whole run: the same object for the next one over them, so that what starts derive of rows is derived once. */
  readonly started: Map<string, Dataset>;
};

/** The least recently rebuilt one goes first: a config may hold as many numbers as a covariance. */
const KEPT = 4;

/** Steps are told of this often: their states are copied on the way. */
const TELL_MS = 100;

/** What a worker does with one task after another. */
export function handleTasks(home: Home): (task: Posted) => Promise<Told> {
  const own: Own = { home, shards: shardCache(), algorithms: new Map(), sources: new Map(), started: new Map() };
  const serve = serveCalls({ shards: own.shards, prepare: (job) => prepare(job, own) });
  return async (task) => ('port' in task ? handleStart(task, own) : serve(task));
}

async function prepare(
  job: Pick<Job, 'backend' | 'precision' | 'algorithm' | 'spec' | 'data'>,
  own: Own,
): Promise<Ready> {
  const backend = backendIn(job.precision, await own.home.backend(job.backend));
  const algorithm = await algorithmOf(job, own);
  await findRows(job.data, own);
  return { algorithm, backend };
}

/** A whole run, its passes made here one after another, in the order and with the bits of any executor. */
async function handleStart(task: StartTask, own: Own): Promise<Told> {
  let sent = 0;
  try {
    const data = knownRows(task.data, own);
    const { algorithm, backend } = await prepare({ ...task, data }, own);
    let told = performance.now();
    let steps: Step[] = [];
    for await (const step of run(algorithm, data, {
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
    return { kind: 'sent', sent };
  } catch (error) {
    return errorOf(error, 0);
  } finally {
    task.port.close();
  }
}

function knownRows(data: Dataset, { started }: Own): Dataset {
  const known = started.get(data.id);
  if (known !== undefined) return known;
  started.clear();
  started.set(data.id, data);
  return data;
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

async function algorithmOf(
  { algorithm: text, spec }: Pick<Job, 'algorithm' | 'spec'>,
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
