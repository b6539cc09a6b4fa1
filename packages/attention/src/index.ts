export { type AttendOptions, attend } from './attend/attend.ts';
export { effectiveComponents } from './attend/effective-components.ts';
export type { AttentionBias, AttentionMask } from './attend/log-prior.ts';
