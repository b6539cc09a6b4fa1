import type { RandomSource } from '@mixtention/core';
import { checkOptions, fail, isRecord, show } from '@mixtention/core/base';
import { generator, key, logSumExp, split } from '@mixtention/core/numeric';
import type { Execution, Program } from '../graph/index.ts';
import { type Around, aroundZero, type Guide } from '../guides/index.ts';
import { checkTemperature } from '../gumbel/temperature.ts';
import { dimensionOf, latentsOf, type Model } from '../model/index.ts';
import { blockTimer } from './block-timer.ts';
import { checkAround, checkLists } from './check-open.ts';
import { weighDraws } from './draw-slope.ts';
import { inCoordinates } from './in-coordinates.ts';
import { compileObjective, type Discrete, type Estimator, isRelaxed, type Objective } from './objective.ts';
import { guideNamed } from './svi-options.ts';

/** Of discrete latents that have a guide. */
type Treatment = Exclude<Discrete, 'summed-out'>;

export type EstimatorRow = {
  readonly estimator: Estimator;
  /** What moves discrete latents, and at which temperature where their draws are relaxed; null where there are none. */
  readonly discrete: Treatment | null;
  readonly temperature: number | null;
  /** Whether scored draws are weighed beside a mean of what they are worth, as `svi` weighs them; null where draws are not scored. */
  readonly hasBaselines: boolean | null;
  /** Draws that one gradient is made of: 1, but for `importance-weighted`, whose bound is that of so many, and whose truth is the gradient of that bound. */
  readonly samples: number;
  /** The farthest number of its mean gradient from the truth's, in standard errors of the two: noise to 4 or so, bias beyond. */
  readonly bias: number;
  /** Length of what lies between its mean gradient and the truth's, over the length of the truth's (not finite where that is 0). */
  readonly relativeBias: number;
  /** The standard error of that: how much of `relativeBias` the noise of the draws alone would make. What is not well above it is no bias that was seen. */
  readonly noiseFloor: number;
  /** Variance of a gradient, of `samples` draws, summed over the parameters. */
  readonly variance: number;
  /** By the scatter of the draws; where few long gradients make most of the variance, it is too small itself. */
  readonly varianceStandardError: number;
  /** Length of the mean gradient over the root of the variance; infinite where there is no noise. Draws without any signal have one over the root of their number. */
  readonly signalToNoise: number;
  /** Of sampling, model and gradient: the median over blocks of a millisecond, so that what else the machine does is not in it. */
  readonly microsecondsPerDraw: number;
};

export type EstimatorReportOptions = {
  readonly guide: Guide;
  /** What parameters are in units of, and they themselves, both as `svi` returns them (default: where the guide begins, in units of 0.1 about 0). */
  readonly around?: Around;
  readonly parameters?: { readonly [name: string]: Float64Array };
  /** Treatments of discrete latents (default all four); one of `enumerated` and `score` must be there, for the truth. */
  readonly discrete?: readonly Treatment[];
  /** At which treatments that relax are measured (default 0.1, 0.3, 1, 3). */
  readonly temperatures?: readonly number[];
  /** Draws of each estimator (default 2000); gradients of several draws are made of as many, but a hundred times at least. */
  readonly draws?: number;
  /** At which numbers of draws a gradient the importance-weighted bound is measured, where neither model nor guide has discrete latents (default 1, 5, 50; none: `[]`). */
  readonly samples?: readonly number[];
  readonly seed?: number;
  readonly execution?: Execution;
};

/** Before scored draws are measured, as many tell their baselines. */
const BASELINE_DRAWS = 1000;

const WHERE = 'svi/estimatorReport';
const OPTIONS = ['guide', 'around', 'parameters', 'discrete', 'temperatures', 'draws', 'samples', 'seed', 'execution'];

/** Gradients of several draws that a variance is told of, at least. */
const LEAST = 100;

