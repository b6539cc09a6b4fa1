import type { Precision } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { noPlateau, type Plateau, standstillSentence, watchPlateau } from '../stopping/plateau.ts';
import { noSwing, type Swing, watchSwing } from '../stopping/swing.ts';

/** An objective and the step at which it was met; plain data. */
export type Mark = { readonly objective: number; readonly step: number };

/** What the stopping rule has seen; plain data. */
export type Patience = {
  readonly swing: Swing;
  readonly best: Mark;
  readonly plateau: Plateau;
  /** What it was seen in; empty before the first step. */
  readonly precision: Precision | '';
};

/** Before the first step; full batches have no plateau. */
export function unworn({ window, batches }: Pick<Setting['config'], 'window' | 'batches'>): Patience {
  const best = { objective: Number.NEGATIVE_INFINITY, step: 0 };
  return { swing: noSwing, best, plateau: noPlateau(batches === 1 ? 0 : window), precision: '' };
}

/** After one in another precision, whose objectives are compared with none of this one: windows begin anew, and the last standstill is looked for again. */
function takenUp({ plateau }: Patience, { precision, config }: Setting): Patience {
  const begun = unworn(config);
  const standstills = Math.min(plateau.standstills, MOST_STANDSTILLS - 1);
  return { ...begun, precision, plateau: { ...begun.plateau, standstills } };
}

/** A minibatch fit halves its learning rate at each standstill and ends at the sixth, at a 32nd of the rate. */
const MOST_STANDSTILLS = 6;
/** A fit that has been this far below its best, per unit of weight, for this many windows has lost its way. */
const LOST = 1e-3;
const LOST_WINDOWS = 4;

/** What is left of patience after a step. */
export type Worn = {
  readonly patience: Patience;
  /** What the learning rate is multiplied by. */
  readonly rateFactor: number;
  /** Over, one way or the other; or `coarse`: float32 shows no more, go on in float64. */
  readonly outcome?: 'converged' | 'lost' | 'coarse';
  /** What was tested, where it has converged. */
  readonly because?: string;
};

type Setting = {
  readonly step: number;
  readonly objective: number;
  /** Σ w */
  readonly weight: number;
  /** Nats by which the objective moves though nothing has changed. */
  readonly rounding: number;
  /** Whether float64 would show what float32 does not. */
  readonly isCoarse: boolean;
  readonly precision: Precision;
  readonly config: { readonly tolerance: number; readonly window: number; readonly batches: number };
};

/**
 * When a gradient fit is over.
 *
 * - Full batch: converged when no more than `tolerance` per unit of weight is left of the swings of the objective, by the rate at which they die away from one window to the
 *   next, or when it moves by no more than rounding over a window; lost when its best lies four windows back and it has stayed a thousandth of a nat per unit of weight below. Where float32 is coarse,
 *   neither is believed: a standstill, or a window without a new best, asks for float64, in which all is judged anew.
 * - Minibatch: when the mean over windows came to a standstill six times, the learning rate halved after each; see `watchPlateau`. The loop has the last of them looked for in float64.
 */
export function patience(then: Patience, setting: Setting): Worn {
  const { tolerance, batches } = setting.config;
  const before = then.precision === setting.precision ? then : takenUp(then, setting);
  const least = tolerance * setting.weight;
  if (batches === 1) return ofFullBatch(before, setting, least);
  const plateau = watchPlateau(before.plateau, setting.objective, least);
  const isOver = plateau.standstills >= MOST_STANDSTILLS;
  const rateFactor = 0.5 ** plateau.standstills;
  const end = isOver && { outcome: 'converged' as const, because: standstillSentence(plateau) };
  return { patience: { ...before, plateau }, rateFactor, ...end };
}

function ofFullBatch(before: Patience, setting: Setting, least: number): Worn {
  const { step, objective, config, precision } = setting;
  const { swing, width, left } = watchSwing(before.swing, objective, config.window);
  const isLevel = width <= setting.rounding;
  const still = isLevel || left <= least;
  const best = objective > before.best.objective ? { objective, step } : before.best;
  const outcome = outcomeOf(setting, best, still);
  const because = isLevel ? levelSentence(precision, config.window) : SWINGS;
  return { patience: { ...before, swing, best }, rateFactor: 1, ...(outcome !== undefined && { outcome, because }) };
}

const SWINGS = 'by the rate at which the swings of the objective die away, no more than the tolerance is left of them';

function levelSentence(precision: Precision, window: number): string {
  return `over ${counted(window, 'step')} the objective moves by no more than the rounding of ${precision}; what is left to gain below that was not tested`;
}

function outcomeOf(
  { step, objective, weight, isCoarse, config }: Setting,
  best: Mark,
  still: boolean,
): Worn['outcome'] {
  const stale = step - best.step;
  if (isCoarse) return still || stale >= config.window ? 'coarse' : undefined;
  if (stale >= LOST_WINDOWS * config.window && objective < best.objective - LOST * weight) return 'lost';
  return still ? 'converged' : undefined;
}

/** The least number of steps from `window` on that is whole epochs: steps of two such windows can see the same rows, pair by pair. */
export function wholeEpochs(window: number, batches: number): number {
  return batches * Math.ceil(window / batches);
}
