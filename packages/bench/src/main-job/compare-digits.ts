import { decimal } from '@mixtention/core/page';
import { fit } from '@mixtention/em';
import { fitByGradient } from '@mixtention/svi';
import type { Digits } from '../digits/types.ts';
import { contender } from './contender.ts';
import type { Job } from './job.ts';
import type { Results } from './results.ts';

const COMPONENTS = 10;
const EM_ITERATIONS = 60;
const ADAM_STEPS = 150;
/** The fastest of 0.03, 0.1, 0.3 on these data. */
const ADAM_RATE = 0.3;
const BUDGET_MS = 45_000;
/** Nats per image. */
const WITHIN = 1;

/** Trains one mixture of digits from one start by EM and by Adam on the full batch, on the same worker threads: a step costs the same. */
export function compareDigits(
  { train }: Digits,
  { executor, reporter, signal }: Job,
): Promise<Results['digitsTraining']> {
  return reporter.stage(
    `${COMPONENTS} components by gradients`,
    async (show) => {
      const common = {
        components: COMPONENTS,
        family: 'bernoulli',
        start: 'random',
        screen: 0,
        executor,
        budgetMs: BUDGET_MS,
        signal,
      } as const;
      const onStep =
        (by: string) =>
        (step: { iteration: number; logLikelihood: number }): void =>
          show(`${by}, step ${step.iteration}, ${decimal(step.logLikelihood / train.rows)} nats per image`);
      const em = await fit(train, { ...common, maxIterations: EM_ITERATIONS, onStep: onStep('EM') });
      const adam = await fitByGradient(train, {
        ...common,
        optimizer: 'adam',
        learningRate: ADAM_RATE,
        maxIterations: ADAM_STEPS,
        onStep: onStep('Adam'),
      });
      const best = Math.max(...[em, adam].flatMap(({ trace }) => trace.map(({ logLikelihood }) => logLikelihood)));
      const course = { best, within: WITHIN, unit: train.rows };
      return {
        components: COMPONENTS,
        within: WITHIN,
        perRow: true,
        best: best / train.rows,
        contenders: [
          contender({ name: 'EM', learningRate: null }, em, course),
          contender({ name: 'Adam', learningRate: ADAM_RATE }, adam, course),
        ],
      };
    },
    ({ contenders }) =>
      contenders
        .map(({ name, iterations, logLikelihood }) => `${name} ${decimal(logLikelihood)} after ${iterations} steps`)
        .join(', '),
  );
}
