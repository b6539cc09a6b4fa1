import { fail } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import type { Execution } from '../graph/index.ts';
import { type Around, aroundZero, type Guide } from '../guides/index.ts';
import { checkTemperature } from '../gumbel/check-temperature.ts';
import { dimensionOf, latentsOf, type Model } from '../model/index.ts';
import { compileObjective, type Discrete, type Estimator, isRelaxed, type Objective } from './objective.ts';

export type EstimatorRow = {
  readonly estimator: Estimator;
  /** What moves discrete latents, and at which temperature where their draws are relaxed; null where there are none. */
  readonly discrete: Discrete | null;
  readonly temperature: number | null;
  /** The farthest number of its mean gradient from the truth's, in standard errors of the two: noise to 4 or so, bias beyond. */
  readonly bias: number;
  /** Length of what lies between its mean gradient and the truth's, over the length of the truth's. */
  readonly relativeBias: number;
  /** How much of `relativeBias` the noise of the draws alone would make: what is not well above it is no bias that was seen. */
  readonly noiseFloor: number;
  /** Variance of the gradient of one draw, summed over the parameters. */
  readonly variance: number;
  /** Length of the mean gradient over the root of the variance; infinite where there is no noise. */
  readonly signalToNoise: number;
  readonly microsecondsPerDraw: number;
};

export type EstimatorReportOptions = {
  readonly guide: Guide;
  /** What parameters are in units of, and they themselves, both as `svi` returns them (default: where the guide begins, in units of 0.1 about 0). */
  readonly around?: Around;
  readonly parameters?: { readonly [name: string]: Float64Array };
  /** Treatments of discrete latents (default all four); one of `enumerated` and `score` must be there, for the truth. */
  readonly discrete?: readonly Discrete[];
  /** At which treatments that relax are measured (default 0.1, 0.3, 1, 3). */
  readonly temperatures?: readonly number[];
  /** Draws of each estimator (default 2000). */
  readonly draws?: number;
  readonly seed?: number;
  readonly execution?: Execution;
};

/** Before scored draws are measured, as many tell their baselines. */
const BASELINE_DRAWS = 200;

const WHERE = 'svi/estimatorReport';

type Case = Pick<EstimatorRow, 'estimator' | 'discrete' | 'temperature'>;

/**
 * What each estimator of the gradient of the bound is worth at some parameters of a guide: bias, variance, signal to noise, and cost.
 *
 * The truth is the mean of whichever unbiased row has the least noise. Where the model has discrete latents, rows are their treatments, each with the path derivative for what is continuous;
 * where these are all it has, `enumerated` is the exact gradient, without noise. Score rows have baselines.
 *
 * @returns a row an estimator, or a treatment (one a temperature where it relaxes)
 * @throws UNKNOWN_NAME for a parameter that the guide does not have; BAD_OPTION for a temperature that is not above 0 or treatments without an unbiased one; what the model throws
 *
 * Cost: `draws` gradients a row.
 *
 * Source: Mohamed, Rosca, Figurnov & Mnih (2020), Monte Carlo gradient estimation in machine learning, §3–5; Maddison, Mnih & Teh (2017) for temperatures.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * estimatorReport(coin, [1, 1, 0, 1], { guide: autoNormal(), draws: 200 })[0].estimator; // 'path-derivative'
 *
 * @example
 * const switches = ({ sample, observe, bernoulli, normal }, x) => observe('x', normal(sample('z', bernoulli(0.4)), 1), x);
 * const rows = estimatorReport(switches, 0.8, { guide: autoNormal(), temperatures: [0.5], draws: 200 });
 * rows.map(({ discrete }) => discrete); // ['enumerated', 'score', 'relaxed', 'straight-through']
 * rows[0].variance; // 0: every value was weighed
 */
