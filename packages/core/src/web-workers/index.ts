/** Pages: an executor over their workers. */

export { serveWorker, type WorkerScope } from './serve-worker.ts';
export type { WorkerLike } from './web-worker-slot.ts';
export { type WebWorkersOptions, webWorkers } from './web-workers.ts';
