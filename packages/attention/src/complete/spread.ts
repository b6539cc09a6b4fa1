import { fail } from '@mixtention/core/base';
import { isBinary } from '@mixtention/core/data';
import type { Space } from '../space.ts';
import { chancesOf } from './chances.ts';
import { indices } from './columns.ts';
import { conditionalOf } from './conditional-mean.ts';
import type { MaskGroup } from './observed-mask.ts';

/** What hidden cells may be within each component, in the space of the fit: `E[x_H | x_S, k] = a_k + B_k x_S`, and a variance that no x_S changes. */
export type Spread = {
  /** E[x_H | x_S, k] `[H]`, for a row `[D]` of which the seen cells count. */
  meanOf(row: Float64Array, component: number): Float64Array;
  /** Var[x_j | x_S, k] `[K, H]` */
  readonly variances: Float64Array;
};

/** B_k of a group, and what it adds to a mean: `a_k + B_k x_S`. */
export type Affine = (row: Float64Array, component: number) => Float64Array;

/**
 * The spread of hidden cells within components, for each group of rows that see the same columns.
 *
 * @throws BAD_OPTION for a family whose conditional variance depends on what is seen (posterior predictives with Student-t terms), or that tells none
 *
 * Cost a group: K·H of binary cells; K·D² of others, and K·H·S under full covariances.
 */
export function spreadsOf(space: Space): (group: MaskGroup) => Spread {
  const { family, components: K, width: D } = space;
  if (!isBinary(family, D)) return (group) => affineSpread(space, group);
  const { data } = chancesOf(space, indices(D), true);
  return ({ hidden }) => {
    const H = hidden.length;
    const at = (k: number, j: number): number => 2 * k * D + hidden[j]!;
    const cells = (of: (place: number) => number): Float64Array =>
      Float64Array.from({ length: K * H }, (_, i) => of(at(Math.floor(i / H), i % H)));
    const means = cells((place) => data[place]!);
    return {
      meanOf: (_row, k) => means.subarray(k * H, (k + 1) * H),
      variances: cells((place) => data[place]! * data[place + D]!),
    };
  };
}

/** Refuses components whose hidden cells spread more or less with what is seen: their draws and variances follow from no affine rule. */
export function checkAffine({ family, params, logWeights }: Space, what: string): void {
  if (family.scores(params, logWeights).terms.some(({ form }) => form === 'student'))
    fail(
      'attention/complete',
      'BAD_OPTION',
      `${what} needs components whose spread does not depend on what is seen; those of ${family.spec.name} are Student-t, take the model of the posterior mode`,
    );
}

/** `a_k + B_k x_S` of a family that tells it. */
export function affineOf(space: Space, group: MaskGroup): Affine {
  const { observed, hidden } = group;
  const [H, S] = [hidden.length, observed.length];
  const { intercepts, slopes } = conditionalOf(space, group);
  const stride = slopes === null || slopes.length === H * S ? 0 : H * S;
  return (row, k) => {
    const mean = intercepts.slice(k * H, (k + 1) * H);
    if (slopes === null) return mean;
    for (let j = 0; j < H; j++)
      for (let i = 0; i < S; i++) mean[j]! += slopes[k * stride + j * S + i]! * row[observed[i]!]!;
    return mean;
  };
}

function affineSpread(space: Space, group: MaskGroup): Spread {
  checkAffine(space, 'variance');
  const meanOf = affineOf(space, group);
  return { meanOf, variances: affineVariances(space, group, meanOf) };
}

/** `Σ_jj − Σ_i B_ji Σ_ij`, one component at a time; a bit has that of its mean. */
function affineVariances({ family, params, components: K, width: D }: Space, group: MaskGroup, meanOf: Affine) {
  const { observed, hidden } = group;
  const H = hidden.length;
  const kinds = family.columns(D);
  const variances = new Float64Array(K * H);
  const origin = new Float64Array(D);
  for (let k = 0; k < K; k++) {
    const { means, covariances } = family.describe(family.select(params, [k]));
    const covariance = covariances?.[0]?.data;
    const base = meanOf(origin, k);
    // B_k column by column: the affine rule at unit rows.
    const explained = new Float64Array(H);
    for (const i of observed) {
      if (covariance === undefined || hidden.every((j) => covariance[j * D + i] === 0)) continue;
      origin[i] = 1;
      const at = meanOf(origin, k);
      origin[i] = 0;
      hidden.forEach((j, h) => {
        explained[h]! += (at[h]! - base[h]!) * covariance[i * D + j]!;
      });
    }
    hidden.forEach((j, h) => {
      const mean = means.data[j]!;
      const bit = kinds[j]!.cells === 'binary';
      if (!bit && covariance === undefined)
        fail('attention/complete', 'BAD_OPTION', `the family ${family.spec.name} tells no variances, which are needed`);
      variances[k * H + h] = bit ? mean * (1 - mean) : Math.max(0, covariance![j * D + j]! - explained[h]!);
    });
  }
  return variances;
}
