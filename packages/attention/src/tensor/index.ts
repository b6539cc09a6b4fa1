/** Attention as a differentiable op over a tfjs module of one's own. */

export { type TensorAttendOptions, type TensorReading, tensorAttend } from './tensor-attend.ts';
