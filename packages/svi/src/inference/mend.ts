import type { Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { type Shape, sizeOf } from '../graph/index.ts';
import type { Posterior } from '../model/index.ts';
import { importanceRounds } from '../pathfinder/index.ts';
import { approximate, DOUBTFUL, heavyIn, isNearlyEqual, USABLE } from '../report/index.ts';
import type { SettledSvi } from './svi-options.ts';
import type { SviResult } from './svi-result.ts';

/** Most free numbers of which a proposal is learnt: it has a covariance. */
const MOST = 100;

type Told = ReturnType<typeof approximate>;

export type Mended = Told &
  Pick<SviResult, 'mended'> & {
    readonly evaluations: number;
    /** k̂ of the widest draws, where the guide's own between ½ and 0.7 was not bettered; else null. */
    readonly widest: number | null;
  };

type Guided = {
  readonly target: Posterior | null;
  readonly reported: readonly { readonly name: string; readonly shape: Shape }[];
  readonly free: readonly Float64Array[];
  readonly logRatios: Float64Array;
};

/**
 * What is told of a guide whose k̂ forbids its weights, or of which one cannot be sure: a k̂ above ½ by some thousand draws may be a larger one. Rounds of importance sampling learn a proposal from its draws, and where theirs allows
 * it (and is smaller), moments, draws and evidence are of those. k̂ stays that of the guide.
 */
export function mend(
  told: Told,
  { target, reported, free, logRatios }: Guided,
  root: Key,
  { rounds, resultDraws }: SettledSvi,
): Mended {
  const none = { ...told, mended: null, evaluations: 0, widest: null };
  const isKnown = told.heavySites.length === 0;
  const isSure =
    isKnown && told.corrected && (told.paretoK <= DOUBTFUL || isNearlyEqual(told.effectiveDraws, logRatios));
  if (isSure || target === null || rounds === 0 || target.dimension > MOST) return none;
  if (!logRatios.some(Number.isFinite)) return none;
  const learnt = importanceRounds({ draws: free, logRatios }, target.logDensity, split(root, 'mend'), {
    rounds,
    draws: resultDraws,
    values: target.values,
  });
  const { evaluations, paretoK, apart } = learnt;
  const left = { ...none, evaluations, widest: told.corrected ? paretoK : null };
  if (learnt.rounds === 0) return left;
  const pick = picker(target.reported, reported);
  const rows = learnt.rows.map(pick);
  const better = approximate(
    reported,
    { rows, logRatios: learnt.logRatios, smoothed: learnt, apart: apart && pick(apart) },
    root,
  );
  const isBetter =
    !told.corrected ||
    paretoK < told.paretoK ||
    better.heavySites.length < told.heavySites.length ||
    (!isKnown && apart !== undefined) ||
    better.logEvidence - told.logEvidence >
      4 * Math.hypot(better.logEvidenceStandardError, told.logEvidenceStandardError);
  if (!(better.corrected && isBetter)) return left;
  const mended = { rounds: learnt.rounds, paretoK };
  return { ...better, paretoK: told.paretoK, mended, evaluations, widest: null };
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
export function mendedIn(result: Pick<Mended, 'mended' | 'paretoK' | 'widest' | 'heavySites'>, told: string): string {
  const { mended, paretoK, widest } = result;
  if (mended !== null) {
    const above =
      paretoK > USABLE
        ? `, above ${USABLE}`
        : paretoK > DOUBTFUL
          ? `, above ${DOUBTFUL}`
          : ', but the guide misses a part of the posterior';
    return `k̂ is ${paretoK.toFixed(2)}${above}: moments, draws and evidence are not the guide's, but of importance sampling that learnt from it in ${mended.rounds} round${mended.rounds === 1 ? '' : 's'} (k̂ ${mended.paretoK.toFixed(2)})${heavyIn(result)}`;
  }
  if (widest !== null && widest > USABLE)
    return `${told}; but wider draws have k̂ ${widest.toFixed(2)}: the guide may miss a part of the posterior, and its k̂ with it`;
  return told;
}
