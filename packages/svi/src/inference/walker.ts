import type { Key } from '@mixtention/core';
import { generator, logSumExp, sampleWithoutReplacement, split } from '@mixtention/core/numeric';
import { addArrays, type Optimizer, type OwnedState, optimizerNamed } from '@mixtention/core/optimize';
import { temperatureAt } from '../gumbel/temperature.ts';
import { isRelaxed, type Objective } from './objective.ts';
import type { SettledSvi } from './svi-options.ts';

/** Gradients in a row that may be no numbers. */
export const PATIENCE = 50;

/** Decay of the running means of what scored draws are worth, against which they are measured. */
const BASELINE = 0.9;

/** Steps of an optimizer along gradients of draws. */
export type Walker = {
  /** One step; returns the estimate of the bound that it was taken on. A gradient that is no number moves nothing. */
  readonly step: (rate: number) => number;
  /** Where it stands; overwritten by the next step. */
  readonly parameters: () => Float64Array;
  readonly moveTo: (parameters: Float64Array) => void;
  readonly taken: () => number;
  readonly passedOver: () => number;
  /** Whether too many gradients in a row were no numbers. */
  readonly lost: () => boolean;
};

/** A walk from where the objective begins; the same key gives the same steps. */
export function walker(
  { step: program, begin, subsets, baselines }: Objective,
  key: Key,
  { draws, estimator, optimizer: named, discrete, temperature }: SettledSvi,
): Walker {
  const optimizer: Optimizer = typeof named === 'string' ? optimizerNamed(named, 'svi/svi') : named;
  const parameters = { guide: Float64Array.from(begin) };
  let state: OwnedState = { ...optimizer.init(parameters) };
  let taken = 0;
  let passedOver = 0;
  let inARow = 0;
  const baseline = new Float64Array(baselines);
  const worth = new Float64Array(baselines);
  const random = generator(split(key, 'noise'));
  const chosen = generator(split(key, 'rows'));
  const gradient = new Float64Array(begin.length);
  const slopes = { guide: gradient };
  const fillRows = (): void => {
    for (const { rows, size } of subsets) rows.set(sampleWithoutReplacement(chosen, size, rows.length));
  };
  const averaged = (): number => {
    let value = 0;
    for (let s = 0; s < draws; s++) {
      program.run(random);
      const { outputs } = program;
      value += outputs[0]! / draws;
      for (let i = 0; i < gradient.length; i++) gradient[i]! -= outputs[i + 1]! / draws;
      for (let i = 0; i < worth.length; i++) worth[i]! += outputs[1 + gradient.length + i]! / draws;
    }
    return value;
  };
  /** log mean p/q of the draws; their path derivatives by squares of their shares (Tucker, Lawson, Gu & Maddison, 2019, eq. 8). */
  const weighed = (): number => {
    const outputs = Array.from({ length: draws }, () => {
      program.run(random);
      return program.outputs.slice();
    });
    const total = logSumExp(Float64Array.from(outputs, ([logRatio]) => logRatio!));
    for (const own of outputs) {
      const share = Math.exp(own[0]! - total);
      for (let i = 0; i < gradient.length; i++) gradient[i]! -= share * share * own[i + 1]!;
    }
    return total - Math.log(draws);
  };
  return {
    step: (rate) => {
      program.inputs.set(parameters.guide);
      if (isRelaxed(discrete)) program.inputs[begin.length + baselines] = temperatureAt(temperature, taken);
      if (subsets.length > 0) fillRows();
      if (taken === 0 && baselines > 0) {
        averaged();
        baseline.set(worth);
      }
      program.inputs.set(baseline, begin.length);
      gradient.fill(0);
      worth.fill(0);
      let allFinite = true;
      const value = estimator === 'importance-weighted' ? weighed() : averaged();
      for (let i = 0; i < gradient.length; i++) allFinite = allFinite && Number.isFinite(gradient[i]!);
      taken++;
      if (!(allFinite && Number.isFinite(value))) {
        passedOver++;
        inARow++;
        return Number.NaN;
      }
      inARow = 0;
      for (let i = 0; i < baselines; i++) baseline[i] = BASELINE * baseline[i]! + (1 - BASELINE) * worth[i]!;
      if (optimizer.advance !== undefined) optimizer.advance(parameters, slopes, state, rate);
      else {
        const next = optimizer.update(slopes, state, rate, parameters);
        state = { ...next.state };
        parameters.guide.set(addArrays(parameters, next.updates).guide!);
      }
      return value;
    },
    parameters: () => parameters.guide,
    moveTo: (to) => parameters.guide.set(to),
    taken: () => taken,
    passedOver: () => passedOver,
    lost: () => inARow >= PATIENCE,
  };
}
