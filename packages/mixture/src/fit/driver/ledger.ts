import type { Checkpoint, RunRecord } from './checkpoint.ts';

/** What is known of the runs of a fit, and when it is told. */
export type Ledger = {
  /** What an earlier process, or this one, has written down of a run. */
  find(name: string): RunRecord | undefined;
  /** Writes down what a run has come to. */
  note(name: string, record: RunRecord): void;
  /** Seconds of the fit, those before an interruption included. */
  seconds(): number;
  /** Tells the last state of things, and waits until it was taken. */
  close(): Promise<void>;
};

type Telling = {
  readonly onCheckpoint?: ((checkpoint: Checkpoint) => void | Promise<void>) | undefined;
  readonly checkpointEveryMs: number;
  readonly resume?: Checkpoint | undefined;
};

/**
 * Keeps the runs of a fit, and tells of them every so often.
 *
 * While a checkpoint is being taken no other is made: a slow disk costs checkpoints, not time.
 *
 * @param about  what the fit is of
 */
export function openLedger(
  about: Omit<Checkpoint, 'runs' | 'seconds'>,
  { onCheckpoint, checkpointEveryMs, resume }: Telling,
): Ledger {
  const runs = new Map<string, RunRecord>(Object.entries(resume === undefined ? {} : runsOn(resume, about)));
  const clock = performance.now() - 1000 * (resume?.seconds ?? 0);
  const seconds = (): number => (performance.now() - clock) / 1000;
  let told = performance.now();
  let taken: Promise<void> | null = null;
  let failure: { readonly cause: unknown } | null = null;
  const tell = (): void => {
    told = performance.now();
    // Traces grow on.
    const now = Array.from(runs, ([name, run]) => [name, { ...run, trace: run.trace.slice() }]);
    const checkpoint = { ...about, seconds: seconds(), runs: Object.fromEntries(now) as Checkpoint['runs'] };
    taken = (async () => onCheckpoint?.(checkpoint))()
      .catch((cause) => {
        failure ??= { cause };
      })
      .finally(() => {
        taken = null;
      });
  };
  return {
    find: (name) => runs.get(name),
    note(name, record) {
      runs.set(name, record);
      if (onCheckpoint !== undefined && taken === null && performance.now() - told >= checkpointEveryMs) tell();
    },
    seconds,
    async close() {
      await taken;
      if (onCheckpoint !== undefined) tell();
      await taken;
      if (failure !== null) throw failure.cause;
    },
  };
}

/** Runs of a checkpoint; on another backend they go on in its precision. */
function runsOn({ runs, backend }: Checkpoint, now: Pick<Checkpoint, 'backend' | 'precision'>): Checkpoint['runs'] {
  if (backend === now.backend) return runs;
  const here = ({ step, ...run }: RunRecord): RunRecord => ({
    ...run,
    step: { ...step, next: { ...step.next, precision: now.precision } },
  });
  return Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, here(run)]));
}
