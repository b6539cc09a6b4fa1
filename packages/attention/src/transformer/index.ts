/** Transformers of Hugging Face folders, run with the attention of this package, and every head of them read as a mixture. */

export { type ActivationsOptions, activationsOf } from './activations-of.ts';
export type { Activation, Architecture, Kind } from './architecture.ts';
export type { LayerHeads, Transformer, TransformerActivation } from './forward.ts';
export { type RunTransformerOptions, readTransformer, runTransformer } from './transformer.ts';
export type { TensorSource } from './weights.ts';
export { type GivenHead, type TransformerXray, xrayTransformer } from './xray-transformer.ts';
