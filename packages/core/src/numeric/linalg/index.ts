/** Small dense matrices in float64: row-major `[D, D]` arrays with D given beside them; results may overwrite their inputs. */
export { cholesky } from './cholesky.ts';
export { gram } from './gram.ts';
export { inverseFromCholesky } from './inverse-from-cholesky.ts';
export { invertLower } from './invert-lower.ts';
export { logDetFromCholesky } from './log-det-from-cholesky.ts';
export { freeOf, lower } from './lower.ts';
export { triangularSolve } from './triangular-solve.ts';
