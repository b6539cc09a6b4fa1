import type { Backend, Scores } from '../contracts/index.ts';
import { precisionOf } from '../kernel/term-sizes.ts';
import { plain } from './plain.ts';

/**
 * The backend itself, or `plain` where it computes in float32 and the scores would lose digits that matter there.
 *
 * Right numbers at a sixth to a thirtieth of the speed: components many of their own deviations away from the middle of the data are rare.
 *
 * @example
 * const backend = await loadBackend('auto');
 * const params = { width: 1, means: Float64Array.of(-1, 1), variances: Float64Array.of(1e-8, 1e-8) };
 * const scores = gaussianDiagonal.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * precise(backend, scores).name; // 'plain': the components are ten thousand times narrower than their distance
 */
export function precise(backend: Backend, scores: Scores): Backend {
  return backend.precision === 'float32' && precisionOf(scores) === 'float64' ? plain : backend;
}
