import type { EstimatorFigures, EstimatorsResult, GradientFigures, NearFigures } from '../main-job/results.ts';

const TEMPERATURES = [0.03, 0.3, 3];
const NEAR: readonly (readonly [NearFigures['estimator'], number, number])[] = [
  ['path-derivative', 1, 0.4],
  ['pathwise', 1, 0.5],
  ['analytic-kl', 1, 0.49],
  ['importance-weighted', 5, 0.3],
  ['importance-weighted', 50, 0.6],
];

/** Estimators whose bias rises with the temperature, and whose variance falls; and some whose signal falls near the best guide. */
export const smallEstimators: EstimatorsResult = {
  draws: 3000,
  rows: [
    { ...treated('enumerated', null, 0, 0), noiseFloor: 0, signalToNoise: null },
    treated('score', null, 0.012, 14),
    treated('bare-score', null, 0.013, 60),
    ...TEMPERATURES.map((temperature) => treated('relaxed', temperature, 0.1 * temperature, 2 / temperature)),
    ...TEMPERATURES.map((temperature) => treated('straight-through', temperature, 0.2 * temperature, 4 / temperature)),
  ],
  near: [1, 0.3, 0.1, 0.03].flatMap((distance) =>
    NEAR.map(([estimator, samples, signal]) => ({
      estimator,
      samples,
      distance,
      ...figures(0.01, 0.4),
      signalToNoise: signal * distance,
    })),
  ),
};

function treated(
  treatment: EstimatorFigures['treatment'],
  temperature: number | null,
  relativeBias: number,
  variance: number,
): EstimatorFigures {
  return { treatment, temperature, ...figures(relativeBias, variance) };
}

function figures(relativeBias: number, variance: number): GradientFigures {
  const varianceStandardError = 0.02 * variance;
  const signalToNoise = 3 / Math.sqrt(variance);
  return { relativeBias, noiseFloor: 0.01, variance, varianceStandardError, signalToNoise, microsecondsPerDraw: 90 };
}
