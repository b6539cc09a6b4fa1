import type { Key } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { cholesky, generator, invertLower, split } from '@mixtention/core/numeric';
import type { Optimizer } from '@mixtention/core/optimize';
import type { Around, Guide } from '../guides/index.ts';
import type { Posterior } from '../model/index.ts';
import type { Parameter } from './objective.ts';
import type { Slope, Walk } from './run-state.ts';

/** Difference of gradients for curvature, in deviations of the guide. */
const STEP = 1e-3;
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** Farthest that a step below rate 1 is taken for: gradients in deviations, and curvatures beside 1. Draws from a heavy tail would throw the guide away. */
const FARTHEST = 10;
const within = (length: number, rate: number): number => (rate >= 1 || length <= FARTHEST ? 1 : FARTHEST / length);

/** Steps of natural gradient: what is collected at a walk's parameters, and the rule that moves them by it. */
export type NaturalSteps = {
  readonly slopeAt: (walk: Walk) => Slope;
  readonly rule: Optimizer;
};

/** Gradients that a draw takes: of itself and its mirror image, and those of curvature. */
export const gradientsPerDraw = ({ normal }: Guide, dimension: number): number =>
  normal === 'full' ? 2 + 2 * dimension : 4;

type Given = {
  readonly target: Posterior;
  readonly guide: Guide;
  readonly around: Around;
  readonly parameters: readonly Parameter[];
  readonly key: Key;
  readonly draws: number;
};

/**
 * The natural gradient of the bound of a normal guide N(m, S), which is the gradient by its natural parameters in the metric of its Fisher information:
 *
 *     S⁻¹ ← (1 − ρ) S⁻¹ + ρ E[−∇² log p(u)]      m ← m + ρ S E[∇ log p(u)], with the new S
 *
 * both expectations over the guide, by draws u and their mirror images about m, curvatures by differences of gradients (of independent numbers along a random direction of signs). What a normal posterior has
 * is the same at every draw, so that a step at ρ = 1 lands on it. A precision that would lose more than half of what the step leaves of it is moved by I + G + ½G² in
 * place of I + G, G = ρ(S^½ E[−∇² log p] S^½ − I), which is positive definite whatever was drawn.
 *
 * Source: Khan & Lin (2017), Conjugate-computation variational inference; Opper & Archambeau (2009) for the expectations; Lin, Schmidt & Khan (2020), Handling the positive-definite constraint in the Bayesian
 * learning rule, for the last.
 */
export function naturalSteps(given: Given): NaturalSteps {
  return given.guide.normal === 'full' ? ofFull(given) : ofIndependent(given);
}

/** A rule that is known by its name, until there is a guide that it moves. */
export const NATURAL: Optimizer = {
  name: 'natural',
  init: () => ({ step: 0, memory: {} }),
  update: () => fail('svi/svi', 'BAD_OPTION', 'natural-gradient steps belong to a guide'),
};

type Advance = (parameters: Float64Array, slope: Float64Array, rate: number) => void;

const ruleThat = (advance: Advance): Optimizer => ({
  ...NATURAL,
  advance: ({ guide }, { guide: slope }, _, rate) => advance(guide!, slope!, rate),
});

type Collect = (
  walk: Walk,
  draw: { readonly noise: Float64Array; readonly signs: () => Float64Array },
  slope: Slope,
) => void;

/** Means over draws of a step, whose noise is that of the step's number. */
const collecting =
  ({ key, draws, target: { dimension } }: Given, collect: Collect) =>
  (walk: Walk): Slope => {
    const random = generator(split(key, 'natural', walk.taken));
    const slope: Slope = { value: 0, gradient: new Float64Array(walk.parameters.length), worth: new Float64Array(0) };
    for (let s = 0; s < draws; s++) {
      const noise = Float64Array.from({ length: dimension }, () => random.normal());
      const signs = (): Float64Array => noise.map(() => (random.uniform() < 0.5 ? -1 : 1));
      collect(walk, { noise, signs }, slope);
    }
    slope.value /= draws;
    for (let i = 0; i < slope.gradient.length; i++) slope.gradient[i]! /= draws;
    return slope;
  };

