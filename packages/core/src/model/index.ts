/** A fitted mixture, ready for use. */
export {
  type EvaluateOptions,
  type MixtureEvaluation,
  MixtureModel,
  type MixtureParts,
  type UseOptions,
} from './mixture-model.ts';
