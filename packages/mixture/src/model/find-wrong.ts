import type { Density, Term, Tree } from '@mixtention/core';
import { isHealthy, treeBytes } from '@mixtention/core/base';
import { firstAsymmetry } from '../families/gaussian/affine.ts';
import { findFar } from '../families/scores-to-read.ts';
import type { MixtureParts } from './mixture-parts.ts';

/** In deviations of the data: distances from further out have squares that overflow, and NaN follows. */
const FARTHEST = 1e100;

/** Why numbers of the right shape are no mixture, in words; null when they are one. */
export function findWrong({ family, params, logWeights, transform }: Required<MixtureParts>): string | null {
  const uneven = findAsymmetry(family, params, logWeights.length, transform.center.length);
  if (uneven !== null) return uneven;
  const scaled = family.rescale(params, transform) as Tree;
  const far = family.describe(scaled).means.data.find((m) => !(Math.abs(m) < FARTHEST));
  if (far !== undefined) return `a mean lies at ${far} in the space of the fit, within ±${FARTHEST} was due`;
  const { bias, terms } = family.scores(scaled, logWeights);
  // Only a bias may be −∞: it switches its component off.
  if (isHealthy(bias) && terms.every(isSound))
    return findFar(family.distanceScores?.(scaled, logWeights) ?? { components: bias.length, bias, terms });
  return `the parameters are none of ${family.spec.name}: a variance or covariance is not positive, or a probability lies outside 0 … 1`;
}

function isSound(term: Term): boolean {
  if (term.form === 'linear') return term.natural.every(Number.isFinite);
  if (![term.factor, term.offset].every((array) => array.every(Number.isFinite))) return false;
  return (
    term.form === 'whitened' ||
    (term.scale.every((v) => v > 0 && v < Number.POSITIVE_INFINITY) && term.degrees.every((v) => v > 0))
  );
}

/** The two triangles of a covariance, one component at a time: all of them may take more memory than the parameters. */
function findAsymmetry(family: Density, params: Tree, components: number, width: number): string | null {
  // What is smaller than one covariance does not hold any.
  if (treeBytes(params) < 8 * width * width) return null;
  for (let k = 0; k < components; k++) {
    const [covariance] = family.describe(family.select(params, [k])).covariances ?? [];
    const uneven = covariance === undefined ? null : firstAsymmetry(covariance);
    if (uneven !== null) return `covariance ${k} (counted from 0) is not symmetric: ${uneven}`;
  }
  return null;
}
