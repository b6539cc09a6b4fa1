import type { Key } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import { lbfgs, type Objective } from '../lbfgs/lbfgs.ts';
import { fixedNoiseNormal } from './fixed-noise.ts';
import { type NormalAt, normalsAlong } from './inverse-hessian.ts';
import { logDensityOf, place } from './normals.ts';

export type PathOptions = {
  readonly history: number;
  readonly iterations: number;
  /** Draws of each approximation on the path, by which the best is chosen. */
  readonly boundDraws: number;
  /** Places of the path at which an approximation is made, evenly spread; all where it has no more. */
  readonly places?: number;
  /** Of the ascent: ends when a step gains no more than this share of the value. */
  readonly relativeTolerance?: number;
};

/** A normal with its bound by a few draws. */
export type Found = NormalAt & { readonly bound: number };

export type Path = {
  /** The best approximation on the path; `null` where none has a finite bound. */
  readonly best: Found | null;
  /** The place where the ascent ended: a mode, or as far as it came. */
  readonly mode: { readonly u: Float64Array; readonly value: number; readonly converged: boolean };
  readonly gradientEvaluations: number;
  readonly densityEvaluations: number;
};

/**
 * One path of Pathfinder: ascends, and takes the normal approximation on the way whose bound is best. Where the ascent found no end, a normal over fixed noise is another.
 */
export function singlePath(objective: Objective, start: Float64Array, key: Key, options: PathOptions): Path {
  const { history, iterations, boundDraws, places = Number.POSITIVE_INFINITY, relativeTolerance = 1e-13 } = options;
  const ascent = lbfgs(objective, start, { history, iterations, relativeTolerance });
  const isEndless = ascent.status === 'stopped';
  const last = ascent.path.length - 1;
  const stride = Math.max(1, Math.ceil(last / places));
  const isAsked = (l: number): boolean => (last - l) % stride === 0;
  const d = start.length;
  const scratch = new Float64Array(d);
  const noise = new Float64Array(d);
  let best: Path['best'] = null;
  let densityEvaluations = 0;
  let at = 0;
  const hold = (normal: NormalAt): void => {
    const random = generator(split(key, 'bound', at));
    let bound = 0;
    for (let k = 0; k < boundDraws && Number.isFinite(bound); k++) {
      for (let i = 0; i < d; i++) noise[i] = random.normal();
      bound += (objective(place(normal, noise), scratch) - logDensityOf(normal, noise)) / boundDraws;
      densityEvaluations++;
    }
    if (Number.isFinite(bound) && bound > (best?.bound ?? Number.NEGATIVE_INFINITY)) best = { ...normal, bound };
  };
  if (ascent.status !== 'diverged')
    for (const normal of normalsAlong(ascent.path, history, isAsked)) {
      at++;
      if (normal !== null) hold(normal);
    }
  let gradientEvaluations = ascent.gradientEvaluations;
  if (isEndless) {
    at++;
    const found = fixedNoiseNormal(objective, start, split(key, 'fixed noise'));
    gradientEvaluations += found.gradientEvaluations;
    if (found.normal !== null) hold(found.normal);
  }
  const end = ascent.path.at(-1)!;
  const mode = { u: end.u, value: end.value, converged: ascent.status === 'converged' };
  return { best, mode, gradientEvaluations, densityEvaluations };
}
