import type { Executor, Starts } from '@mixtention/core';

/**
 * An executor that several fits use at once: each run of a start is whole on a worker, and no more of them are under way than there are workers,
 * whichever fit they belong to.
 */
export function sharedBy(executor: Executor, width: number): Executor {
  const { starts } = executor;
  return starts === undefined || width === 1 ? executor : { ...executor, starts: inTurn(starts, width) };
}

function inTurn(starts: Starts, width: number): Starts {
  let free = width;
  const waiting: (() => void)[] = [];
  return {
    atOnce: (data) => starts.atOnce(data),
    isShared: true,
    async run(algorithm, data, options) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        await starts.run(algorithm, data, options);
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
