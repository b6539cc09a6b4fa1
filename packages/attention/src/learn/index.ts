/** Layers that learn: pure functions over named arrays, trained by `@mixtention/core/optimize`. */

export type { Float64Rows } from '../rows.ts';
export type { LayerActivation } from './activation.ts';
export { type AttentionLayerOptions, attentionLayer, type Crossed, crossAttention } from './attention-layer.ts';
export { type FixedPoint, type FixedPointOptions, fixedPoint } from './fixed-point.ts';
export { type GaussianKeyOptions, gaussianKeyAttention } from './gaussian-key-attention.ts';
export { type Applied, type Layer, type LayerOptions, named, type Tensors, within } from './layer.ts';
export { layerNorm } from './layer-norm.ts';
export { learntPositions } from './learnt-positions.ts';
export { linear } from './linear.ts';
export { type Conditioned, type MaskedAutoregressiveOptions, maskedAutoregressive } from './masked-autoregressive.ts';
export { maskedLinear } from './masked-linear.ts';
export {
  type AppliedLoss,
  type MixtureAttentionLayer,
  type MixtureAttentionOptions,
  type MixtureTensors,
  mixtureAttention,
} from './mixture-attention.ts';
export { mlp } from './mlp.ts';
export { type RetrievalOptions, retrieval } from './retrieval.ts';
export { residual, sequence, transformerBlock } from './transformer-block.ts';