export function estimatorReport<Data>(model: Model<Data>, data: Data, options: EstimatorReportOptions): EstimatorRow[] {
  const { guide, around, parameters: given = {}, draws = 2000, seed = 0, execution } = options;
  const latents = latentsOf(model, data);
  const own = { model, data, guide, around: around ?? aroundZero(dimensionOf(latents)), execution };
  const cases = latents.some(({ transform }) => transform === 'none') ? treatmentsOf(options) : ESTIMATORS;
  const measured = cases.map((one) => {
    const objective = compileObjective(own, one.estimator, one.discrete ?? undefined);
    const { step, begin, parameters, subsets, baselines } = objective;
    if (subsets.length > 0) fail(WHERE, 'BAD_MODEL', `plate "${subsets[0]!.name}" is subsampled; all rows were due`);
    for (const name of Object.keys(given))
      if (!parameters.some((known) => known.name === name))
        fail(WHERE, 'UNKNOWN_NAME', `the guide has no parameter "${name}"`);
    step.inputs.set(begin);
    for (const { name, start } of parameters) step.inputs.set(given[name] ?? [], start);
    if (one.temperature !== null) step.inputs[begin.length + baselines] = one.temperature;
    return { ...one, ...momentsOf(objective, draws, generator(split(key(seed), 'estimators', ...namesOf(one)))) };
  });
  const truth = measured
    .filter(({ discrete }) => discrete === null || !isRelaxed(discrete))
    .reduce((a, b) => (b.variance < a.variance ? b : a));
  return measured.map(({ mean, variances, variance, ...row }) => {
    const off = mean.map((m, i) => m - truth.mean[i]!);
    const errors = off.map((_, i) => Math.sqrt((variances[i]! + truth.variances[i]!) / draws));
    const length = lengthOf(truth.mean);
    return {
      ...row,
      variance,
      bias: off.reduce((most, x, i) => Math.max(most, Math.abs(x) / (errors[i]! + 1e-12)), 0),
      relativeBias: lengthOf(off) / length,
      noiseFloor: lengthOf(errors) / length,
      signalToNoise: lengthOf(mean) / Math.sqrt(variance),
    };
  });
}

const ESTIMATORS: readonly Case[] = (['path-derivative', 'pathwise', 'analytic-kl'] as const).map((estimator) => ({
  estimator,
  discrete: null,
  temperature: null,
}));

function treatmentsOf({
  discrete: asked = ['enumerated', 'score', 'relaxed', 'straight-through'],
  temperatures = [0.1, 0.3, 1, 3],
}: EstimatorReportOptions): Case[] {
  for (const temperature of temperatures) checkTemperature(WHERE, temperature);
  if (!asked.some((one) => !isRelaxed(one)))
    fail(
      WHERE,
      'BAD_OPTION',
      `discrete is "${asked.join('", "')}"; "enumerated" or "score" was due too, for the truth`,
    );
  return asked.flatMap((discrete) =>
    (isRelaxed(discrete) ? temperatures : [null]).map(
      (temperature): Case => ({ estimator: 'path-derivative', discrete, temperature }),
    ),
  );
}

const namesOf = ({ estimator, discrete, temperature }: Case): string[] =>
  discrete === null ? [estimator] : [discrete, `${temperature}`];

const lengthOf = (x: Float64Array): number => Math.sqrt(x.reduce((total, each) => total + each * each, 0));

/** Mean and variances of the gradient over draws, at the inputs that a step has. */
function momentsOf({ step, begin, baselines }: Objective, draws: number, random: ReturnType<typeof generator>) {
  const { inputs, outputs } = step;
  const size = begin.length;
  if (baselines > 0) {
    const worth = new Float64Array(baselines);
    for (let s = 0; s < BASELINE_DRAWS; s++) {
      step.run(random);
      for (let i = 0; i < baselines; i++) worth[i]! += outputs[1 + size + i]! / BASELINE_DRAWS;
    }
    inputs.set(worth, size);
  }
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  const begun = performance.now();
  for (let s = 1; s <= draws; s++) {
    step.run(random);
    for (let i = 0; i < size; i++) {
      const change = outputs[i + 1]! - mean[i]!;
      mean[i]! += change / s;
      squares[i]! += change * (outputs[i + 1]! - mean[i]!);
    }
  }
  const microsecondsPerDraw = (1000 * (performance.now() - begun)) / draws;
  const variances = squares.map((x) => x / (draws - 1));
  return { mean, variances, variance: variances.reduce((a, b) => a + b, 0), microsecondsPerDraw };
}
