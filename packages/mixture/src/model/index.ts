/** A fitted mixture, ready for use. */
export { type EvaluateOptions, type MixtureEvaluation, MixtureModel, type UseOptions } from './mixture-model.ts';
export type { MixtureParts } from './mixture-parts.ts';
