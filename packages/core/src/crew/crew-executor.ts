import { kernelOf } from '../backends/float64.ts';
import { fail } from '../base/errors.ts';
import { memoize } from '../base/memoize.ts';
import { textOf } from '../base/specs.ts';
import type { Backend, Collected, Dataset, Executor, Spec } from '../contracts/index.ts';
import { tilesFor } from '../data/tiles.ts';
import { backendIn, partsAsked } from '../loop/collect-part.ts';
import { openBell } from './bell.ts';
import { jobBook } from './job-book.ts';
import { type Line, openLine } from './line.ts';
import { collectPass } from './pass.ts';
import type { Slot } from './protocol.ts';
import { runWhole } from './run-whole.ts';

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
  const bell = openBell(cores);
  const open = (): Line => openLine(options.openSlot(), bell, timeoutMs);
  const jobs = jobBook();
  const locate = memoize(options.locate);
  /** Workers find the module that reads the rows, where they do not lie in memory. */
  const located = (data: Dataset): Dataset => {
    const { source } = data;
    return source.kind === 'memory' ? data : { ...data, source: { ...source, spec: locate(source.spec) } };
  };
  // Those that will surely have work start while the data are prepared; more of them once there are shards for them.
  const lines = Array.from({ length: Math.min(workers, cores) }, open);
  const running = new Set<() => void>();
  /** Lines whose workers make whole runs. */
  const busy = new Set<number>();
  let closing: Promise<void> | null = null;
  /** Has a signal, and a close, set a flag that workers read. */
  const cancellable = async <Result>(
    flag: Int32Array,
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const stop = (): void => void Atomics.store(flag, 0, 1);
    if (signal?.aborted || closing !== null) stop();
    signal?.addEventListener('abort', stop, { once: true });
    running.add(stop);
    try {
      return await work();
    } catch (error) {
      // Whatever a stopped run ended with, this is why.
      if (signal?.aborted) fail(where, 'ABORTED', 'the run was cancelled', signal.reason);
      if (closing !== null) fail(where, 'ABORTED', 'the executor was closed during the run', error);
      throw error;
    } finally {
      running.delete(stop);
      signal?.removeEventListener('abort', stop);
    }
  };

  return {
    backend: backend.name,
    get kernel() {
      return kernelOf(backend);
    },
    precision: backend.precision,
    workers,
    async collect(algorithm, ask, data, { precision = backend.precision, signal } = {}): Promise<Collected> {
      if (closing !== null) fail(where, 'BAD_OPTION', 'the executor was closed');
      const rows = partsAsked(ask, data);
      if (rows.length === 0) return { sum: null, parts: ask.parts === true ? [] : null };
      const spec = locate(algorithm.spec);
      const work = {
        backend: backend.name,
        precision: ask.precision ?? precision,
        algorithm: textOf(spec),
        spec,
        data: located(data),
        tiles: tilesFor(data, backendIn(ask.precision ?? precision, backend)),
      };
      while (lines.length < Math.min(workers, rows.length)) lines.push(open());
      const among = { pieces: rows.length, workers: Math.min(lines.length, rows.length) };
      const lent = jobs.lend(work, ask, among);
      // Hardly ever: a turn of the queue of promises is a part of what a small pass takes.
      const { job, pass, rest, giveBack } = lent instanceof Promise ? await lent : lent;
      const { into = [], parts: keep = false } = ask;
      const make = (): Promise<Collected> =>
        new Promise((resolve, reject) =>
          collectPass(lines, { job, pass, rows, into, keep, rest }, { where, tries }, { resolve, reject }),
        );
      try {
        return await cancellable(job.flag, signal, make);
      } finally {
        giveBack();
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
        let own = lines.findIndex((_, i) => !busy.has(i));
        if (own < 0) own = lines.push(open()) - 1;
        busy.add(own);
        try {
          await cancellable(flag, signal, () => runWhole(lines[own]!, whole, { ...limits, where, tries }));
        } finally {
          busy.delete(own);
        }
      },
    },
    close(): Promise<void> {
      for (const stop of running) stop();
      return (closing ??= Promise.all(lines.map((line) => line.close())).then(() => {}));
    },
  };
}
