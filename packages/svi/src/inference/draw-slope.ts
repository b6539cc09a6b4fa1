import type { Key } from '@mixtention/core';
import { generator, logSumExp, split } from '@mixtention/core/numeric';
import { temperatureAt } from '../gumbel/temperature.ts';
import { rowDealer } from './deal-rows.ts';
import { isRelaxed, type Objective } from './objective.ts';
import type { Slope, Walk } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';

/** Steps whose noise comes of one stream: between two such blocks a run can be left and gone on with. */
export const BLOCK = 100;

/** The slope at a walk's parameters by fresh draws, those of its step; the same memory at every call. A walk is at the beginning of a block when the first call comes. */
export function slopeDrawer(
  { step: program, begin, subsets, baselines }: Objective,
  key: Key,
  { draws, estimator, discrete, temperature }: SettledSvi,
): (walk: Walk) => Slope {
  const [noiseKey, rowsKey] = [split(key, 'noise'), split(key, 'rows')];
  let random = generator(noiseKey);
  const dealers = subsets.map(({ name, rows, size, swap }) => ({
    rows,
    deal: rowDealer(split(rowsKey, name), size, rows.length, swap),
  }));
  const gradient = new Float64Array(begin.length);
  const worth = new Float64Array(baselines);
  const slope: Slope = { value: 0, gradient, worth };
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
  const weighed = (): number => {
    const outputs = Array.from({ length: draws }, () => {
      program.run(random);
      return program.outputs.slice();
    });
    return weighDraws(outputs, gradient);
  };
  return (walk) => {
    const { taken, baseline, parameters } = walk;
    if (taken % BLOCK === 0) random = generator(split(noiseKey, taken / BLOCK));
    program.inputs.set(parameters);
    if (isRelaxed(discrete)) program.inputs[begin.length + baselines] = temperatureAt(temperature, taken);
    for (const { rows, deal } of dealers) deal(taken, rows);
    if (taken === 0 && baselines > 0) {
      averaged();
      baseline.set(worth);
    }
    program.inputs.set(baseline, begin.length);
    gradient.fill(0);
    worth.fill(0);
    slope.value = estimator === 'importance-weighted' ? weighed() : averaged();
    return slope;
  };
}

/**
 * log mean p/q of draws, each with its path derivatives behind it; these are taken off `gradient` by squares of their shares.
 *
 * Source: Tucker, Lawson, Gu & Maddison (2019), Doubly reparameterized gradient estimators, eq. 8.
 */
export function weighDraws(outputs: readonly Float64Array[], gradient: Float64Array): number {
  const total = logSumExp(Float64Array.from(outputs, ([logRatio]) => logRatio!));
  for (const own of outputs) {
    const share = Math.exp(own[0]! - total);
    for (let i = 0; i < gradient.length; i++) gradient[i]! -= share * share * own[i + 1]!;
  }
  return total - Math.log(outputs.length);
}
