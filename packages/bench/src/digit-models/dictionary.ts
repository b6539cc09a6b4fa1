import type { Arrays } from '@mixtention/core/optimize';
import { openExecutor } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import { bernoulliKeys } from './bernoulli-keys.ts';
import { lowest } from './lowest.ts';
import type { CompletionModel } from './results.ts';
import { scoreMixture } from './score-mixture.ts';
import type { Setting } from './setting.ts';

const COMPONENTS = 500;
const ITERATIONS = 40;
const LOGIT_SCALES = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1];

/** One mixture by EM as a dictionary of keys and values: at T = 1, which is Bayes, and at the T that validation images choose. */
export async function dictionary(
  { train, chosenOn, scoredOn, backend, signal }: Setting,
  show: (text: string) => void,
): Promise<CompletionModel[]> {
  const begun = performance.now();
  const at = await fitted();
  const fitting = (performance.now() - begun) / 1000;
  const { point } = await lowest({ T: LOGIT_SCALES }, { T: 0.1 }, async ({ T }) => {
    const { nats } = await scoreMixture(at(T), chosenOn, { backend, signal, exactOnly: true });
    show(`${nats.toFixed(2)} nats at logit scale ${T}`);
    return nats;
  });
  const choosing = (performance.now() - begun) / 1000;
  const models: CompletionModel[] = [];
  for (const [logitScale, seconds] of [[1, fitting] as const, [point.T, choosing] as const]) {
    const scored = await scoreMixture(at(logitScale), scoredOn, { backend, signal });
    models.push({ model: 'one dictionary by EM', keys: COMPONENTS, logitScale, ...scored, seconds });
  }
  return models;

  async function fitted(): Promise<(T: number) => Arrays> {
    const problem = { rows: train.rows, components: COMPONENTS, width: train.cols };
    const executor = await openExecutor({ problem });
    try {
      const { model } = await fit(train, {
        components: COMPONENTS,
        family: 'bernoulli',
        start: 'random',
        restarts: 1,
        screen: 0,
        maxIterations: ITERATIONS,
        executor,
        signal,
        onStep: ({ iteration }) => show(`iteration ${iteration} of EM`),
      });
      return (T) => bernoulliKeys(model.means, model.weights.map(Math.log), T);
    } finally {
      await executor.close();
    }
  }
}
