import type { Collected, Executor, Precision } from '@mixtention/core';
import { type Problem, plan } from '@mixtention/core/plan';

/** What whole passes took on average, in seconds: as planned and as it was; NaN where none was made by this executor as a whole. */
export type PassSeconds = { readonly predicted: number; readonly observed: number };

/**
 * An executor whose passes over whole data sets are timed beside what `plan` predicts of them, by the stored rates. Runs that a worker makes alone are not seen.
 *
 * @param problemOf  what a pass over so many rows is
 */
export function watchPasses(
  executor: Executor,
  problemOf: (rows: number) => Problem,
): { readonly executor: Executor; seconds(): PassSeconds } {
  const { backend, workers } = executor;
  let [passes, predicted, observed] = [0, 0, 0];
  const planned = (rows: number, precision: Precision): number =>
    plan({ ...problemOf(rows), backend, workers, precision }).seconds;
  // By the prototype, since an executor may be an object of any class.
  const watched: Executor = Object.create(executor, {
    collect: {
      async value(...[algorithm, ask, data, options = {}]: Parameters<Executor['collect']>): Promise<Collected> {
        const begun = performance.now();
        const collected = await executor.collect(algorithm, ask, data, options);
        if (ask.rows !== undefined) return collected;
        passes++;
        observed += (performance.now() - begun) / 1000;
        predicted += planned(data.rows, ask.precision ?? options.precision ?? executor.precision);
        return collected;
      },
    },
  });
  return { executor: watched, seconds: () => ({ predicted: predicted / passes, observed: observed / passes }) };
}
