import { noPlateauYet, type Plateau, watchPlateau } from '../stopping/plateau.ts';
import { type GainMark, noGainYet, stalled } from '../stopping/stalled.ts';

/** What the stopping rule has seen; plain data. */
export type Patience = { readonly mark: GainMark; readonly plateau: Plateau };

/** Before the first step. */
export const unworn: Patience = { mark: noGainYet, plateau: noPlateauYet };

/** A minibatch fit halves its learning rate at each standstill and ends at the sixth, at a 32nd of the rate. */
const MOST_STANDSTILLS = 6;
/** A fit that stands still lower than this below its best, per unit of weight, swings about: its learning rate is too high. */
const LOST = 1e-3;

/** What is left of patience after a step. */
export type Worn = {
  readonly patience: Patience;
  /** What the learning rate is multiplied by. */
  readonly rateFactor: number;
  readonly status?: 'converged' | 'diverged';
};

/**
 * When a gradient fit is over.
 *
 * Full batch: when its best objective gained less than `tolerance` per step and unit of weight over `window` steps; converged if the objective
 * is there, diverged if it has fallen off.
 * Minibatch: when its windowed mean came to a standstill six times, the learning rate halved after each; see `watchPlateau`.
 */
export function patience(
  before: Patience,
  {
    step,
    objective,
    weight,
    config,
  }: {
    readonly step: number;
    readonly objective: number;
    readonly weight: number;
    readonly config: { readonly tolerance: number; readonly window: number; readonly fraction: number };
  },
): Worn {
  const { tolerance, window, fraction } = config;
  const least = tolerance * weight * window;
  if (fraction < 1) {
    const plateau = watchPlateau(before.plateau, objective, { window, tolerance: least });
    const rateFactor = 0.5 ** plateau.standstills;
    const isOver = plateau.standstills >= MOST_STANDSTILLS;
    return { patience: { ...before, plateau }, rateFactor, ...(isOver && { status: 'converged' }) };
  }
  const { mark, stop } = stalled(before.mark, step, objective, { least, window });
  const hasFallen = objective < mark.objective - Math.max(least, LOST * weight);
  return {
    patience: { ...before, mark },
    rateFactor: 1,
    ...(stop && { status: hasFallen ? 'diverged' : 'converged' }),
  };
}