type Case = Pick<EstimatorRow, 'estimator' | 'discrete' | 'temperature' | 'hasBaselines' | 'samples'>;

/**
 * What each estimator of the gradient of the bound is worth at some parameters of a guide: bias, variance, signal to noise, and cost.
 *
 * The truth is the mean of whichever unbiased row has the least noise, by other draws. Where the model has discrete latents, rows are their treatments, each with the path derivative for what is continuous;
 * where these are all it has, `enumerated` is the exact gradient, without noise. Scores come with baselines and without. Importance-weighted rows (IWAE) are held to the whole derivative of their own bound, by other draws: with one sample they are the path
 * derivative; where weights have a variance (a guide that is wide enough) signal grows over noise with them.
 *
 * @returns a row an estimator, or a treatment (one a temperature where it relaxes)
 * @throws UNKNOWN_NAME for a parameter that the guide does not have; BAD_OPTION for a temperature that is not above 0 or treatments without an unbiased one; what the model throws
 *
 * Cost: `draws` gradients a row and for the truth, and twice that, or two hundred times their samples, of an importance-weighted one.
 *
 * Source: Mohamed, Rosca, Figurnov & Mnih (2020), Monte Carlo gradient estimation in machine learning, §3–5; Maddison, Mnih & Teh (2017) for temperatures; Rainforth et al. (2018), Tighter variational bounds are not necessarily
 * better, and Tucker, Lawson, Gu & Maddison (2019) for samples.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * estimatorReport(coin, [1, 1, 0, 1], { guide: autoNormal(), draws: 200 })[0].estimator; // 'path-derivative'
 *
 * @example
 * const switches = ({ sample, observe, bernoulli, normal }, x) => observe('x', normal(sample('z', bernoulli(0.4)), 1), x);
 * const rows = estimatorReport(switches, 0.8, { guide: autoNormal(), temperatures: [0.5], draws: 200 });
 * rows.map(({ discrete }) => discrete); // ['enumerated', 'score', 'score', 'relaxed', 'straight-through']
 * rows[0].variance; // 0: every value was weighed
 */
export function estimatorReport<Data>(model: Model<Data>, data: Data, options: EstimatorReportOptions): EstimatorRow[] {
  checkOptions(WHERE, options, OPTIONS);
  const { around, parameters: given = {}, draws = 2000, seed = 0, execution } = options;
  const guide = guideNamed(options.guide);
  if (!(Number.isInteger(draws) && draws > 1))
    fail(WHERE, 'BAD_OPTION', `draws is ${show(draws)}, a whole number from 2 was due`);
  if (!isRecord(given)) fail(WHERE, 'BAD_OPTION', `parameters is ${show(given)}, an object of arrays by name was due`);
  checkLists(WHERE, options, ['samples', 'temperatures', 'discrete']);
  const latents = latentsOf(model, data);
  if (around !== undefined) checkAround(WHERE, around, dimensionOf(latents));
  const own = { ...inCoordinates(model, around ?? aroundZero(dimensionOf(latents))), data, guide, execution };
  const isDiscrete = latents.some(({ transform }) => transform === 'none');
  const cases = isDiscrete ? treatmentsOf(options) : ESTIMATORS;
  const prepared = (one: Case): Objective => {
    const objective = compileObjective(own, one.estimator, one.discrete ?? undefined);
    const { step, begin, parameters, subsets, baselines } = objective;
    if (subsets.length > 0) fail(WHERE, 'BAD_MODEL', `plate "${subsets[0]!.name}" is subsampled; all rows were due`);
    for (const name of Object.keys(given))
      if (!parameters.some((known) => known.name === name))
        fail(WHERE, 'UNKNOWN_NAME', `the guide has no parameter "${name}"`);
    step.inputs.set(begin);
    for (const { name, start } of parameters) step.inputs.set(given[name] ?? [], start);
    if (one.temperature !== null) step.inputs[begin.length + baselines] = one.temperature;
    return objective;
  };
  const keyOf = (...names: string[]) => generator(split(key(seed), 'estimators', ...names));
  const measure = (one: Case, ...names: string[]) => ({
    ...one,
    ...momentsOf(prepared(one), draws, one.hasBaselines !== false, keyOf(...names, ...namesOf(one))),
  });
  const measured = cases.map((one) => measure(one));
  const quietest = measured
    .filter(({ discrete }) => discrete === null || !isRelaxed(discrete))
    .reduce((a, b) => (b.variance < a.variance ? b : a));
  const truth = quietest.variance === 0 ? quietest : measure(quietest, 'truth');
  const rows = measured.map(({ mean, variances, count, ...row }) => ({
    ...row,
    ...compared({ mean, variances, count }, truth, row.variance),
  }));
  // What the guide chooses by scores has no importance-weighted gradient.
  if (isDiscrete || prepared(PLAIN).baselines > 0) return rows;
  return [
    ...rows,
    ...samplesOf(options).map((samples): EstimatorRow => {
      const one: Case = { ...PLAIN, estimator: 'importance-weighted', samples };
      const count = Math.max(LEAST, Math.ceil(draws / samples));
      const weighed = (estimator: Estimator) => {
        const { step, begin } = prepared({ ...one, estimator });
        return overDraws(begin.length, count, weighing(step, keyOf(estimator, `${samples}`), { samples, estimator }));
      };
      const { microsecondsPerDraw, variance, varianceStandardError, ...moments } = weighed('importance-weighted');
      const whole = weighed('pathwise');
      return {
        ...one,
        variance,
        varianceStandardError,
        ...compared(moments, whole, variance),
        microsecondsPerDraw: microsecondsPerDraw / samples,
      };
    }),
  ];
}

