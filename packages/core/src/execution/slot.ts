import { Piscina } from 'piscina';
import type { Answer, Task } from './protocol.ts';

/** Tasks that a worker is given at once: the one it works on, and the next. */
export const TASKS_AHEAD = 2;

/** Room for one worker thread. */
export type Slot = {
  /**
   * Rejects when the worker was lost, or took longer than it may. Two tasks may be under way, so that the worker finds the next one waiting;
   * one that is tried again runs `alone`, so that it is blamed for its own faults only.
   */
  run(task: Task, timeoutMs: number, alone: boolean): Promise<Answer>;
  close(): Promise<void>;
};

/**
 * A pool of one worker, replaced once that is lost.
 *
 * Piscina's own replacement would queue tasks until the new worker is ready, for ever if it dies before (5.3.2). The first worker of a pool is
 * given its task at once, so that its end rejects the task.
 */
export function openSlot(filename: string): Slot {
  let current = startPool(filename);
  const endings: Promise<void>[] = [];
  const underWay = new Set<Promise<unknown>>();
  /** Resolves when no task that wants to be alone is under way. */
  let gate = Promise.resolve();

  const attempt = async (task: Task, timeoutMs: number): Promise<Answer> => {
    if (current.isLost()) {
      endings.push(current.pool.destroy());
      current = startPool(filename);
    }
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return (await current.pool.run(task, { signal })) as Answer;
    } catch (cause) {
      throw signal.aborted ? new Error(`it took longer than ${timeoutMs} ms`, { cause }) : cause;
    }
  };
  const together = async (task: Task, timeoutMs: number): Promise<Answer> => {
    for (let seen = null; seen !== gate; ) await (seen = gate);
    const answer = attempt(task, timeoutMs);
    underWay.add(answer);
    return answer.finally(() => underWay.delete(answer));
  };
  const byItself = (task: Task, timeoutMs: number): Promise<Answer> => {
    const answer = gate.then(() => Promise.allSettled(underWay)).then(() => attempt(task, timeoutMs));
    gate = answer.then(
      () => {},
      () => {},
    );
    return answer;
  };

  return {
    run: (task, timeoutMs, alone) => (alone ? byItself : together)(task, timeoutMs),
    async close(): Promise<void> {
      await Promise.all([...endings, current.pool.destroy()]);
    },
  };
}

function startPool(filename: string): { readonly pool: Piscina; isLost(): boolean } {
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: TASKS_AHEAD });
  let lost = false;
  const lose = (): void => {
    lost = true;
  };
  // Without a handler an error of a worker that has no task would be thrown; the next task meets its own.
  pool.on('error', lose);
  pool.on('workerDestroy', lose);
  return { pool, isLost: () => lost };
}
