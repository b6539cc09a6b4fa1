import { type Completion, complete, effectiveComponents, observedColumns } from '@mixtention/attention';
import type { Matrix } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import type { MixtureModel } from '@mixtention/mixture';
import type { Digits } from '../digits/types.ts';
import { decimal } from '../page/format.ts';
import { pictureOf } from '../page/picture.ts';
import type { Job } from './job.ts';
import type { CompletedDigit, CompletionResult, Published } from './results.ts';

const PIXELS = 784;
const SEEN = PIXELS / 2;
const EXAMPLES = 10;
const TOP = 5;
/** K of the mixture whose completions are shown. */
const COMPONENTS = 100;

/** Lower half given upper half on static binarised MNIST, nats per image; sampled bounds of stochastic networks, not exact as here. */
const PUBLISHED: readonly Published[] = [
  { name: 'score function', value: 72.0, source: 'Jang, Gu & Poole 2017, table 1' },
  { name: 'MuProp', value: 58.9, source: 'Jang, Gu & Poole 2017, table 1' },
  { name: 'straight-through', value: 58.9, source: 'Jang, Gu & Poole 2017, table 1' },
  { name: 'Gumbel-softmax', value: 58.5, source: 'Jang, Gu & Poole 2017, table 1' },
];

/** Completes the lower half of unseen digits from the upper half: attention whose keys and values are the components of the mixture. */
export function completeDigits(
  { test, isStandard }: Digits,
  models: readonly MixtureModel[],
  { backend, reporter }: Job,
): Promise<CompletionResult> {
  const mask = observedColumns(PIXELS, 0, SEEN);
  const run = (model: MixtureModel, responsibilities: boolean): Completion =>
    complete(model, test, mask, { backend, truth: test, responsibilities });
  return reporter.stage(
    'completing lower halves',
    async (show) => {
      const main = models.find(({ components }) => components === COMPONENTS)!;
      const start = performance.now();
      const completion = run(main, true);
      const seconds = (performance.now() - start) / 1000;
      const others = models
        .filter((model) => model !== main)
        .map((model) => {
          show(`${model.components} components`);
          return { components: model.components, ...meanNats(run(model, false)) };
        });
      return {
        components: COMPONENTS,
        rows: test.rows,
        seconds,
        ...meanNats(completion),
        pixelAccuracy: pixelAccuracy(completion.completed, test),
        others,
        examples: exampleRows(test.rows).map((n) => example(n, { completion, test, model: main })),
        published: isStandard ? PUBLISHED : [],
      };
    },
    ({ joint, marginal }) => `${decimal(joint)} nats exact, ${decimal(marginal)} by pixels`,
  );
}

function meanNats({ jointLogProbability, marginalLogProbability }: Completion): { joint: number; marginal: number } {
  return { joint: -mean(jointLogProbability!), marginal: -mean(marginalLogProbability!) };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Share of hidden pixels on whose side of ½ the prediction lies. */
function pixelAccuracy(completed: Matrix, truth: Matrix): number {
  let right = 0;
  for (let n = 0; n < truth.rows; n++) {
    for (let d = SEEN; d < PIXELS; d++) {
      const i = n * PIXELS + d;
      if (completed.data[i]! > 0.5 === (truth.data[i] === 1)) right++;
    }
  }
  return right / (truth.rows * (PIXELS - SEEN));
}

/** Evenly spaced: the standard test file is sorted by digit. */
function exampleRows(rows: number): number[] {
  return Array.from({ length: EXAMPLES }, (_, i) => Math.floor(((i + 0.5) * rows) / EXAMPLES));
}

function example(
  n: number,
  { completion, test, model }: { completion: Completion; test: Matrix; model: MixtureModel },
): CompletedDigit {
  const { completed, responsibilities, jointLogProbability, marginalLogProbability } = completion;
  const own = rowsOf(responsibilities!, n, n + 1);
  const order = Array.from(own.data.keys()).sort((a, b) => own.data[b]! - own.data[a]!);
  return {
    row: n,
    truth: pictureOf(rowsOf(test, n, n + 1).data),
    completed: pictureOf(rowsOf(completed, n, n + 1).data),
    effectiveComponents: effectiveComponents(own)[0]!,
    overlap: overlap(rowsOf(completed, n, n + 1).data.subarray(SEEN), rowsOf(test, n, n + 1).data.subarray(SEEN)),
    joint: -jointLogProbability![n]!,
    marginal: -marginalLogProbability![n]!,
    top: order.slice(0, TOP).map((k) => ({
      component: k,
      responsibility: own.data[k]!,
      picture: pictureOf(rowsOf(model.means, k, k + 1).data),
    })),
  };
}

/** Dice's coefficient of predicted and true pixels. */
function overlap(predicted: Matrix['data'], truth: Matrix['data']): number {
  let both = 0;
  let all = 0;
  for (let d = 0; d < truth.length; d++) {
    both += predicted[d]! * truth[d]!;
    all += predicted[d]! + truth[d]!;
  }
  return all > 0 ? (2 * both) / all : 1;
}
