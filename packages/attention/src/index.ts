export { attend } from './attend/attend.ts';
export { attendGradient } from './attend/attend-gradient.ts';
export type { AttentionPositions } from './attend/attention-positions.ts';
export { algorithms } from './attend/block-algorithms.ts';
export type { OnExecutor } from './attend/blocks-of-queries.ts';
export { effectiveComponents } from './attend/effective-components.ts';
export { type GrowKeysOptions, type GrownKeys, growKeys } from './attend/grow-keys.ts';
export { append, type KeyValueCache } from './attend/key-value-cache.ts';
export { restaurantPrior, weightBias } from './attend/learnt-prior.ts';
export type { AttentionBias, AttentionMask } from './attend/log-prior.ts';
export type { Rotary } from './attend/rotary.ts';
export type {
  AttendHeadsOptions,
  AttendOptions,
  AttentionDownstream,
  AttentionGradient,
  AttentionReading,
  GradientMatrix,
  Heads,
  OutputGradient,
} from './attend/types.ts';
export type { OutputVariance } from './attend/variance.ts';
export { complete } from './complete/complete.ts';
export { observedColumns } from './complete/observed-columns.ts';
export type { ObservedMask } from './complete/observed-mask.ts';
export { type SampleCompletionsOptions, sampleCompletions } from './complete/sample-completions.ts';
export type { CompleteOptions, Completion } from './complete/types.ts';
export {
  attentionFromMixture,
  type FromMixtureOptions,
  type MaskedMixtureAttention,
  type MixtureAttention,
} from './from-mixture/attention-from-mixture.ts';
export {
  type AttentionMixture,
  type FromAttentionOptions,
  type Gauge,
  mixtureFromAttention,
} from './from-mixture/mixture-from-attention.ts';
export {
  type AttentionWeights,
  type MultiHeadOptions,
  type MultiHeadReading,
  multiHeadAttention,
} from './layers/multi-head-attention.ts';
export { type SelfAttentionOptions, selfAttention } from './layers/self-attention.ts';
export type { MixtureLike } from './space.ts';
export {
  type BernoulliForm,
  type BernoulliHead,
  bernoulliFromAttention,
} from './xray/bernoulli-from-attention.ts';
export type { Consequence } from './xray/consequence.ts';
export { type HeadsConsequence, mergeHeads, pruneHeads } from './xray/edit-heads.ts';
export type { HeadGauge } from './xray/gauge.ts';
export type { XrayInput } from './xray/heads-of.ts';
export { type MergeOptions, mergeKeys } from './xray/merge-keys.ts';
export { pruneKeys } from './xray/prune-keys.ts';
export type { GaugeEvidence, HeadEvidence, HeadXray, KeyReport, LayerXray, Xray } from './xray/types.ts';
export { type XrayOptions, xray } from './xray/xray.ts';
