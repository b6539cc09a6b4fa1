import type { Key } from '@mixtention/core';
import { cholesky, generator, lgamma, logSumExp, sampleGamma, split } from '@mixtention/core/numeric';
import { squaresFrom, type Weighted } from './normals.ts';

/** Mean and lower factor of the covariance of a multivariate t, and its share of the draws. */
type Component = { readonly share: number; readonly mean: Float64Array; readonly factor: Float64Array };

/** A mixture of multivariate t, one component or more. */
export type Proposal = readonly Component[];

/** Degrees of freedom of the components: tails heavier than a posterior's exponential ones. */
const DEGREES = 5;

/** Stretched so that its covariance is that of the moments. */
const SPREAD = Math.sqrt((DEGREES - 2) / DEGREES);

/** Steps of EM by which components are fitted to the draws of a round. */
const FITTED = 8;

/** Share of the covariance of all draws that every component's keeps: else one could shrink to a few draws of large weight. */
const KEPT = 1e-3;

/** Effective draws for each number of a mean, of which a component is made. */
const EACH = 10;

/** Moments of weighted draws; null where they lie in a plane. */
export function momentsOf(weighted: Weighted): Proposal | null {
  const d = weighted.draws[0]!.length;
  const weights = temper(weighted.logRatios, Math.min(weighted.draws.length / 4, Math.max(EACH * d, 100)));
  const made = moments(weighted.draws, weights);
  return made === null ? null : [made];
}

/** Most components that so many draws can tell apart. */
export const mostComponents = (draws: number, d: number): number => Math.floor(draws / 4 / (EACH * d));

/**
 * A mixture fitted to weighted draws by EM: of `count` normals, from draws that weights and distances choose, or from the components of the proposal before; components without draws are left out. Null where there are no two.
 */
export function mixtureOf(
  { draws, logRatios }: Weighted,
  before: Proposal | null,
  count: number,
  key: Key,
): Proposal | null {
  const d = draws[0]!.length;
  const due = EACH * d;
  const weights = temper(logRatios, Math.min(draws.length / 4, Math.max(count * due, 100)));
  const all = moments(draws, weights);
  if (all === null) return null;
  let parts: Proposal =
    before === null || before.length === 1
      ? centresOf(draws, weights, all, count, key).map((mean) => ({ share: 1 / count, mean, factor: all.factor }))
      : before;
  const shares = new Float64Array(draws.length);
  const effective = 1 / weights.reduce((total, w) => total + w * w, 0);
  for (let step = 0; step < FITTED; step++) {
    const logs = parts.map(({ share, mean, factor }) => {
      const at = logNormal(mean, factor);
      return draws.map((u) => Math.log(share) + at(u));
    });
    const totals = draws.map((_, s) => logSumExp(Float64Array.from(logs, (own) => own[s]!)));
    parts = logs.flatMap((own, k) => {
      let share = 0;
      for (let s = 0; s < shares.length; s++) {
        shares[s] = weights[s]! * Math.exp(own[s]! - totals[s]!);
        share += shares[s]!;
      }
      if (share * effective < due / 2) return [];
      const made = moments(
        draws,
        shares.map((x) => x / share),
        all.factor,
      );
      return made === null ? [parts[k]!] : [{ ...made, share }];
    });
    const sum = parts.reduce((total, { share }) => total + share, 0);
    parts = parts.map((part) => ({ ...part, share: part.share / sum }));
  }
  return parts.length < 2 ? null : parts;
}

/** The first by weight; each of the others by weight times squared distance to the nearest (k-means++), in the metric of all draws. */
function centresOf(
  draws: readonly Float64Array[],
  weights: Float64Array,
  { factor }: Component,
  count: number,
  key: Key,
): Float64Array[] {
  const random = generator(split(key, 'centres'));
  const chances = weights.slice();
  const nearest = new Float64Array(draws.length).fill(Number.POSITIVE_INFINITY);
  return Array.from({ length: count }, () => {
    let left = random.uniform() * chances.reduce((a, b) => a + b, 0);
    let at = 0;
    while (at < draws.length - 1 && (left -= chances[at]!) > 0) at++;
    const centre = draws[at]!;
    const squares = squaresFrom(centre, factor);
    draws.forEach((u, s) => {
      nearest[s] = Math.min(nearest[s]!, squares(u));
      chances[s] = weights[s]! * nearest[s]!;
    });
    return centre;
  });
}

