import type { Executor } from '@mixtention/core';

/** An executor, and how many passes over the rows it has made, parts of passes included. */
export type CountedExecutor = { readonly executor: Executor; passes(): number };

export function countedExecutor(executor: Executor): CountedExecutor {
  let passes = 0;
  return {
    executor: {
      ...executor,
      async collect(algorithm, ask, data, how) {
        const shards = data.cuts.length - 1;
        passes += ask.rows === undefined ? 1 : ask.rows.reduce((sum, { of }) => sum + 1 / of, 0) / shards;
        return executor.collect(algorithm, ask, data, how);
      },
    },
    passes: () => passes,
  };
}