/** ∇ log p by noise at u = c + A(noise), and log p. */
type At = (noise: Float64Array, gradient: Float64Array) => number;

/** Mean gradient of a draw and its mirror image, and their mean height. */
function mirrored(at: At, noise: Float64Array): { readonly value: number; readonly mean: Float64Array } {
  const [one, other] = [new Float64Array(noise.length), new Float64Array(noise.length)];
  const value =
    (at(noise, one) +
      at(
        noise.map((e) => -e),
        other,
      )) /
    2;
  return { value, mean: one.map((g, i) => (g + other[i]!) / 2) };
}

/** −∇² log p times a direction, by noise. */
function curvatureAlong(at: At, noise: Float64Array, direction: Float64Array): Float64Array {
  const [up, down] = [new Float64Array(noise.length), new Float64Array(noise.length)];
  at(
    noise.map((e, i) => e + STEP * direction[i]!),
    up,
  );
  at(
    noise.map((e, i) => e - STEP * direction[i]!),
    down,
  );
  return down.map((g, i) => (g - up[i]!) / (2 * STEP));
}

/** Independent numbers: parameters are the means, in units of the start, and logarithms of deviations. */
function ofIndependent(given: Given): NaturalSteps {
  const { target, around, parameters } = given;
  const { mean: center, conditionalDeviations: unit } = around;
  const place = (name: string): number => parameters.find((known) => known.name === name)!.start;
  const places = target.latents.flatMap(({ name, size }) =>
    Array.from({ length: size }, (_, i) => [place(`${name}.loc`) + i, place(`${name}.logScale`) + i] as const),
  );
  const d = places.length;
  const u = new Float64Array(d);
  return {
    slopeAt: collecting(given, ({ parameters: p }, { noise, signs }, slope) => {
      const wide = places.map(([, s], i) => unit[i]! * Math.exp(p[s]!));
      const at: At = (e, gradient) => {
        for (let i = 0; i < d; i++) u[i] = center[i]! + unit[i]! * p[places[i]![0]]! + wide[i]! * e[i]!;
        const value = target.logDensity(u, gradient);
        for (let i = 0; i < d; i++) gradient[i]! *= wide[i]!;
        return value;
      };
      const { value, mean } = mirrored(at, noise);
      const direction = signs();
      const curved = curvatureAlong(at, noise, direction);
      slope.value += value;
      places.forEach(([m, s], i) => {
        slope.value += Math.log(wide[i]!) + 0.5 + HALF_LOG_2PI;
        slope.gradient[m]! += mean[i]!;
        slope.gradient[s]! += direction[i]! * curved[i]!;
      });
    }),
    rule: ruleThat((p, slope, rate) => {
      for (const [m, s] of places) {
        const away = slope[s]! - 1;
        const change = rate * within(Math.abs(away), rate) * away;
        const precision = 1 + change > (1 - rate) / 2 ? 1 + change : 1 + change + 0.5 * change ** 2;
        p[m]! += (rate * within(Math.abs(slope[m]!), rate) * Math.exp(p[s]!) * slope[m]!) / precision;
        p[s]! -= 0.5 * Math.log(precision);
      }
    }),
  };
}

