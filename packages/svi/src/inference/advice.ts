import type { Overview } from '../model/index.ts';
import type { Discrete } from './objective.ts';
import type { SettledSvi } from './svi-options.ts';
import type { SviResult } from './svi-result.ts';

/** How discrete latents were treated, whether nobody asked for it, and why they were not summed out. */
export type Treatment = { readonly discrete: Discrete; readonly isUnasked?: true; readonly why?: string };

type Known = {
  readonly settled: Pick<SettledSvi, 'guide' | 'draws' | 'steps' | 'discrete' | 'nonCentred' | 'around'>;
  readonly seen: Overview;
  readonly dimension: number;
  readonly chosen: Treatment | null;
};

/** Free numbers to which a full covariance is taken by default. */
const MOST = 64;

/** What a message adds for whoever is to go on from there: the treatment that was chosen, latents that do nothing, and ways out where the result is not to be believed. */
export function adviceOn(
  { status, corrected, nonCentred }: Pick<SviResult, 'status' | 'corrected' | 'nonCentred'>,
  { settled, seen, dimension, chosen }: Known,
): string[] {
  const said = chosen === null ? [] : treated(chosen);
  const isPoint = settled.guide.isPoint === true;
  const isDoubtful = !isPoint && (!corrected || status !== 'converged');
  const centred = areChosen(settled, chosen) ? [] : stillCentred(seen, nonCentred);
  return [...said, ...idle(seen), ...(isDoubtful ? waysOut(settled, centred, dimension, corrected) : [])];
}

function treated({ discrete, isUnasked, why }: Treatment): string[] {
  if (isUnasked === undefined) return [];
  if (discrete === 'summed-out') return ['discrete latents were summed out'];
  return [`discrete latents were moved by their scores, not summed out: ${why}`];
}

/** Most sites that a message names. */
const NAMED = 3;

function idle({ idle: sites }: Overview): string[] {
  if (sites.length === 0) return [];
  const names = sites.slice(0, NAMED).map((name) => `"${name}"`);
  const more = sites.length > NAMED ? ` and ${sites.length - NAMED} more` : '';
  return [
    `nothing that is observed depends on ${names.join(', ')}${more} (if, ?: and === do not see a latent; where(less(a, b), …) and take(x, z) do)`,
  ];
}

/** Whether coordinates were chosen by their bounds: what these were against is no way out. */
function areChosen({ guide, discrete, nonCentred, around }: Known['settled'], chosen: Treatment | null): boolean {
  const isAsked = nonCentred !== undefined || around !== undefined;
  return !isAsked && guide.inValues !== true && (chosen === null || discrete === 'summed-out');
}

/** Latents as wide as another one says, in coordinates of their own. */
const stillCentred = ({ centred }: Overview, nonCentred: readonly string[]): Overview['centred'] =>
  centred.filter(({ site }) => !nonCentred.includes(site));

function waysOut(
  { guide, draws }: Known['settled'],
  [funnel]: Overview['centred'],
  dimension: number,
  corrected: boolean,
): string[] {
  const spelling =
    funnel === undefined
      ? []
      : [`nonCentred: ["${funnel.site}"], since "${funnel.site}" is as wide as "${funnel.width}" says`];
  const wider = corrected ? [] : widerThan(guide.name, dimension, draws);
  return [...spelling, ...wider].length === 0 ? [] : [`to try: ${[...spelling, ...wider].join('; or ')}`];
}

/** Guides that hold more than this one. */
function widerThan(name: string, dimension: number, draws: number): string[] {
  if (name === 'autoNormal' && dimension <= MOST) return [`guide "autoMultivariateNormal", which has correlations`];
  if (name === 'autoNormal') return ['guide autoLowRank({ rank: 5 }), which has some correlations'];
  if (name === 'autoCoupling' || name === 'written')
    return [`more than ${draws} draws a step, or pathfinder as a second opinion`];
  return ['guide "autoCoupling" with draws: 4, which bends; or pathfinder as a second opinion'];
}
