import { type CompletionData, completionData } from '@mixtention/attention/page';
import { bernoulli, MixtureModel } from '@mixtention/mixture';

/** What the page of one digit is made of, with two components and one digit. */
export function smallDigit(): CompletionData {
  const D = 784;
  const probabilities = Float64Array.from({ length: 2 * D }, (_, i) => (i < D ? 0.2 : 0.7));
  const model = new MixtureModel({
    family: bernoulli,
    params: { width: D, probabilities },
    logWeights: Float64Array.of(0.5, 0.5).map(Math.log),
  });
  const cells = Array.from({ length: D }, (_, d) => Number(d % 3 === 0));
  const mask = Array.from({ length: D }, (_, d) => Number(d < D / 2));
  return completionData({ model, rows: [{ name: 'a digit', cells }], mask, pictureWidth: 28 });
}