/** A full covariance: parameters are the mean, in units of the start, and a lower factor, e^ its diagonal, row by row. */
function ofFull(given: Given): NaturalSteps {
  const { target, around, parameters } = given;
  const d = target.dimension;
  const place = (name: string): number => parameters.find((known) => known.name === name)!.start;
  const [loc, factor] = [place('loc'), place('factor')];
  const unit =
    around.factor ??
    Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? around.deviations[i % d]! : 0));
  const factorIn = (p: Float64Array): Float64Array => {
    const lower = new Float64Array(d * d);
    let next = factor;
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) lower[i * d + j] = i === j ? Math.exp(p[next++]!) : p[next++]!;
    return lower;
  };
  const u = new Float64Array(d);
  return {
    slopeAt: collecting(given, ({ parameters: p }, { noise }, slope) => {
      const wide = product(unit, factorIn(p), d);
      const middle = Float64Array.from({ length: d }, (_, i) => {
        let total = around.mean[i]!;
        for (let j = 0; j <= i; j++) total += unit[i * d + j]! * p[loc + j]!;
        return total;
      });
      const slopes = new Float64Array(d);
      const at: At = (e, gradient) => {
        for (let i = 0; i < d; i++) {
          u[i] = middle[i]!;
          for (let j = 0; j <= i; j++) u[i]! += wide[i * d + j]! * e[j]!;
        }
        const value = target.logDensity(u, slopes);
        gradient.fill(0);
        for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) gradient[j]! += wide[i * d + j]! * slopes[i]!;
        return value;
      };
      const { value, mean } = mirrored(at, noise);
      slope.value += value;
      const curved = Array.from({ length: d }, (_, j) =>
        curvatureAlong(
          at,
          noise,
          noise.map((_, i) => (i === j ? 1 : 0)),
        ),
      );
      let next = factor;
      for (let i = 0; i < d; i++) {
        slope.value += Math.log(wide[i * d + i]!) + 0.5 + HALF_LOG_2PI;
        slope.gradient[loc + i]! += mean[i]!;
        for (let j = 0; j <= i; j++) slope.gradient[next++]! += 0.5 * (curved[i]![j]! + curved[j]![i]!);
      }
    }),
    rule: ruleThat((p, slope, rate) => {
      const change = new Float64Array(d * d);
      let next = factor;
      for (let i = 0; i < d; i++)
        for (let j = 0; j <= i; j++) {
          change[i * d + j] = change[j * d + i] = rate * (slope[next++]! - (i === j ? 1 : 0));
        }
      const short = within(Math.hypot(...change) / rate, rate);
      for (let i = 0; i < change.length; i++) change[i]! *= short;
      const root = rootOf(change, d, rate);
      if (root === null) return;
      // With A = M Mᵀ the new covariance is (L M⁻ᵀ)(L M⁻ᵀ)ᵀ, and the mean moves by L A⁻¹ g.
      const old = factorIn(p);
      const inverse = invertLower(root, d);
      const wide = new Float64Array(d * d);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++)
          for (let k = 0; k <= Math.min(i, j); k++) wide[i * d + j]! += old[i * d + k]! * inverse[j * d + k]!;
      const pulled = new Float64Array(d);
      for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) pulled[i]! += inverse[i * d + j]! * slope[loc + j]!;
      const moved = rate * within(Math.hypot(...slope.subarray(loc, loc + d)), rate);
      const covariance = new Float64Array(d * d);
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++)
          for (let k = 0; k < d; k++) covariance[i * d + j]! += wide[i * d + k]! * wide[j * d + k]!;
      const lower = new Float64Array(d * d);
      if (cholesky(covariance, d, lower) < d) return;
      next = factor;
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) p[loc + i]! += moved * wide[i * d + j]! * pulled[j]!;
        for (let j = 0; j <= i; j++) p[next++] = i === j ? Math.log(lower[i * d + i]!) : lower[i * d + j]!;
      }
    }),
  };
}

/** The lower factor of I + G, where that keeps half of what the step leaves; else of I + G + ½G². */
function rootOf(change: Float64Array, d: number, rate: number): Float64Array | null {
  const root = new Float64Array(d * d);
  const shifted = (by: number): Float64Array => change.map((x, i) => (i % (d + 1) === 0 ? x + by : x));
  const isSafe = cholesky(shifted(1 - (1 - rate) / 2), d, root) === d;
  const plain = shifted(1);
  if (isSafe && cholesky(plain, d, root) === d) return root;
  const square = product(change, change, d);
  for (let i = 0; i < square.length; i++) plain[i]! += 0.5 * square[i]!;
  return cholesky(plain, d, root) === d ? root : null;
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const made = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let k = 0; k < d; k++) {
      const left = a[i * d + k]!;
      if (left !== 0) for (let j = 0; j < d; j++) made[i * d + j]! += left * b[k * d + j]!;
    }
  return made;
}
