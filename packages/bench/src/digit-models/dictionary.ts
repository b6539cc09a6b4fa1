import type { Executor } from '@mixtention/core';
import type { Arrays } from '@mixtention/core/optimize';
import { openExecutor } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { stopwatch } from '../speed/stopwatch.ts';
import { bernoulliKeys } from './bernoulli-keys.ts';
import { lowest } from './lowest.ts';
import type { FittedOrTrained } from './results.ts';
import { scoreMixture } from './score-mixture.ts';
import type { Setting } from './setting.ts';

const ITERATIONS = 40;
const LOGIT_SCALES = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1];

export type DictionaryOptions = {
  /** K */
  readonly keys: number;
  /** Where EM runs; by default where it is quickest. */
  readonly executor?: Executor;
};

/** One mixture by EM as a dictionary of keys and values: at T = 1, which is Bayes, and at the T that validation images choose. */
export async function dictionary(
  { train, chosenOn, scoredOn, backend, signal }: Setting,
  { keys, executor: given }: DictionaryOptions,
  show: (text: string) => void,
): Promise<FittedOrTrained[]> {
  const spent = stopwatch();
  const { at, passes } = await fitted();
  const fitting = spent();
  const { point } = await lowest({ T: LOGIT_SCALES }, { T: 0.1 }, async ({ T }) => {
    const { nats } = await scoreMixture(at(T), chosenOn, { backend, signal, exactOnly: true });
    show(`${nats.toFixed(2)} nats at logit scale ${T}`);
    return nats;
  });
  const choosing = spent();
  const models: FittedOrTrained[] = [];
  for (const [logitScale, time] of [[1, fitting] as const, [point.T, choosing] as const]) {
    const scored = await scoreMixture(at(logitScale), scoredOn, { backend, signal });
    models.push({ model: 'one dictionary by EM', keys, logitScale, ...scored, passes, ...time });
  }
  return models;

  async function fitted(): Promise<{ readonly at: (T: number) => Arrays; readonly passes: number }> {
    const problem = { rows: train.rows, components: keys, width: train.cols };
    const executor = given ?? (await openExecutor({ problem }));
    try {
      const { model, iterations } = await fit(train, {
        components: keys,
        family: 'bernoulli',
        start: 'random',
        restarts: 1,
        screen: 0,
        maxIterations: ITERATIONS,
        executor,
        signal,
        onStep: ({ iteration }) => show(`iteration ${iteration} of EM`),
      });
      return { at: (T) => bernoulliKeys(model.means, model.weights.map(Math.log), T), passes: iterations + 1 };
    } finally {
      if (given === undefined) await executor.close();
    }
  }
}