/** Of sums of gradients, as a share of their length. */
const ROUNDING = 1e-12;

type Moments = { readonly mean: Float64Array; readonly variances: Float64Array; readonly count: number };

/** How far a mean gradient lies from the truth's, beside what noise would make. */
function compared(
  own: Moments,
  truth: Moments,
  variance: number,
): Pick<EstimatorRow, 'bias' | 'relativeBias' | 'noiseFloor' | 'signalToNoise'> {
  const off = own.mean.map((m, i) => m - truth.mean[i]!);
  const errors = off.map((_, i) => Math.sqrt(own.variances[i]! / own.count + truth.variances[i]! / truth.count));
  const length = lengthOf(truth.mean);
  return {
    bias: off.reduce(
      (most, x, i) => Math.max(most, Math.abs(x) / (errors[i]! + ROUNDING * length + Number.MIN_VALUE)),
      0,
    ),
    relativeBias: lengthOf(off) / length,
    noiseFloor: lengthOf(errors) / length,
    signalToNoise: lengthOf(own.mean) / Math.sqrt(variance),
  };
}

function samplesOf({ samples = [1, 5, 50] }: EstimatorReportOptions): readonly number[] {
  for (const count of samples)
    if (!(Number.isInteger(count) && count > 0))
      fail(WHERE, 'BAD_OPTION', `samples holds ${show(count)}, whole numbers from 1 were due`);
  return samples;
}

/** Gradients of log mean p/q of some draws: doubly reparameterised, or the whole derivative, in which shares are not squared. */
function weighing(
  step: Program,
  random: RandomSource,
  { samples, estimator }: { readonly samples: number; readonly estimator: Estimator },
): (gradient: Float64Array) => void {
  return (gradient) => {
    const outputs = Array.from({ length: samples }, () => {
      step.run(random);
      return step.outputs.slice();
    });
    gradient.fill(0);
    if (estimator === 'importance-weighted') {
      weighDraws(outputs, gradient);
      for (let i = 0; i < gradient.length; i++) gradient[i]! *= -1;
      return;
    }
    const total = logSumExp(Float64Array.from(outputs, ([logRatio]) => logRatio!));
    for (const own of outputs) {
      const share = Math.exp(own[0]! - total);
      for (let i = 0; i < gradient.length; i++) gradient[i]! += share * own[i + 1]!;
    }
  };
}

