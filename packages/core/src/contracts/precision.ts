/**
 * Where the kernel runs: `wasm` is the fused one in WebAssembly, `plain` the oracle in typed arrays; `native` and `tfjs-wasm` are those of TensorFlow, through
 * tfjs-node and tfjs-backend-wasm.
 */
export type BackendName = TensorBackendName | 'wasm' | 'plain';

/** Backends with tensors, which layers and reparameterised gradients need. */
export type TensorBackendName = 'native' | 'tfjs-wasm';

export type Precision = 'float32' | 'float64';
