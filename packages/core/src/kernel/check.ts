import { fail } from '../base/errors.ts';
import type { Rows, Scores } from '../contracts/index.ts';

/** Width of the statistics that `write` sums: P under linear scores, D + D² under whitened ones. */
export function sumsWidth(scores: Scores): number {
  return scores.form === 'linear' ? scores.width : scores.width + scores.width * scores.width;
}

/** Refuses scores and rows that do not fit each other. */
export function checkScores(where: string, rows: Rows, scores: Scores): void {
  const { components: K, width: P } = scores;
  if (rows.cols !== P) fail(where, 'BAD_SHAPE', `the scores have width ${P}, the rows have ${rows.cols}`);
  if (scores.bias.length !== K) fail(where, 'BAD_SHAPE', `${scores.bias.length} biases came with ${K} components`);
  const [array, name, due] =
    scores.form === 'linear'
      ? [scores.natural, 'natural parameters', K * P]
      : [scores.whitening, 'whitening entries', K * P * P];
  if (array.length !== due) fail(where, 'BAD_SHAPE', `${array.length} ${name} came, K × width needs ${due}`);
}
