import { addArrays, type Optimizer, optimizerNamed } from '@mixtention/core/optimize';
import { NATURAL } from './natural.ts';
import type { Slope, Walk } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';

/** Gradients in a row that may be no numbers. */
const PATIENCE = 50;

/** Decay of the running means of what scored draws are worth, against which they are measured. */
const BASELINE = 0.9;

/** How many times as long as most a gradient may be; longer ones are shortened to that: a draw from far out would throw a guide away, and fill an optimizer's memory for thousands of steps. */
const LONGEST = 10;
/** By what the length that half of the gradients exceed is followed. */
const FOLLOWED = 1.05;

/** A walk that begins. */
export function walkFrom(begin: Float64Array, baselines: number, { optimizer }: SettledSvi): Walk {
  const parameters = Float64Array.from(begin);
  return {
    parameters,
    optimizer: { ...ruleOf(optimizer).init({ guide: parameters }) },
    taken: 0,
    passedOver: 0,
    inARow: 0,
    typical: 0,
    baseline: new Float64Array(baselines),
  };
}

export function ruleOf(named: SettledSvi['optimizer']): Optimizer {
  if (named === 'natural') return NATURAL;
  return typeof named === 'string' ? optimizerNamed(named, 'svi/svi') : named;
}

/** One step; a gradient that is no number moves nothing. */
export function stepAlong(walk: Walk, { value, gradient, worth }: Slope, rate: number, rule: Optimizer): boolean {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  walk.taken++;
  if (!(Number.isFinite(value) && Number.isFinite(squares))) {
    walk.passedOver++;
    walk.inARow++;
    return false;
  }
  walk.inARow = 0;
  const { baseline, parameters } = walk;
  for (let i = 0; i < baseline.length; i++) baseline[i] = BASELINE * baseline[i]! + (1 - BASELINE) * worth[i]!;
  if (rule.name !== NATURAL.name) shorten(walk, gradient, Math.sqrt(squares));
  if (rule.advance !== undefined) rule.advance({ guide: parameters }, { guide: gradient }, walk.optimizer, rate);
  else {
    const next = rule.update({ guide: gradient }, walk.optimizer, rate, { guide: parameters });
    walk.optimizer = { ...next.state };
    parameters.set(addArrays({ guide: parameters }, next.updates).guide!);
  }
  return true;
}

function shorten(walk: Walk, gradient: Float64Array, length: number): void {
  if (walk.typical === 0) walk.typical = length;
  const most = LONGEST * walk.typical;
  if (length > most) for (let i = 0; i < gradient.length; i++) gradient[i]! *= most / length;
  walk.typical *= length > walk.typical ? FOLLOWED : 1 / FOLLOWED;
}

/** Goes on from other parameters, without what the optimizer remembers. */
export function startFrom(walk: Walk, from: Float64Array, rule: Optimizer): void {
  walk.parameters.set(from);
  walk.optimizer = { ...rule.init({ guide: walk.parameters }) };
}

/** Whether too many gradients in a row were no numbers. */
export const isLost = ({ inARow }: Walk): boolean => inARow >= PATIENCE;
export const lostSentence: string = `${PATIENCE} gradients in a row were no numbers`;
