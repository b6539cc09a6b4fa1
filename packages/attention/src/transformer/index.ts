/** Transformers of Hugging Face folders, run with the attention of this package, and every head of them read as a mixture. */

export type { Activation, Architecture, Kind } from './architecture.ts';
export {
  type LayerHeads,
  type RunTransformerOptions,
  readTransformer,
  runTransformer,
  type Transformer,
} from './transformer.ts';
export type { TensorSource } from './weights.ts';
export { type GivenHead, type TransformerXray, xrayTransformer } from './xray-transformer.ts';
