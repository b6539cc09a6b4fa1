import { fail } from '@mixtention/core/base';
import type { Guide } from './guide-types.ts';

const make = (): never => fail('svi/guide', 'BAD_MODEL', 'a guide at the mode has no steps; svi finds it');

/**
 * A point: the mode of the posterior of the values themselves (MAP), found by L-BFGS.
 *
 * @example
 * autoDelta().name; // 'autoDelta'
 */
export const autoDelta = (): Guide => ({ name: 'autoDelta', found: 'at the mode', isPoint: true, make });

/**
 * The Laplace approximation: a normal at the mode in free coordinates, with the inverse of the negative Hessian as covariance.
 *
 * @example
 * autoLaplace().name; // 'autoLaplace'
 */
export const autoLaplace = (): Guide => ({ name: 'autoLaplace', found: 'at the mode', make });
