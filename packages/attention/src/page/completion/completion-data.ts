import { counted, fail, show } from '@mixtention/core/base';
import type { MixtureModel } from '@mixtention/mixture';

/** What a completion page is made of: a model, rows, and what is seen of them at first. */
export type CompletionData = {
  readonly title: string;
  /** What the rows are, in a few words. */
  readonly about: string;
  /** The model as its file has it, every bit. */
  readonly model: object;
  /** What components are called by: a family's name. */
  readonly family: string;
  /** Whether all cells are 0 or 1. */
  readonly isBinary: boolean;
  readonly columns: readonly string[] | null;
  readonly rows: readonly { readonly name: string; readonly cells: readonly number[] }[];
  /** `[D]`, 1 is seen */
  readonly mask: readonly number[];
  /** Rows are pictures, line by line; else they are tables of cells. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly logitScale: number;
  /** Means over all rows of a file at that mask, at one or several T, nats a row: joint and marginal are of the hidden cells. */
  readonly scores: CompletionScores | null;
};

export type CompletionScores = {
  readonly rows: number;
  readonly at: readonly { readonly logitScale: number; readonly joint: number; readonly marginal: number }[];
};

export type CompletionInput = {
  readonly model: MixtureModel;
  readonly rows: CompletionData['rows'];
  readonly mask: ArrayLike<number>;
  /** Cells a line; null for rows that are no pictures. */
  readonly pictureWidth: number | null;
  readonly title?: string | undefined;
  readonly about?: string | undefined;
  readonly logitScale?: number | undefined;
  readonly scores?: CompletionScores | null | undefined;
};

/**
 * What a completion page holds, as plain JSON.
 *
 * @throws BAD_SHAPE for rows, a mask or lines that do not fit the model
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const model = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)) });
 * const data = completionData({ model, rows: [{ name: 'first', cells: [1, 0] }], mask: [1, 0], pictureWidth: 2 });
 * data.picture; // { width: 2, height: 1 }
 */
export function completionData(input: CompletionInput): CompletionData {
  const where = 'attention/completionData';
  const { model, rows, mask, pictureWidth, scores = null, logitScale = 1 } = input;
  const { width: D, columns } = model;
  if (mask.length !== D)
    fail(where, 'BAD_SHAPE', `the mask holds ${counted(mask.length, 'cell')}, the model has ${counted(D, 'column')}`);
  if (rows.length === 0) fail(where, 'BAD_SHAPE', 'no rows came, one at least was due');
  const misfit = rows.find(({ cells }) => cells.length !== D);
  if (misfit !== undefined)
    fail(
      where,
      'BAD_SHAPE',
      `row ${show(misfit.name)} holds ${counted(misfit.cells.length, 'cell')}, the model has ${counted(D, 'column')}`,
    );
  if (pictureWidth !== null && !(Number.isInteger(pictureWidth) && pictureWidth >= 1 && D % pictureWidth === 0))
    fail(where, 'BAD_SHAPE', `lines of ${show(pictureWidth)} cells do not fill pictures of ${counted(D, 'cell')}`);
  const picture = pictureWidth === null ? null : { width: pictureWidth, height: D / pictureWidth };
  return {
    title: input.title ?? (picture === null ? 'A row through Bayes' : 'An image through Bayes'),
    about: input.about ?? counted(model.components, 'component'),
    model: model.toJSON(),
    family: model.family.spec.name,
    isBinary: model.family.columns(D).every(({ cells }) => cells === 'binary'),
    columns,
    rows: rows.map(({ name, cells }) => ({ name, cells: Array.from(cells) })),
    mask: Array.from(mask, Number),
    picture,
    logitScale,
    scores,
  };
}

/**
 * Cells a line of rows that look like pictures though nobody said so: binary ones of a square number of cells, 36 at least; else null.
 *
 * @example
 * const params = { width: 784, probabilities: new Float64Array(784).fill(0.5) };
 * squareWidth(new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(0) })); // 28
 */
export function squareWidth({ family, width }: Pick<MixtureModel, 'family' | 'width'>): number | null {
  const side = Math.round(Math.sqrt(width));
  const isSquare = side * side === width && side >= 6;
  return isSquare && family.columns(width).every(({ cells }) => cells === 'binary') ? side : null;
}
