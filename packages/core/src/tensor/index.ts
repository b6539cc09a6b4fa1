/** The tensor ops that tfjs-core lacks; reached by the subpath `@mixtention/core/tensor`, never from the root. */
export { type TensorOps, tensorOps } from './tensor-ops.ts';
export type { TriangularSolveOptions } from './triangular-solve.ts';
