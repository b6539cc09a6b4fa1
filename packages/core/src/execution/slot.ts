import { Piscina } from 'piscina';
import type { Answer, Task } from './protocol.ts';

/** Room for one worker thread. */
export type Slot = {
  /** Rejects when the worker was lost, or took longer than it may. */
  run(task: Task, timeoutMs: number): Promise<Answer>;
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
  return {
    async run(task, timeoutMs): Promise<Answer> {
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
    },
    async close(): Promise<void> {
      await Promise.all([...endings, current.pool.destroy()]);
    },
  };
}

function startPool(filename: string): { readonly pool: Piscina; isLost(): boolean } {
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 1 });
  let lost = false;
  const lose = (): void => {
    lost = true;
  };
  // Without a handler an error of a worker that has no task would be thrown; the next task meets its own.
  pool.on('error', lose);
  pool.on('workerDestroy', lose);
  return { pool, isLost: () => lost };
}
