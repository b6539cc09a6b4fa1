/** Layers that learn: pure functions over named arrays, trained by `@mixtention/core/optimize`. */

export type { Float64Rows } from '../rows.ts';
export { type AttentionLayerOptions, attentionLayer, type Crossed, crossAttention } from './attention-layer.ts';
export { type FixedPoint, type FixedPointOptions, fixedPoint } from './fixed-point.ts';
export { type Applied, type Layer, type LayerOptions, named, within } from './layer.ts';
export { layerNorm } from './layer-norm.ts';
export { linear } from './linear.ts';
export {
  type AppliedLoss,
  type MixtureAttentionLayer,
  type MixtureAttentionOptions,
  mixtureAttention,
} from './mixture-attention.ts';
export { mlp } from './mlp.ts';
export { residual, sequence, transformerBlock } from './transformer-block.ts';
