import type { Posted, Slot, Told } from '../crew/index.ts';

/** What is used of a `Worker` of a page. */
export type WorkerLike = {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message' | 'error' | 'messageerror', listener: (event: Event) => void): void;
  removeEventListener(type: 'message' | 'error' | 'messageerror', listener: (event: Event) => void): void;
  terminate(): unknown;
};

/** A worker of a page, replaced once it is lost. One that ends by itself says nothing: its deadline tells. */
export function webWorkerSlot(open: () => WorkerLike): Slot {
  let current: WorkerLike | null = null;
  let isClosed = false;
  let stop: ((cause: Error) => void) | null = null;
  let end: Promise<unknown> = Promise.resolve();
  const drop = (): void => {
    current?.terminate();
    current = null;
  };
  const attempt = async (task: Posted): Promise<Told> => {
    if (isClosed) throw new Error('the executor was closed');
    const worker = (current ??= open());
    try {
      return await new Promise<Told>((resolve, reject) => {
        stop = reject;
        hear(worker, resolve, reject);
        worker.postMessage(task, 'port' in task ? [task.port] : []);
      });
    } catch (cause) {
      drop();
      throw cause;
    } finally {
      stop = null;
    }
  };
  return {
    run(task) {
      const told = attempt(task);
      end = told.catch(() => {});
      return told;
    },
    lose: (cause) => stop?.(cause),
    async close() {
      isClosed = true;
      stop?.(new Error('the executor was closed'));
      drop();
      await end;
    },
  };
}

/** The next thing that a worker says. */
function hear(worker: WorkerLike, resolve: (told: Told) => void, reject: (cause: Error) => void): void {
  const end = (event: Event): void => {
    for (const type of ['message', 'error', 'messageerror'] as const) worker.removeEventListener(type, end);
    if (event.type === 'message') resolve((event as MessageEvent).data);
    else reject(new Error((event as ErrorEvent).message || 'its script did not load, or its answer could not be read'));
  };
  for (const type of ['message', 'error', 'messageerror'] as const) worker.addEventListener(type, end);
}
