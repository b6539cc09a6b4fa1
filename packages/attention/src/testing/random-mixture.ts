import type { Family, Matrix } from '@mixtention/core';
import { isBinary } from '@mixtention/core/data';
import { MixtureModel } from '@mixtention/mixture';
import { draws } from './draws.ts';

/**
 * A mixture with random parameters. Covariances are random and full; a family keeps of them what it can hold.
 *
 * @param shift  added to all means of a family that is not binary
 */
export function randomMixture(
  family: Family,
  components: number,
  width: number,
  seed: number,
  shift = 0,
): MixtureModel {
  const random = draws(seed);
  const logits = random.normal(1, components, 0.7).data;
  const total = logits.reduce((sum, l) => sum + Math.exp(l), 0);
  const logWeights = logits.map((l) => l - Math.log(total));
  if (isBinary(family, width)) {
    const means = random.uniform(components, width, 0.02, 0.98);
    return new MixtureModel({ family, logWeights, params: family.fromDescription({ means, covariances: null }) });
  }
  const means = random.normal(components, width, 2);
  for (let i = 0; i < means.data.length; i++) means.data[i]! += shift;
  const covariances = Array.from({ length: components }, () =>
    positiveDefinite(random.normal(width, width).data, width),
  );
  return new MixtureModel({ family, logWeights, params: family.fromDescription({ means, covariances }) });
}

/** A Aᵀ / D + ½ I */
function positiveDefinite(a: Float64Array, width: number): Matrix {
  const data = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      for (let l = 0; l < width; l++) data[i * width + j]! += (a[i * width + l]! * a[j * width + l]!) / width;
    }
    data[i * width + i]! += 0.5;
  }
  return { data, rows: width, cols: width };
}
