import { type Answer, type Posted, type Slot, type StartAnswer, type Unknown, watchShards } from '../crew/index.ts';

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
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  let stop: ((cause: Error) => void) | null = null;

  const lose = (): void => {
    current?.terminate();
    current = null;
  };
  const attempt = async (task: Posted, timeoutMs: number): Promise<Answer | StartAnswer | Unknown> => {
    if (isClosed) throw new Error('the executor was closed');
    const watch = watchShards(task, timeoutMs);
    const worker = (current ??= open());
    const late = (): void => stop?.(new Error(`it took longer than ${timeoutMs} ms`));
    watch.signal.addEventListener('abort', late);
    try {
      return await new Promise<Answer | StartAnswer | Unknown>((resolve, reject) => {
        stop = reject;
        hear(worker, resolve, reject);
        worker.postMessage(task, 'port' in task ? [task.port] : []);
      });
    } catch (cause) {
      lose();
      throw cause;
    } finally {
      stop = null;
      watch.signal.removeEventListener('abort', late);
      watch.end();
    }
  };

  return {
    run(task, timeoutMs) {
      const answer = last.then(() => attempt(task, timeoutMs));
      last = answer.catch(() => {});
      return answer;
    },
    async close() {
      isClosed = true;
      stop?.(new Error('the executor was closed'));
      lose();
      await last;
    },
  };
}

/** The next thing that a worker says. */
function hear(
  worker: WorkerLike,
  resolve: (answer: Answer | StartAnswer | Unknown) => void,
  reject: (cause: Error) => void,
): void {
  const end = (event: Event): void => {
    for (const type of ['message', 'error', 'messageerror'] as const) worker.removeEventListener(type, end);
    if (event.type === 'message') resolve((event as MessageEvent).data);
    else reject(new Error((event as ErrorEvent).message || 'its script did not load, or its answer could not be read'));
  };
  for (const type of ['message', 'error', 'messageerror'] as const) worker.addEventListener(type, end);
}