const PLAIN: Case = { estimator: 'path-derivative', discrete: null, temperature: null, hasBaselines: null, samples: 1 };

const ESTIMATORS: readonly Case[] = (['path-derivative', 'pathwise', 'analytic-kl'] as const).map((estimator) => ({
  ...PLAIN,
  estimator,
}));

function treatmentsOf({
  discrete: asked = ['enumerated', 'score', 'relaxed', 'straight-through'],
  temperatures = [0.1, 0.3, 1, 3],
}: EstimatorReportOptions): Case[] {
  for (const temperature of temperatures) checkTemperature(WHERE, temperature);
  if (asked.includes('summed-out' as Treatment))
    fail(WHERE, 'BAD_OPTION', 'discrete holds "summed-out", whose bound is another; take summedOut(model)');
  if (!asked.some((one) => !isRelaxed(one)))
    fail(
      WHERE,
      'BAD_OPTION',
      `discrete is "${asked.join('", "')}"; "enumerated" or "score" was due too, for the truth`,
    );
  return asked.flatMap((discrete): Case[] => {
    if (isRelaxed(discrete)) return temperatures.map((temperature) => ({ ...PLAIN, discrete, temperature }));
    if (discrete === 'score') return [true, false].map((hasBaselines) => ({ ...PLAIN, discrete, hasBaselines }));
    return [{ ...PLAIN, discrete }];
  });
}

const namesOf = ({ estimator, discrete, temperature, hasBaselines }: Case): string[] => {
  if (discrete === null) return [estimator];
  return [discrete, `${temperature}`, ...(hasBaselines === false ? ['without baselines'] : [])];
};

const lengthOf = (x: Float64Array): number => Math.sqrt(x.reduce((total, each) => total + each * each, 0));

/** Mean and variances of the gradient over draws, at the inputs that a step has. */
function momentsOf({ step, begin, baselines }: Objective, draws: number, isBased: boolean, random: RandomSource) {
  const { inputs, outputs } = step;
  const size = begin.length;
  if (isBased && baselines > 0) {
    const worth = new Float64Array(baselines);
    for (let s = 0; s < BASELINE_DRAWS; s++) {
      step.run(random);
      for (let i = 0; i < baselines; i++) worth[i]! += outputs[1 + size + i]! / BASELINE_DRAWS;
    }
    inputs.set(worth, size);
  }
  return overDraws(size, draws, (gradient) => {
    step.run(random);
    gradient.set(outputs.subarray(1, 1 + size));
  });
}

/** Mean and variances of gradients, and what one takes. */
function overDraws(size: number, count: number, draw: (gradient: Float64Array) => void) {
  const gradient = new Float64Array(size);
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  // Of squared lengths of what lies between a gradient and the mean.
  const lengths = { sum: 0, squares: 0 };
  const timer = blockTimer();
  for (let s = 1; s <= count; s++) {
    draw(gradient);
    let length = 0;
    for (let i = 0; i < size; i++) {
      const change = gradient[i]! - mean[i]!;
      mean[i]! += change / s;
      const square = change * (gradient[i]! - mean[i]!);
      squares[i]! += square;
      length += square;
    }
    lengths.sum += length;
    lengths.squares += length * length;
    timer.count();
  }
  const variances = squares.map((x) => x / (count - 1));
  const scatter = Math.max(0, lengths.squares / count - (lengths.sum / count) ** 2);
  return {
    mean,
    variances,
    count,
    variance: variances.reduce((a, b) => a + b, 0),
    varianceStandardError: Math.sqrt(scatter / (count - 1)),
    microsecondsPerDraw: timer.microseconds(),
  };
}
