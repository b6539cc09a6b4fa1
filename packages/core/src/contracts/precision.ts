/**
 * Where the kernel runs: `native` and `wasm` are the fused one, compiled for this processor and in WebAssembly, `plain` the oracle in typed arrays; `tfjs-node`
 * and `tfjs-wasm` are those of TensorFlow.
 */
export type BackendName = TensorBackendName | 'native' | 'wasm' | 'plain';

/** Backends with tensors, which layers and reparameterised gradients need. */
export type TensorBackendName = 'tfjs-node' | 'tfjs-wasm';

export type Precision = 'float32' | 'float64';

/**
 * What the passes of a run are made in: `auto` is that of the executor, float64 where float32 would lose digits that matter and to finish; `float64` is float64 throughout;
 * `float32` never goes on in float64.
 */
export type PrecisionChoice = 'auto' | Precision;
