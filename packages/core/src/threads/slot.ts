import { Piscina } from 'piscina';
import type { Posted, Slot, Told } from '../crew/index.ts';

/**
 * A pool of one worker, replaced once that is lost.
 *
 * Piscina's own replacement would queue tasks until the new worker is ready, for ever if it dies before (5.3.2). The first worker of a pool is
 * given its task at once, so that its end rejects the task.
 */
export function openSlot(filename: string): Slot {
  let current = startPool(filename);
  const lost: OneWorker[] = [];
  let given: AbortController | null = null;
  let closed = false;

  return {
    async run(task: Posted): Promise<Told> {
      if (closed) throw new Error('the executor was closed');
      if (current.isEnded()) {
        lost.push(current);
        current = startPool(filename);
      }
      given = new AbortController();
      const { signal } = given;
      try {
        // Of the same kind, whatever the types say: a port of this thread.
        const transferList = ('port' in task ? [task.port] : []) as never[];
        return (await current.pool.run(task, { signal, transferList })) as Told;
      } catch (cause) {
        throw signal.aborted ? signal.reason : cause;
      } finally {
        given = null;
      }
    },
    lose: (cause: Error) => given?.abort(cause),
    async close(): Promise<void> {
      closed = true;
      await Promise.all([...lost, current].map((pool) => pool.end()));
    },
  };
}

type OneWorker = {
  readonly pool: Piscina;
  isEnded(): boolean;
  /** Resolves when its thread is gone; may be called any number of times. */
  end(): Promise<void>;
};

/**
 * A pool that never has a second worker.
 *
 * Piscina starts a replacement when a worker ends while `destroy` does not wait for it, and a second `destroy` makes the first one stop waiting (5.3.2): such
 * a thread would never end. So `destroy` is called once, in the moment that the worker is lost, and the end of the thread is seen here.
 */
function startPool(filename: string): OneWorker {
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });
  const exited = new Promise<void>((resolve) => pool.threads[0]!.once('exit', () => resolve()));
  let isEnded = false;
  const end = (): Promise<void> => {
    if (!isEnded) {
      isEnded = true;
      // It never resolves where the thread has ended by itself.
      void pool.destroy();
    }
    return exited;
  };
  // Without a handler an error of a worker that has no task would be thrown; the next task meets its own.
  pool.on('error', end);
  pool.on('workerDestroy', end);
  return { pool, isEnded: () => isEnded, end };
}
