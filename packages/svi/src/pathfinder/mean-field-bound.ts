import type { Key } from '@mixtention/core';
import { generator } from '@mixtention/core/numeric';
import type { Objective } from '../lbfgs/lbfgs.ts';

/** Steps, of which the last are averaged. */
export const MEAN_FIELD_STEPS = 600;
const AVERAGED = 200;
/** Of Adam, in units of the start; it falls to a tenth. */
const RATE = 0.05;

/** Where steps begin: a mean, what parameters are in units of, and log deviations in these. */
export type MeanFieldStart = {
  readonly mean: Float64Array;
  readonly unit: Float64Array;
  readonly logScale: number;
};

/**
 * The bound that the best normal without correlations reaches, about: some hundred steps of Adam from a normal, one draw a step, and the mean of what the last ones raised, with its standard error.
 *
 * Cost: 600 gradients.
 * Source: Kucukelbir, Tran, Ranganath, Gelman & Blei (2017), Automatic differentiation variational inference, JMLR 18.
 */
export function meanFieldBound(
  logDensity: Objective,
  { mean, unit, logScale: begin }: MeanFieldStart,
  key: Key,
): { readonly mean: number; readonly error: number } {
  const d = mean.length;
  const random = generator(key);
  const [moved, logScale, noise, u, slope] = Array.from({ length: 5 }, () => new Float64Array(d)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  logScale.fill(begin);
  const [first, second] = [new Float64Array(2 * d), new Float64Array(2 * d)];
  let [sum, squares, count] = [0, 0, 0];
  for (let step = 1; step <= MEAN_FIELD_STEPS; step++) {
    let logGuide = -0.5 * d * Math.log(2 * Math.PI);
    for (let i = 0; i < d; i++) {
      noise[i] = random.normal();
      const scale = Math.exp(logScale[i]!);
      u[i] = mean[i]! + unit[i]! * (moved[i]! + scale * noise[i]!);
      logGuide -= 0.5 * noise[i]! ** 2 + logScale[i]! + Math.log(unit[i]!);
    }
    const value = logDensity(u, slope) - logGuide;
    if (!Number.isFinite(value) || !slope.every(Number.isFinite)) continue;
    if (step > MEAN_FIELD_STEPS - AVERAGED) {
      count++;
      sum += value;
      squares += value ** 2;
    }
    const rate = RATE * 0.1 ** (step / MEAN_FIELD_STEPS);
    for (let i = 0; i < 2 * d; i++) {
      const j = i % d;
      const scale = Math.exp(logScale[j]!);
      // Of the path alone: the density of the guide at its own draw has the slope −ε/scale.
      const along = unit[j]! * slope[j]! + noise[j]! / scale;
      const gradient = i < d ? along : along * scale * noise[j]!;
      first[i] = 0.9 * first[i]! + 0.1 * gradient;
      second[i] = 0.999 * second[i]! + 0.001 * gradient ** 2;
      const by = (rate * first[i]!) / (1 - 0.9 ** step) / (Math.sqrt(second[i]! / (1 - 0.999 ** step)) + 1e-12);
      if (i < d) moved[j]! += by;
      else logScale[j]! += by;
    }
  }
  if (count < AVERAGED / 2) return { mean: Number.NEGATIVE_INFINITY, error: 0 };
  const average = sum / count;
  return { mean: average, error: Math.sqrt(Math.max(0, squares / count - average ** 2) / count) };
}
