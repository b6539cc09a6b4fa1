import { type Completion, complete, effectiveComponents, observedColumns } from '@mixtention/attention';
import { type CompletionData, completionData } from '@mixtention/attention/page';
import type { Matrix } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { decimal } from '@mixtention/core/page';
import type { MixtureModel } from '@mixtention/mixture';
import type { Digits } from '../digits/types.ts';
import { pictureOf } from '../page/picture.ts';
import type { Job } from './job.ts';
import type { CompletedDigit, CompletionResult, CompletionScore, Published, SharpnessScore } from './results.ts';

const PIXELS = 784;
const SEEN = PIXELS / 2;
const EXAMPLES = 10;
const TOP = 5;
/** Beside the T that was asked for and 1. */
const LOGIT_SCALES = [0.5, 0.2, 0.1, 0.05];
const SURE = 0.95;
/** The hidden half is 22,000 times as likely under the others. */
const MISSED_NATS = 10;

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
  { backend, reporter, options }: Job,
): Promise<{ readonly result: CompletionResult; readonly page: CompletionData }> {
  const mask = observedColumns(PIXELS, 0, SEEN);
  const { components, logitScale } = options;
  const run = (model: MixtureModel, T: number, responsibilities: boolean): Completion =>
    complete(model, test, mask, { backend, truth: test, responsibilities, logitScale: T });
  return reporter.stage(
    'completing lower halves',
    async (show) => {
      const main = models.find((model) => model.components === components)!;
      const start = performance.now();
      const completion = run(main, logitScale, true);
      const seconds = (performance.now() - start) / 1000;
      const { sure, missed } = sureRows(completion);
      const others = models
        .filter((model) => model !== main)
        .map((model) => {
          show(`${model.components} components`);
          return { components: model.components, ...meanNats(run(model, logitScale, false)) };
        });
      const sharpness = [...new Set([logitScale, 1, ...LOGIT_SCALES])]
        .sort((a, b) => b - a)
        .map((T) => {
          show(`logit scale ${T}`);
          return { logitScale: T, ...sharpnessOf(T === logitScale ? completion : run(main, T, true)) };
        });
      const result: CompletionResult = {
        components,
        logitScale,
        rows: test.rows,
        seconds,
        ...meanNats(completion),
        pixelAccuracy: pixelAccuracy(completion.completed, test),
        sure: { atLeast: SURE, rows: sure.length, nats: MISSED_NATS, missed: missed.length },
        sharpness,
        others,
        examples: exampleRows(test.rows).map((n) =>
          example(n, { completion, test, model: main, missed: missed.includes(n) }),
        ),
        published: isStandard ? PUBLISHED : [],
      };
      return { result, page: pageOf(main, test, result) };
    },
    ({ result: { joint, marginal } }) => `${decimal(joint)} nats jointly, ${decimal(marginal)} pixel by pixel`,
  );
}

/** The digits of the report, to be shown in other parts and read at other T. */
function pageOf(model: MixtureModel, test: Matrix, { logitScale, sharpness }: CompletionResult): CompletionData {
  return completionData({
    model,
    rows: exampleRows(test.rows).map((n) => ({ name: `unseen digit ${n}`, cells: [...rowOf(test, n)] })),
    mask: observedColumns(PIXELS, 0, SEEN),
    pictureWidth: 28,
    title: 'A digit through Bayes',
    about: `${model.components} components that EM made of the training digits; ten unseen digits, evenly spread, none picked`,
    logitScale,
    scores: { rows: test.rows, at: sharpness },
  });
}

function meanNats({ jointLogProbability, marginalLogProbability }: Completion): CompletionScore {
  return { joint: -mean(jointLogProbability!), marginal: -mean(marginalLogProbability!) };
}

function sharpnessOf(completion: Completion): Omit<SharpnessScore, 'logitScale'> {
  return { ...meanNats(completion), effectiveComponents: mean(effectiveComponents(completion.responsibilities!)) };
}

/** Images of which one component was sure, and those of them that it missed. */
function sureRows({ responsibilities, jointLogProbability, marginalLogProbability }: Completion): {
  readonly sure: readonly number[];
  readonly missed: readonly number[];
} {
  const sure = Array.from(jointLogProbability!.keys()).filter((n) =>
    rowOf(responsibilities!, n).some((r) => r >= SURE),
  );
  return { sure, missed: sure.filter((n) => jointLogProbability![n]! - marginalLogProbability![n]! >= MISSED_NATS) };
}

function rowOf(m: Matrix, n: number): Matrix['data'] {
  return rowsOf(m, n, n + 1).data;
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
  { completion, test, model, missed }: { completion: Completion; test: Matrix; model: MixtureModel; missed: boolean },
): CompletedDigit {
  const { completed, responsibilities, jointLogProbability, marginalLogProbability } = completion;
  const own = rowsOf(responsibilities!, n, n + 1);
  const order = Array.from(own.data.keys()).sort((a, b) => own.data[b]! - own.data[a]!);
  return {
    row: n,
    truth: pictureOf(rowOf(test, n)),
    completed: pictureOf(rowOf(completed, n)),
    effectiveComponents: effectiveComponents(own)[0]!,
    overlap: overlap(rowOf(completed, n).subarray(SEEN), rowOf(test, n).subarray(SEEN)),
    missed,
    joint: -jointLogProbability![n]!,
    marginal: -marginalLogProbability![n]!,
    top: order.slice(0, TOP).map((k) => ({
      component: k,
      responsibility: own.data[k]!,
      picture: pictureOf(rowOf(model.means, k)),
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