function logDetOf(factor: Float64Array, d: number): number {
  let total = 0;
  for (let i = 0; i < d; i++) total += Math.log(factor[i * d + i]!);
  return total;
}

/** Up to a constant. */
function logNormal(mean: Float64Array, factor: Float64Array): (u: Float64Array) => number {
  const squares = squaresFrom(mean, factor);
  const logDet = logDetOf(factor, mean.length);
  return (u) => -0.5 * squares(u) - logDet;
}

function moments(draws: readonly Float64Array[], weights: Float64Array, within?: Float64Array): Component | null {
  const d = draws[0]!.length;
  const mean = new Float64Array(d);
  draws.forEach((u, s) => {
    for (let i = 0; i < d; i++) mean[i]! += weights[s]! * u[i]!;
  });
  const covariance = new Float64Array(d * d);
  draws.forEach((u, s) => {
    const w = weights[s]!;
    if (w < 1e-12) return;
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) covariance[i * d + j]! += w * (u[i]! - mean[i]!) * (u[j]! - mean[j]!);
  });
  if (within !== undefined)
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) {
        let shared = 0;
        for (let l = 0; l <= j; l++) shared += within[i * d + l]! * within[j * d + l]!;
        covariance[i * d + j]! += KEPT * shared;
      }
  const factor = new Float64Array(d * d);
  return cholesky(covariance, d, factor) < d ? null : { share: 1, mean, factor };
}

/** Weights of ratios raised to the largest power to 1 that leaves an effective number of draws. */
function temper(logRatios: Float64Array, due: number): Float64Array {
  const weightsAt = (power: number): Float64Array => {
    const logs = logRatios.map((x) => (Number.isFinite(x) ? power * x : Number.NEGATIVE_INFINITY));
    const total = logSumExp(logs);
    return logs.map((x) => Math.exp(x - total));
  };
  const effective = (weights: Float64Array): number => 1 / weights.reduce((total, w) => total + w * w, 0);
  let [low, high] = [0, 1];
  let weights = weightsAt(1);
  if (effective(weights) >= due) return weights;
  for (let i = 0; i < 30; i++) {
    const middle = 0.5 * (low + high);
    weights = weightsAt(middle);
    if (effective(weights) >= due) low = middle;
    else high = middle;
  }
  return weightsAt(low);
}

/** The same, so many times as wide. */
export const widened = (proposal: Proposal, by: number): Proposal =>
  proposal.map((part) => ({ ...part, factor: part.factor.map((x) => by * x) }));

/** Draws of a proposal, with log p − log q. */
export function drawFrom(
  proposal: Proposal,
  logDensity: (u: Float64Array) => number,
  key: Key,
  count: number,
): Weighted {
  const d = proposal[0]!.mean.length;
  const random = generator(key);
  const constant = lgamma((DEGREES + d) / 2) - lgamma(DEGREES / 2) - (d / 2) * Math.log(DEGREES * Math.PI);
  const parts = proposal.map(({ share, mean, factor }) => ({
    lead: Math.log(share) + constant - logDetOf(factor, d) - d * Math.log(SPREAD),
    squares: squaresFrom(mean, factor),
  }));
  const noise = new Float64Array(d);
  const logs = new Float64Array(parts.length);
  const logRatios = new Float64Array(count);
  const draws = Array.from({ length: count }, (_, s) => {
    const { mean, factor } = proposal.length === 1 ? proposal[0]! : chosen(proposal, random.uniform());
    const stretch = Math.sqrt(DEGREES / (2 * sampleGamma(random, DEGREES / 2)));
    let squares = 0;
    for (let i = 0; i < d; i++) {
      noise[i] = random.normal() * stretch;
      squares += noise[i]! ** 2;
    }
    const u = mean.map((m, i) => {
      let total = 0;
      for (let j = 0; j <= i; j++) total += factor[i * d + j]! * noise[j]!;
      return m + SPREAD * total;
    });
    for (const [k, part] of parts.entries()) {
      const far = parts.length === 1 ? squares : part.squares(u) / SPREAD ** 2;
      logs[k] = part.lead - ((DEGREES + d) / 2) * Math.log1p(far / DEGREES);
    }
    logRatios[s] = logDensity(u) - (parts.length === 1 ? logs[0]! : logSumExp(logs));
    return u;
  });
  return { draws, logRatios };
}

function chosen(proposal: Proposal, uniform: number): Component {
  let left = uniform;
  return proposal.find(({ share }) => (left -= share) < 0) ?? proposal.at(-1)!;
}
