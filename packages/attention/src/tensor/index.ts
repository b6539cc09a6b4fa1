/** Over a tfjs module of one's own: attention as a differentiable op, and gradients of layers. */

export { lossGradient } from './loss-gradient.ts';
export { type TensorAttendOptions, type TensorReading, tensorAttend } from './tensor-attend.ts';
export { tensorGradient } from './tensor-gradient.ts';
