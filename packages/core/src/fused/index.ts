/** The kernel in WebAssembly, one pass a tile. */

export { type FusedOptions, fusedBackend } from './fused.ts';
export { hasFusedRounding, type Rounding } from './machine.ts';
