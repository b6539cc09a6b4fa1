import type { Key } from '@mixtention/core';
import { cholesky, generator, lgamma, logSumExp, sampleGamma, split } from '@mixtention/core/numeric';
import { type Psis, psis } from '../psis/index.ts';

/** Draws with the logarithms of their importance ratios. */
export type Weighted = { readonly draws: readonly Float64Array[]; readonly logRatios: Float64Array };

export type RoundsOptions = { readonly rounds: number; readonly draws: number };

/** What is drawn last is wider than the proposal that was learnt, by these over √D. */
const WIDER = [1, 1.5] as const;

/** Degrees of freedom of the proposals: tails heavier than a posterior's exponential ones. */
const DEGREES = 5;

/**
 * Importance sampling that learns its proposal: a multivariate t with the mean and covariance that the last weighted draws have, as often as it helps.
 *
 * Where few draws carry the weight, ratios are raised to a power below 1, so that the moments rest on 10·D draws or more; the round after comes closer. Ends
 * when k̂ is at most ½, or rounds run out.
 *
 * The smallest k̂ of several leans low, and that of draws which miss a part of the posterior knows nothing of it (the neck and the mouth of a funnel). So the proposal of the best
 * round is made 1 + 1/√D times as wide, and the result is drawn from it afresh; k̂ is the worst of that and of still wider draws (1 + 1.5/√D): tails get lighter so
 * where all of the posterior is covered, and heavier where more of it comes to light.
 *
 * Cost: `draws` densities and D²·draws multiplications a round, and two rounds more.
 * Source: Cappé, Douc, Guillin, Marin & Robert (2008), Adaptive importance sampling in general mixture classes; tempering as Koblents & Míguez (2015).
 */
export function importanceRounds(
  first: Weighted,
  logDensity: (u: Float64Array) => number,
  key: Key,
  { rounds, draws }: RoundsOptions,
): Weighted & Psis & { readonly rounds: number; readonly evaluations: number } {
  let best = { ...first, ...psis(first.logRatios), rounds: 0 };
  if (rounds === 0) return { ...best, evaluations: 0 };
  let current: Weighted = first;
  let round = 0;
  while (round < rounds && !(best.paretoK <= 0.5)) {
    const proposal = momentsOf(current);
    if (proposal === null) break;
    current = drawFrom(proposal, logDensity, split(key, 'round', ++round), draws);
    const told = psis(current.logRatios);
    if (told.paretoK < best.paretoK) best = { ...current, ...told, rounds: round };
  }
  const last = momentsOf(best);
  const evaluations = (round + (last === null ? 0 : WIDER.length)) * draws;
  if (last === null) return { ...best, evaluations };
  const fresh = WIDER.map((by, i) => {
    const width = 1 + by / Math.sqrt(last.mean.length);
    const wide = { mean: last.mean, factor: last.factor.map((x) => width * x) };
    const drawn = drawFrom(wide, logDensity, split(key, 'wide', i), draws);
    return { ...drawn, ...psis(drawn.logRatios), rounds: best.rounds };
  });
  const kept = best.rounds === 0 ? best : fresh[0]!;
  return { ...kept, paretoK: Math.max(kept.paretoK, ...fresh.map(({ paretoK }) => paretoK)), evaluations };
}

type Moments = { readonly mean: Float64Array; readonly factor: Float64Array };

function momentsOf({ draws, logRatios }: Weighted): Moments | null {
  const d = draws[0]!.length;
  const weights = temper(logRatios, Math.min(draws.length / 4, Math.max(10 * d, 100)));
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
  const factor = new Float64Array(d * d);
  return cholesky(covariance, d, factor) < d ? null : { mean, factor };
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

function drawFrom(
  { mean, factor }: Moments,
  logDensity: (u: Float64Array) => number,
  key: Key,
  count: number,
): Weighted {
  const d = mean.length;
  const random = generator(key);
  let logDet = 0;
  for (let i = 0; i < d; i++) logDet += Math.log(factor[i * d + i]!);
  // Stretched so that its covariance is that of the moments.
  const spread = Math.sqrt((DEGREES - 2) / DEGREES);
  const constant =
    lgamma((DEGREES + d) / 2) -
    lgamma(DEGREES / 2) -
    (d / 2) * Math.log(DEGREES * Math.PI) -
    logDet -
    d * Math.log(spread);
  const noise = new Float64Array(d);
  const logRatios = new Float64Array(count);
  const draws = Array.from({ length: count }, (_, s) => {
    const stretch = Math.sqrt(DEGREES / (2 * sampleGamma(random, DEGREES / 2)));
    let squares = 0;
    for (let i = 0; i < d; i++) {
      noise[i] = random.normal() * stretch;
      squares += noise[i]! ** 2;
    }
    const u = mean.map((m, i) => {
      let total = 0;
      for (let j = 0; j <= i; j++) total += factor[i * d + j]! * noise[j]!;
      return m + spread * total;
    });
    logRatios[s] = logDensity(u) - (constant - ((DEGREES + d) / 2) * Math.log1p(squares / DEGREES));
    return u;
  });
  return { draws, logRatios };
}
