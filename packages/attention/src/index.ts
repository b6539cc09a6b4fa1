export { type AttendOptions, attend } from './attend/attend.ts';
export { effectiveComponents } from './attend/effective-components.ts';
export type { AttentionBias, AttentionMask } from './attend/log-prior.ts';
export {
  type AttentionWeights,
  type MultiHeadOptions,
  type MultiHeadReading,
  multiHeadAttention,
} from './layers/multi-head-attention.ts';
export { type SelfAttentionOptions, selfAttention } from './layers/self-attention.ts';
