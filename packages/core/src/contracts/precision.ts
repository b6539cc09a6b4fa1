/**
 * Where the kernel runs: `native` and `wasm` are the fused one, compiled for this processor and in WebAssembly, `plain` the oracle in typed arrays; `tfjs-node`
 * and `tfjs-wasm` are those of TensorFlow.
 */
export type BackendName = TensorBackendName | 'native' | 'wasm' | 'plain';

/** Backends with tensors, which layers and reparameterised gradients need. */
export type TensorBackendName = 'tfjs-node' | 'tfjs-wasm';

export type Precision = 'float32' | 'float64';
