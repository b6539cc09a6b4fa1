import type { EstimatorFigures, EstimatorsResult } from '../main-job/results.ts';

const TEMPERATURES = [0.03, 0.3, 3];

/** Estimators whose bias rises with the temperature, and whose variance falls. */
export const smallEstimators: EstimatorsResult = {
  draws: 3000,
  rows: [
    { ...figures('enumerated', null, 0, 0), noiseFloor: 0, signalToNoise: null },
    figures('score', null, 0.012, 14),
    ...TEMPERATURES.map((temperature) => figures('relaxed', temperature, 0.1 * temperature, 2 / temperature)),
    ...TEMPERATURES.map((temperature) => figures('straight-through', temperature, 0.2 * temperature, 4 / temperature)),
  ],
};

function figures(
  treatment: EstimatorFigures['treatment'],
  temperature: number | null,
  relativeBias: number,
  variance: number,
): EstimatorFigures {
  const signalToNoise = 3 / Math.sqrt(variance);
  return { treatment, temperature, relativeBias, noiseFloor: 0.01, variance, signalToNoise, microsecondsPerDraw: 90 };
}
