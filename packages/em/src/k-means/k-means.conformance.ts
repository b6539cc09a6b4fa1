import type { AlgorithmConformance } from '@mixtention/conformance';
import type { Matrix } from '@mixtention/core';
import { gaussianSpherical } from '@mixtention/mixture';
import { type KMeansState, kMeansSteps } from './k-means.ts';

export const conformance: AlgorithmConformance = {
  name: 'em/k-means',
  factory: kMeansSteps,
  families: ['gaussian-spherical'],
  config: ({ components }) => ({ components, start: 'k-means++' }),
  mixtureOf: (state) => {
    const { width, centers } = state as KMeansState;
    const means = { data: centers, rows: centers.length / width, cols: width };
    return {
      logWeights: new Float64Array(means.rows).fill(-Math.log(means.rows)),
      params: gaussianSpherical.fromDescription({ means, covariances: null }),
    };
  },
  stateOf: ({ params }) => {
    const { data, cols } = gaussianSpherical.describe(params as never).means;
    return { width: cols, centers: Float64Array.from(data) };
  },
  oracle: (state, x) => -inertia(state as KMeansState, x),
};

/** Σ minₖ ‖xₙ − m_k‖², pair by pair. */
function inertia({ width, centers }: KMeansState, { data, rows }: Matrix): number {
  let total = 0;
  for (let n = 0; n < rows; n++) {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < centers.length; at += width) {
      let square = 0;
      for (let d = 0; d < width; d++) square += (data[n * width + d]! - centers[at + d]!) ** 2;
      least = Math.min(least, square);
    }
    total += least;
  }
  return total;
}
