import type { Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { type Shape, sizeOf } from '../graph/index.ts';
import type { Posterior } from '../model/index.ts';
import {
  drawNormal,
  type Found,
  importanceRounds,
  momentsOf,
  squaresFrom,
  type Weighted,
} from '../pathfinder/index.ts';
import { approximate, DOUBTFUL, heavyIn, isNearlyEqual, USABLE } from '../report/index.ts';
import type { SettledSvi } from './svi-options.ts';
import type { SviResult } from './svi-result.ts';

/** Most free numbers of which a proposal is learnt: it has a covariance. */
export const MOST_MENDED = 100;

type Told = ReturnType<typeof approximate>;

export type Mended = Told &
  Pick<SviResult, 'mended'> & {
    readonly evaluations: number;
    /** Gradients by which coordinates were chosen. */
    readonly gradients: number;
    /** Why the guide's weights are not believed, though its own k̂ allows them; else null. */
    readonly doubt: string | null;
  };

type Guided = {
  readonly target: Posterior | null;
  readonly reported: readonly { readonly name: string; readonly shape: Shape }[];
  readonly rows: readonly Float64Array[];
  readonly free: readonly Float64Array[];
  readonly logRatios: Float64Array;
  /** Normals that other paths of the start found. */
  readonly others?: readonly Found[] | undefined;
  /** Of a guide that draws values: the same draws in the coordinates that a normal is nearest in. */
  readonly moved?: (() => Moved) | undefined;
};

export type Moved = {
  readonly target: Posterior;
  readonly free: readonly Float64Array[];
  readonly gradients: number;
};

/** Share of the draws that weights are worth where the guide's draws are as good as the posterior's own. */
const ALIKE = 0.98;

/**
 * What is told of a guide whose k̂ forbids its weights, or of which one cannot be sure: a k̂ above ½ by some thousand draws may be a larger one, and draws that miss a part of the posterior know nothing of it, be it a tail or a mode that another path of
 * the start found. Rounds of importance sampling learn a proposal from all of these, and where theirs allows it (and is smaller, or their evidence larger), moments, draws and evidence are of those. Where it does not, and the guide's own k̂
 * is above ½ or its deviations rest on few draws, nothing is corrected. k̂ stays that of the guide.
 */
export function mend(told: Told, guided: Guided, root: Key, { rounds, resultDraws }: SettledSvi): Mended {
  const { target, reported, rows, free, logRatios, others = [] } = guided;
  const none = { ...told, mended: null, evaluations: 0, gradients: 0, doubt: null };
  if (target === null || rounds === 0 || target.dimension > MOST_MENDED) return none;
  if (!logRatios.some(Number.isFinite)) return none;
  const isEven = isNearlyEqual(told.effectiveDraws, logRatios);
  const isKnown = told.heavySites.length === 0 || told.effectiveDraws >= ALIKE * logRatios.length;
  const isSure = isKnown && told.corrected && (told.paretoK <= DOUBTFUL || (isEven && told.paretoK <= USABLE));
  const elsewhere = beyond(free, others).filter(({ bound }) => bound > told.logEvidence - LEAST);
  if (isSure && elsewhere.length === 0) return none;
  const at = (elsewhere.length === 0 ? guided.moved?.() : undefined) ?? { target, free, gradients: 0 };
  const { gradients } = at;
  const first = joined({ draws: at.free, logRatios }, elsewhere, target, root);
  const learnt = importanceRounds(first, at.target.logDensity, split(root, 'mend'), {
    rounds,
    draws: resultDraws,
    values: at.target.values,
    atLeast: Math.min(1, elsewhere.length),
  });
  const evaluations = learnt.evaluations + first.draws.length - free.length;
  const { paretoK, apart } = learnt;
  const pick = picker(target.reported, reported);
  const better = approximate(
    reported,
    { rows: learnt.rows.map(pick), logRatios: learnt.logRatios, smoothed: learnt, apart: apart && pick(apart) },
    root,
  );
  const isMore =
    better.logEvidence - told.logEvidence >
    4 * Math.hypot(better.logEvidenceStandardError, told.logEvidenceStandardError);
  const isBetter =
    !told.corrected ||
    isMore ||
    (!(isEven && isKnown) &&
      (paretoK < told.paretoK ||
        better.heavySites.length < told.heavySites.length ||
        (!isKnown && apart !== undefined)));
  if (learnt.rounds > 0 && better.corrected && isBetter) {
    const mended = { rounds: learnt.rounds, paretoK };
    return { ...better, paretoK: told.paretoK, mended, evaluations, gradients, doubt: null };
  }
  const doubt =
    elsewhere.length > 0
      ? 'another path of the start found a part of the posterior that the guide does not reach'
      : paretoK > USABLE && !(isEven && isKnown)
        ? `wider draws have k̂ ${paretoK.toFixed(2)}: the guide may miss a part of the posterior`
        : null;
  const left = { ...none, evaluations, gradients };
  if (!told.corrected || doubt === null) return left;
  return { ...left, ...approximate(reported, { rows, logRatios, isTrusted: false }, root), doubt };
}

/** Nats by which a mode that is left out may lie below the evidence: less than a hundredth of it. */
const LEAST = 5;

/** Normals whose middle is farther from that of the draws than all of these are, in their metric. */
function beyond(draws: readonly Float64Array[], others: readonly Found[]): readonly Found[] {
  if (others.length === 0) return [];
  const own = momentsOf({ draws, logRatios: new Float64Array(draws.length) })?.[0];
  if (own === undefined) return [];
  const squares = squaresFrom(own.mean, own.factor);
  const farthest = draws.reduce((most, u) => Math.max(most, squares(u)), 0);
  return others.filter(({ mean }) => squares(mean) > farthest);
}

/** Draws of the guide and of normals elsewhere together, as parts of one posterior that do not overlap. */
function joined(own: Weighted, elsewhere: readonly Found[], target: Posterior, root: Key): Weighted {
  if (elsewhere.length === 0) return own;
  const count = own.draws.length;
  const parts = [
    own,
    ...elsewhere.map((normal, i) => drawNormal(normal, target.logDensity, split(root, 'elsewhere', i), count)),
  ];
  return {
    draws: parts.flatMap(({ draws }) => draws),
    logRatios: Float64Array.from(parts.flatMap(({ logRatios }) => [...logRatios])),
  };
}

/** Takes the values of some sites from those of all. */
function picker(all: Guided['reported'], some: Guided['reported']): (values: Float64Array) => Float64Array {
  if (all.length === some.length) return (values) => values;
  const names = new Set(some.map(({ name }) => name));
  const places: number[] = [];
  let start = 0;
  for (const { name, shape } of all) {
    const size = sizeOf(shape);
    if (names.has(name)) for (let i = 0; i < size; i++) places.push(start + i);
    start += size;
  }
  return (values) => Float64Array.from(places, (place) => values[place]!);
}

/** How far a result is to be believed after it. */
export function mendedIn(result: Pick<Mended, 'mended' | 'paretoK' | 'doubt' | 'heavySites'>, told: string): string {
  const { mended, paretoK, doubt } = result;
  const k = `k̂ is ${paretoK.toFixed(2)}`;
  if (doubt !== null) return `${k}, but ${doubt}: moments are not corrected`;
  if (mended === null) return told;
  const above =
    paretoK > USABLE
      ? `, above ${USABLE}`
      : paretoK > DOUBTFUL
        ? `, above ${DOUBTFUL}`
        : ', but the guide misses a part of the posterior';
  return `${k}${above}: moments, draws and evidence are not the guide's, but of importance sampling that learnt from it in ${mended.rounds} round${mended.rounds === 1 ? '' : 's'} (k̂ ${mended.paretoK.toFixed(2)})${heavyIn(result)}`;
}
