export type BackendName = 'native' | 'wasm' | 'plain';

export type Precision = 'float32' | 'float64';
