import type { Backend, Executor } from '@mixtention/core';
import { answerRows } from './executor-answers.ts';
import { askRows } from './executor-asks.ts';
import { type Probe, writeProbe } from './executor-probe.ts';
import { lostStartRows, noStartRows, startRows } from './executor-starts.ts';
import type { ExecutorSubject } from './executor-subject.ts';
import { closeRow, troubleRows, workerRows } from './executor-trouble.ts';
import { declareRows, type Skip } from './rows.ts';

export type ExecutorSuiteOptions = {
  /** The backend that the executor runs on. */
  readonly backend: () => Backend | Promise<Backend>;
  /** Whether work leaves the process's main thread, so that a worker can be lost. */
  readonly hasWorkers?: boolean;
  /** Whether it makes whole starts (`starts`). */
  readonly hasStarts?: boolean;
  /** Source of an ES module that defines `executor` (open) and imports core's `matrix` and `dataset`: with it, a process is watched ending. */
  readonly inChild?: string;
  readonly skips?: readonly Skip[];
};

/**
 * The suite that every executor meets: the bits of inline for any number of workers, rows and parts and precision as asked for, errors, aborts, lost workers, and a clean end.
 *
 * @param name  for the report
 * @param make  opens an executor of so many workers; the suite closes it
 *
 * @example
 * testExecutor('inline', () => inline(plain), { backend: () => plain });
 */
export function testExecutor(
  name: string,
  make: (workers: number) => Executor | Promise<Executor>,
  options: ExecutorSuiteOptions,
): void {
  const { backend, hasWorkers = false, hasStarts = false, inChild, skips = [] } = options;
  let probe: Probe | undefined;
  const opened = new Map<number, Promise<Executor>>();
  const shared = (workers: number): Promise<Executor> => {
    if (!opened.has(workers)) opened.set(workers, Promise.resolve(make(workers)));
    return opened.get(workers)!;
  };
  const dispose = async (): Promise<void> => {
    for (const executor of opened.values()) await (await executor).close();
    await probe?.remove();
  };
  const subject = async (): Promise<ExecutorSubject> => {
    probe = await writeProbe();
    return { make, shared, backend: await backend(), probe };
  };
  const rows = [
    ...answerRows,
    ...askRows,
    ...troubleRows,
    ...(hasWorkers ? workerRows : []),
    ...(hasStarts ? startRows : noStartRows),
    ...(hasStarts && hasWorkers ? lostStartRows : []),
    ...(inChild === undefined ? [] : [closeRow(inChild, hasWorkers)]),
  ];
  declareRows(`executor ${name}`, rows, subject, { skips, dispose });
}
