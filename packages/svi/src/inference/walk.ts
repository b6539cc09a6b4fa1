import { addArrays, type Optimizer, optimizerNamed } from '@mixtention/core/optimize';
import type { Walk } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';

/** Gradients in a row that may be no numbers. */
const PATIENCE = 50;

/** Decay of the running means of what scored draws are worth, against which they are measured. */
const BASELINE = 0.9;

/** What a step is taken on: an estimate of the bound, the slope of its negative, and what scored draws were worth. */
export type Slope = { value: number; readonly gradient: Float64Array; readonly worth: Float64Array };

/** A walk that begins. */
export function walkFrom(begin: Float64Array, baselines: number, { optimizer }: SettledSvi): Walk {
  const parameters = Float64Array.from(begin);
  return {
    parameters,
    optimizer: { ...ruleOf(optimizer).init({ guide: parameters }) },
    taken: 0,
    passedOver: 0,
    inARow: 0,
    baseline: new Float64Array(baselines),
  };
}

export const ruleOf = (named: SettledSvi['optimizer']): Optimizer =>
  typeof named === 'string' ? optimizerNamed(named, 'svi/svi') : named;

/** One step; a gradient that is no number moves nothing. */
export function stepAlong(walk: Walk, { value, gradient, worth }: Slope, rate: number, rule: Optimizer): boolean {
  let isNumber = Number.isFinite(value);
  for (let i = 0; i < gradient.length; i++) isNumber = isNumber && Number.isFinite(gradient[i]!);
  walk.taken++;
  if (!isNumber) {
    walk.passedOver++;
    walk.inARow++;
    return false;
  }
  walk.inARow = 0;
  const { baseline, parameters } = walk;
  for (let i = 0; i < baseline.length; i++) baseline[i] = BASELINE * baseline[i]! + (1 - BASELINE) * worth[i]!;
  if (rule.advance !== undefined) rule.advance({ guide: parameters }, { guide: gradient }, walk.optimizer, rate);
  else {
    const next = rule.update({ guide: gradient }, walk.optimizer, rate, { guide: parameters });
    walk.optimizer = { ...next.state };
    parameters.set(addArrays({ guide: parameters }, next.updates).guide!);
  }
  return true;
}

/** Whether too many gradients in a row were no numbers. */
export const isLost = ({ inARow }: Walk): boolean => inARow >= PATIENCE;
export const lostSentence: string = `${PATIENCE} gradients in a row were no numbers`;
