import type { Answer, StartAnswer, Task } from './protocol.ts';

/** Room for one worker, which works on one task at a time. */
export type Slot = {
  /** Rejects when the worker was lost, took longer than it may on one shard, or did not obey a cancel. */
  run(task: Task, timeoutMs: number): Promise<Answer | StartAnswer>;
  close(): Promise<void>;
};
