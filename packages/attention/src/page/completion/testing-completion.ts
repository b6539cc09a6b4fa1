import { bernoulli, gaussianDiagonal, MixtureModel } from '@mixtention/mixture';
import { draws } from '../../testing/draws.ts';
import { type CompletionData, completionData } from './completion-data.ts';

/** Five components of pictures of 4 × 3 bits, three rows, the first two lines seen. */
export function smallPictures(): CompletionData {
  const [K, D] = [5, 12];
  const random = draws(31);
  const model = new MixtureModel({
    family: bernoulli,
    params: { width: D, probabilities: random.uniform(K, D, 0.05, 0.95).data },
    logWeights: Float64Array.of(0.3, 0.25, 0.2, 0.15, 0.1).map(Math.log),
  });
  const rows = Array.from({ length: 3 }, (_, n) => ({ name: `row <${n}>`, cells: [...random.bits(D)].map(Number) }));
  const mask = Array.from({ length: D }, (_, d) => Number(d < 8));
  return completionData({
    model,
    rows,
    mask,
    pictureWidth: 4,
    about: 'a <small> model </script>',
    scores: { rows: 3, at: [{ logitScale: 1, joint: 3, marginal: 3.5 }] },
  });
}

/** Three components of tables of three columns with names. */
export function smallTable(): CompletionData {
  const model = new MixtureModel({
    family: gaussianDiagonal,
    params: {
      width: 3,
      means: Float64Array.of(0, 10, -1, 2, 14, 0, 5, 8, 1),
      variances: Float64Array.of(1, 4, 0.5, 2, 1, 0.3, 1, 2, 1),
    },
    logWeights: Float64Array.of(0.5, 0.3, 0.2).map(Math.log),
    columns: ['left', 'middle', '<right>'],
  });
  return completionData({
    model,
    rows: [{ name: 'first', cells: [1.5, 12, 0.25] }],
    mask: [1, 0, 0],
    pictureWidth: null,
  });
}
