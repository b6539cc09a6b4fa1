import { noPlateauYet, type Plateau, watchPlateau } from '../stopping/plateau.ts';
import { type Mark, noMark, standstill } from '../stopping/standstill.ts';

/** What the stopping rule has seen; plain data. */
export type Patience = { readonly mark: Mark; readonly best: Mark; readonly plateau: Plateau };

/** Before the first step. */
export const unworn: Patience = { mark: noMark, best: noMark, plateau: noPlateauYet };

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
  readonly status?: 'converged' | 'diverged';
};

type Setting = {
  readonly step: number;
  readonly objective: number;
  /** Σ w */
  readonly weight: number;
  readonly config: { readonly tolerance: number; readonly window: number; readonly fraction: number };
};

/**
 * When a gradient fit is over.
 *
 * - Full batch: converged when the objective moved by less than `tolerance` per step and unit of weight over `window` steps; diverged when its best
 *   lies four windows back and it has stayed a thousandth of a nat per unit of weight below.
 * - Minibatch: when the mean over windows came to a standstill six times, the learning rate halved after each; see `watchPlateau`.
 */
export function patience(before: Patience, setting: Setting): Worn {
  const { tolerance, window, fraction } = setting.config;
  const band = tolerance * setting.weight * window;
  if (fraction === 1) return ofFullBatch(before, setting, band);
  const plateau = watchPlateau(before.plateau, setting.objective, { window, tolerance: band });
  const isOver = plateau.standstills >= MOST_STANDSTILLS;
  const rateFactor = 0.5 ** plateau.standstills;
  return { patience: { ...before, plateau }, rateFactor, ...(isOver && { status: 'converged' }) };
}

function ofFullBatch(before: Patience, { step, objective, weight, config }: Setting, band: number): Worn {
  const { window } = config;
  const { mark, still } = standstill(before.mark, step, objective, { band, window });
  const best = objective > before.best.objective ? { objective, step } : before.best;
  const isLost = step - best.step >= LOST_WINDOWS * window && objective < best.objective - LOST * weight;
  const status = isLost ? 'diverged' : still ? 'converged' : undefined;
  return { patience: { ...before, mark, best }, rateFactor: 1, ...(status !== undefined && { status }) };
}
