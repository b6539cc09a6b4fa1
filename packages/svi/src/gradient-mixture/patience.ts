import type { Precision } from '@mixtention/core';
import { noPlateauYet, type Plateau, watchPlateau } from '../stopping/plateau.ts';
import { type Mark, noMark, standstill } from '../stopping/standstill.ts';

/** What the stopping rule has seen; plain data. */
export type Patience = {
  readonly mark: Mark;
  readonly best: Mark;
  readonly plateau: Plateau;
  /** What it was seen in; empty before the first step. */
  readonly precision: Precision | '';
};

/** Before the first step. */
export const unworn: Patience = { mark: noMark, best: noMark, plateau: noPlateauYet, precision: '' };

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
 * - Full batch: converged when the objective moved by less than `tolerance` per step and unit of weight, or by no more than rounding, over `window`
 *   steps; lost when its best lies four windows back and it has stayed a thousandth of a nat per unit of weight below. Where float32 is coarse,
 *   neither is believed: a standstill, or a window without a new best, asks for float64, in which all is judged anew.
 * - Minibatch: when the mean over windows came to a standstill six times, the learning rate halved after each; see `watchPlateau`.
 */
export function patience(before: Patience, setting: Setting): Worn {
  const { tolerance, window, batches } = setting.config;
  const band = tolerance * setting.weight * window;
  if (batches === 1) return ofFullBatch(before, setting, Math.max(band, setting.rounding));
  const plateau = watchPlateau(before.plateau, setting.objective, { window, tolerance: band });
  const isOver = plateau.standstills >= MOST_STANDSTILLS;
  const rateFactor = 0.5 ** plateau.standstills;
  return { patience: { ...before, plateau }, rateFactor, ...(isOver && { outcome: 'converged' }) };
}

function ofFullBatch(then: Patience, setting: Setting, band: number): Worn {
  const { step, objective, config, precision } = setting;
  // Objectives of two precisions are not compared.
  const before = then.precision === precision ? then : { ...unworn, precision };
  const { mark, still } = standstill(before.mark, step, objective, { band, window: config.window });
  const best = objective > before.best.objective ? { objective, step } : before.best;
  const outcome = outcomeOf(setting, best, still);
  return { patience: { ...before, mark, best }, rateFactor: 1, ...(outcome !== undefined && { outcome }) };
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
