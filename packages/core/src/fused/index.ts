/** The kernel in WebAssembly and as native code, one pass a tile. */

export { type AddonOptions, addonBackend } from './addon.ts';
export { type Addon, type InstructionSet, instructionSets } from './addon-machine.ts';
export { type FusedOptions, fusedBackend } from './fused.ts';
export { type RegisterLoopOptions, registerLoop } from './register-loop.ts';
export { hasFusedRounding, type Rounding } from './wasm-machine.ts';
