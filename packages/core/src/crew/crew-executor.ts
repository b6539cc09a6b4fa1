import { kernelOf } from '../backends/float64.ts';
import { fail } from '../base/errors.ts';
import { memoize } from '../base/memoize.ts';
import { textOf } from '../base/specs.ts';
import type { Ask, Backend, Collected, Dataset, Executor, Spec, Tree } from '../contracts/index.ts';
import { tilesFor } from '../data/tiles.ts';
import { backendIn, partsAsked } from '../loop/collect-part.ts';
import { collectPass } from './pass.ts';
import type { Job } from './protocol.ts';
import { runWhole } from './run-whole.ts';
import { shareTree } from './share-tree.ts';
import { type BriefedSlot, briefedSlot, KEPT_JOBS, type Slot } from './slot.ts';

/** Data of which every worker may keep all that it needs; larger ones are shared out. */
const MOST_CELLS = 2 ** 21;

export type CrewOptions = {
  /** Whose errors they are, as 'core/threads' */
  readonly where: string;
  /** The one that workers open by its name: its precision is the executor's. */
  readonly backend: Backend;
  readonly workers: number;
  /** More than these are not worth starting before there are shards for them. */
  readonly cores: number;
  readonly openSlot: () => Slot;
  /** The same spec with names of modules that workers find */
  readonly locate: (spec: Spec) => Spec;
  readonly timeoutMs: number;
  readonly tries: number;
};

/** An executor over workers, whatever they are, whose memory is shared. */
export function crewExecutor(options: CrewOptions): Executor {
  const { where, backend, workers, cores, timeoutMs, tries } = options;
  const openSlot = (): BriefedSlot => briefedSlot(options.openSlot());
  const jobs = numberedJobs();
  const locate = memoize(options.locate);
  /** Workers find the module that reads the rows, where they do not lie in memory. */
  const located = (data: Dataset): Dataset => {
    const { source } = data;
    return source.kind === 'memory' ? data : { ...data, source: { ...source, spec: locate(source.spec) } };
  };
  // Those that will surely have work start while the data are prepared; more of them once there are shards for them.
  const slots = Array.from({ length: Math.min(workers, cores) }, openSlot);
  const running = new Set<() => void>();
  /** Slots that make whole runs. */
  const busy = new Set<number>();
  const spare: Tree[] = [];
  let closing: Promise<void> | null = null;

  return {
    backend: backend.name,
    get kernel() {
      return kernelOf(backend);
    },
    precision: backend.precision,
    workers,
    async collect(algorithm, ask, data, { precision = backend.precision, signal } = {}): Promise<Collected> {
      if (closing !== null) fail(where, 'BAD_OPTION', 'the executor was closed');
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const rows = partsAsked(ask, data);
      const spec = locate(algorithm.spec);
      if (ask.into !== undefined) spare.push(...ask.into);
      const job = {
        backend: backend.name,
        precision: ask.precision ?? precision,
        algorithm: textOf(spec),
        spec,
        data: located(data),
        tiles: tilesFor(data, backendIn(ask.precision ?? precision, backend)),
        rows,
      };
      const batch = { ...job, job: jobs(job, ask.rows), message: shareTree(ask.message), flag };
      while (slots.length < Math.min(workers, rows.length)) slots.push(openSlot());
      const stop = (): void => void Atomics.store(flag, 0, 1);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      running.add(stop);
      try {
        return await collectPass(slots, batch, { where, timeoutMs, tries, spare, keep: ask.parts === true });
      } catch (error) {
        // Whatever a stopped run ended with, this is why.
        if (signal?.aborted) fail(where, 'ABORTED', 'the run was cancelled', signal.reason);
        if (closing !== null) fail(where, 'ABORTED', 'the executor was closed during the run', error);
        throw error;
      } finally {
        running.delete(stop);
        signal?.removeEventListener('abort', stop);
      }
    },
    starts: {
      atOnce: ({ rows, width, source }) => (source.kind === 'memory' && rows * width <= MOST_CELLS ? workers : 1),
      async run(algorithm, data, { signal, ...limits }): Promise<void> {
        if (closing !== null) fail(where, 'BAD_OPTION', 'the executor was closed');
        const flag = new Int32Array(new SharedArrayBuffer(4));
        const spec = locate(algorithm.spec);
        const tiles = tilesFor(data, backend);
        const { name, precision } = backend;
        const whole = { backend: name, precision, algorithm: textOf(spec), spec, data, tiles, flag };
        let own = slots.findIndex((_, i) => !busy.has(i));
        if (own < 0) own = slots.push(openSlot()) - 1;
        busy.add(own);
        const stop = (): void => void Atomics.store(flag, 0, 1);
        if (signal?.aborted) stop();
        signal?.addEventListener('abort', stop, { once: true });
        running.add(stop);
        try {
          await runWhole(slots[own]!, whole, { ...limits, where, timeoutMs, tries });
        } catch (error) {
          if (signal?.aborted) fail(where, 'ABORTED', 'the run was cancelled', signal.reason);
          if (closing !== null) fail(where, 'ABORTED', 'the executor was closed during the run', error);
          throw error;
        } finally {
          busy.delete(own);
          running.delete(stop);
          signal?.removeEventListener('abort', stop);
        }
      },
    },
    close(): Promise<void> {
      for (const stop of running) stop();
      return (closing ??= Promise.all(slots.map((slot) => slot.close())).then(() => {}));
    },
  };
}

/** Numbers of jobs: equal for the last ones wherever all that they name is the same. */
function numberedJobs(): (job: Job, asked: Ask['rows']) => number {
  type Known = { readonly number: number; readonly job: Job; readonly asked: Ask['rows'] };
  let last: readonly Known[] = [];
  let given = 0;
  return (job, asked) => {
    const isSame = ({ job: own, asked: before }: Known): boolean =>
      own.algorithm === job.algorithm &&
      own.data.id === job.data.id &&
      own.precision === job.precision &&
      own.tiles === job.tiles &&
      before === asked;
    const known = last.find(isSame) ?? { number: ++given, job, asked };
    last = [known, ...last.filter((other) => other !== known)].slice(0, KEPT_JOBS);
    return known.number;
  };
}
