import type { Answer, Posted, StartAnswer, Task, Unknown } from './protocol.ts';

/** Room for one worker, which works on one task at a time. */
export type Slot<Given = Posted, Told = Answer | StartAnswer | Unknown> = {
  /** Rejects when the worker was lost, took longer than it may on one shard, or did not obey a cancel. */
  run(task: Given, timeoutMs: number): Promise<Told>;
  close(): Promise<void>;
};

/** The same for whole tasks: jobs that the worker was told are not sent again. */
export type BriefedSlot = Slot<Task, Answer | StartAnswer>;

/** Jobs that workers remember, with their rows: those of two passes that take turns. */
export const KEPT_JOBS = 2;

/** A slot that knows what its worker was told; a worker that is another one says so. */
export function briefedSlot(slot: Slot): BriefedSlot {
  let known: number[] = [];
  return {
    async run(task, timeoutMs) {
      if ('port' in task) return (await slot.run(task, timeoutMs)) as StartAnswer;
      const { backend, precision, algorithm, spec, data, tiles, rows, ...own } = task;
      const told = { backend, precision, algorithm, spec, data, tiles, rows };
      try {
        let answer = await slot.run({ ...own, told: known.includes(task.job) ? null : told }, timeoutMs);
        if ('unknown' in answer) answer = await slot.run({ ...own, told }, timeoutMs);
        known = [task.job, ...known.filter((job) => job !== task.job)].slice(0, KEPT_JOBS);
        return answer as Answer;
      } catch (cause) {
        known = [];
        throw cause;
      }
    },
    close: () => slot.close(),
  };
}
