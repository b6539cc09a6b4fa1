import type { Density, Matrix, Transform, Tree } from '@mixtention/core';
import { applyTransform, isScaled } from '@mixtention/core/data';
import type { MixtureModel } from '@mixtention/mixture';
import { areFar, reachOf, scoresToRead, withinReach } from '@mixtention/mixture/families';

/** What is read of a fitted mixture; every `MixtureModel` has it. Parameters and means are in user space. */
export type MixtureLike = Pick<MixtureModel, 'family' | 'params' | 'logWeights' | 'transform' | 'means'> &
  Partial<Pick<MixtureModel, 'columns'>>;

/** A mixture in the space of its fit, centred and scaled: there products of coordinates keep their digits however far from 0 the data lie. */
export type Space = {
  readonly family: Density;
  readonly params: Tree;
  readonly logWeights: Float64Array;
  readonly transform: Transform;
  readonly components: number;
  readonly width: number;
  /** Whether components lie so many of their deviations from 0 that scores are read by distances. */
  readonly isFar: boolean;
  /** See `reachOf`. */
  readonly reach: number;
};

export function spaceOf({ family, params, logWeights, transform, means }: MixtureLike): Space {
  const scaled = family.rescale(params, transform) as Tree;
  const isFar = areFar(family, scaled, logWeights);
  const reach = reachOf(scoresToRead(family, scaled, logWeights, isFar));
  return { family, params: scaled, logWeights, transform, components: means.rows, width: means.cols, isFar, reach };
}

/** Rows of user space in the space of the fit. */
export function toSpace(x: Matrix, { family, transform, reach }: Space): Matrix {
  return isScaled(family, x.cols) ? withinReach(applyTransform(x, transform), reach) : x;
}

/** What a log density in the space exceeds the one in user space by, for some columns: Σ log scale. */
export function logVolume(columns: Int32Array, { transform }: Space): number {
  return columns.reduce((sum, d) => sum + Math.log(transform.scale[d]!), 0);
}
