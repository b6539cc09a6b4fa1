import { type Backend, dense, float64, type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { alignColumns, checkFinite, columnOrder, fail, takeColumns } from '@mixtention/core/base';
import { checkLogitScale } from '../logit-scale.ts';
import { type MixtureLike, type Space, spaceOf } from '../space.ts';
import { indices } from './columns.ts';
import { type Mask, maskColumns, type ObservedMask, readMask, seenCells } from './observed-mask.ts';
import type { CompleteOptions } from './types.ts';
import { type View, viewOf } from './view.ts';

const WHERE = 'attention/complete';

/** A completion, checked and ready to run. */
export type Problem = {
  readonly space: Space;
  readonly backend: Backend;
  /** T */
  readonly logitScale: number;
  readonly mask: Mask;
  /** Seen cells as they came, hidden ones 0: predictions are written to them. */
  readonly x: Matrix & { readonly data: Float64Array };
  /** Seen cells as they came, hidden ones from the truth, and the view of all columns for the joint. */
  readonly scoring: { readonly truth: Matrix; readonly whole: View } | null;
};

/** Checks everything before anything is computed. */
export function prepare(
  model: MixtureLike,
  observed: MatrixLike,
  seen: ObservedMask,
  options: CompleteOptions,
): Problem {
  const { backend = float64, truth } = options;
  const logitScale = checkLogitScale(WHERE, options.logitScale);
  const space = spaceOf(model);
  const given = dense(observed, WHERE);
  const { width } = space;
  const columns = model.columns ?? null;
  const order = columnOrder(given, columns, { width, where: WHERE });
  const raw = takeColumns(given, order);
  const mask = maskColumns(readMask(seen, given.rows, given.cols, WHERE), given.cols, order);
  const x = seenCells(mask, raw);
  checkFinite(x, WHERE);
  space.family.checkSupport(x);
  const shared = { space, backend, logitScale, mask, x };
  if (truth === undefined) return { ...shared, scoring: null };
  const whole = viewOf(space, indices(space.width), { backend, logitScale: 1 });
  return { ...shared, scoring: { truth: seenCells(mask, raw, checkTruth(truth, raw, { space, columns })), whole } };
}

function checkTruth(
  truth: MatrixLike,
  { rows, cols }: Matrix,
  { space, columns }: { readonly space: Space; readonly columns: readonly string[] | null },
): Matrix {
  const whole = matrix(truth, WHERE);
  const m = whole.columns === undefined ? whole : alignColumns(whole, columns, { width: cols, where: WHERE });
  if (m.rows !== rows || m.cols !== cols) {
    fail(WHERE, 'BAD_SHAPE', `the truth has shape [${m.rows}, ${m.cols}], the rows to complete [${rows}, ${cols}]`);
  }
  space.family.checkSupport(m);
  return m;
}
