/** What users of every package meet: contracts, errors, matrices, backends that need nothing, and the executor of this thread. */

export { float64, inFloat64 } from './backends/float64.ts';
export { plain } from './backends/plain.ts';
export { wasm } from './backends/wasm.ts';
export { type ErrorCode, MixtentionError } from './base/errors.ts';
export { dense, type MatrixLike, matrix, type TensorLike } from './base/matrix.ts';
export type * from './contracts/index.ts';
export { inline } from './loop/inline.ts';
