import { decimal, duration } from '@mixtention/core/page';
import { type Fit, fit } from '@mixtention/em';
import type { MixtureModel } from '@mixtention/mixture';
import type { Digits } from '../digits/types.ts';
import { pictureOf } from '../page/picture.ts';
import type { Job } from './job.ts';
import { largestFall } from './largest-fall.ts';
import { RECIPES, type Recipe, STOPPING } from './recipes.ts';
import type { Component, DigitFit, DigitsResult, Published } from './results.ts';

/** So that the job comes to an end on the slowest backend too; native needs a quarter of it. */
const BUDGET_MS = 60_000;

/** Components of mixtures up to this size are shown on the page. */
const MOST_SHOWN = 100;

/** Means of mixtures of Bernoulli distributions on static binarised MNIST, test nats per image, as printed. */
const PUBLISHED: readonly Published[] = [
  { name: 'Bernoulli mixture, K = 10', value: -168.95, source: 'Salakhutdinov & Hinton 2009' },
  { name: 'Bernoulli mixture, K = 100', value: -142.63, source: 'Salakhutdinov & Hinton 2009' },
  { name: 'Bernoulli mixture, K = 500', value: -137.64, source: 'Salakhutdinov & Hinton 2009' },
  { name: 'NADE', value: -88.33, source: 'Uria et al. 2016' },
  { name: 'PixelRNN', value: -79.2, source: 'van den Oord et al. 2016' },
];

/** Fits Bernoulli mixtures of several sizes by EM over worker threads; the largest only to the standard split, which has the rows for it. */
export async function fitDigits(
  digits: Digits,
  job: Job,
): Promise<{ readonly result: DigitsResult; readonly models: readonly MixtureModel[] }> {
  const fits: DigitFit[] = [];
  const models: MixtureModel[] = [];
  for (const recipe of recipes(job.options.components, digits.isStandard)) {
    const one = await fitOne(digits, recipe, job);
    fits.push(one.summary);
    models.push(one.model);
  }
  const published = digits.isStandard ? PUBLISHED : [];
  const { name, isStandard, train, test } = digits;
  return {
    result: { name, isStandard, train: train.rows, test: test.rows, stopping: STOPPING, fits, published },
    models,
  };
}

/** One for the mixture that completes digits, and those beside it, by K. */
function recipes(components: number, isStandard: boolean): Recipe[] {
  const { few, many, most } = RECIPES;
  const beside = isStandard ? [few, most] : [few];
  const own = beside.some((recipe) => recipe.components === components) ? [] : [{ ...many, components }];
  return [...beside, ...own].sort((a, b) => a.components - b.components);
}

function fitOne(
  { train, test }: Digits,
  recipe: Recipe,
  { executor, backend, reporter, signal }: Job,
): Promise<{ summary: DigitFit; model: MixtureModel }> {
  const name = `${recipe.components} components by EM`;
  return reporter.stage(
    name,
    async (show) => {
      const done = await fit(train, {
        ...recipe,
        screen: 0,
        family: 'bernoulli',
        executor,
        budgetMs: BUDGET_MS,
        signal,
        onStep: ({ restart, restarts, iteration, logLikelihood }) =>
          show(
            `${restarts > 1 ? `start ${restart + 1} of ${restarts}, ` : ''}iteration ${iteration}, ${decimal(logLikelihood / train.rows)} nats per image`,
          ),
      });
      return { summary: summarize(done, recipe, done.model.score(test, { backend })), model: done.model };
    },
    ({ summary }) =>
      `${decimal(summary.testLogLikelihood)} nats per unseen image, fitted in ${duration(summary.seconds)}`,
  );
}

function summarize(fit: Fit, { components, start, restarts }: Recipe, testLogLikelihood: number): DigitFit {
  return {
    components,
    start,
    restarts,
    prior: fit.prior.text,
    status: fit.status,
    iterations: fit.iterations,
    seconds: fit.seconds,
    trainLogLikelihood: fit.logLikelihood / fit.rows,
    testLogLikelihood,
    parameters: fit.parameters,
    largestFall: largestFall(fit.trace),
    shown: components > MOST_SHOWN ? [] : componentsOf(fit.model),
  };
}

/** Components by decreasing weight, as a fitted model has them. */
function componentsOf({ weights, means: { data, cols } }: MixtureModel): Component[] {
  return Array.from(weights, (weight, k) => ({
    weight,
    picture: pictureOf(data.subarray(k * cols, (k + 1) * cols)),
  }));
}
