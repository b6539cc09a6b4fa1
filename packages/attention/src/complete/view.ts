import type { Backend, Family, LinearScores, Matrix, Reading, ReadOptions, Scores } from '@mixtention/core';
import { precise } from '@mixtention/core/kernel';
import type { Space } from '../space.ts';
import { describeColumns, takeColumns } from './columns.ts';
import { temper, temperSeen } from './temper.ts';

/** A mixture seen in some of its columns. Rows go in at full width, in the space of the fit; the other columns are not looked at. */
export type View = {
  /** log π_k + log p(x_O | k) */
  readonly scores: Scores;
  /** As the kernel's `read` of the scores times T: the evidence is their log-sum-exp. In the space of the fit. */
  read(x: Matrix, values: Matrix | null, options?: ReadOptions): Reading;
  /** log p(x_O), `[N]`, whatever T is. */
  logDensity(x: Matrix): Float64Array;
};

type Where = { readonly backend: Backend; readonly logitScale: number };

/**
 * The marginal mixture of some columns, exact for every family that is closed under leaving columns out.
 *
 * @param columns  O, ascending; may be empty, then responsibilities are the weights and the evidence is 0
 * @param logitScale  T, which multiplies the scores as they are read
 *
 * Cost: that of the family's `scores` at width |O|: for full covariances one factorisation a component.
 */
export function viewOf(space: Space, columns: Int32Array, { backend, logitScale }: Where): View {
  if (columns.length === 0) return viewOfNothing(space, { backend, logitScale });
  const { family, logWeights } = space;
  const whole = columns.length === space.width;
  const params = whole ? space.params : family.fromDescription(describeColumns(space, columns));
  const scores = family.scores(params, logWeights);
  const tempered = temper(scores, logitScale);
  const read = (x: Matrix, by: Scores, values: Matrix | null, options?: ReadOptions): Reading => {
    const seen = whole ? x : takeColumns(x, columns);
    const statistics = scores.form === 'linear' ? family.statistics(seen) : seen;
    return withBase(space, seen, readRows(backend, statistics, by, values, options));
  };
  return {
    scores,
    read: (x, values, options) => read(x, tempered, values, options),
    logDensity: (x) => read(x, scores, null).logEvidence,
  };
}

/**
 * Hidden columns beside seen ones whose scores are multiplied by T: the log evidence that it reads is
 *
 *     log Σₖ exp(T s_k + log p(x_H | x_O, k)),  s_k = log π_k + log p(x_O | k)
 *
 * which exceeds that of the seen columns' own view by log p(x_H | x_O), with responsibilities ∝ exp(T s_k) as weights.
 *
 * @param seen  the view of the observed columns O, of the same T
 */
export function conditionalView(
  space: Space,
  { observed, hidden }: { readonly observed: Int32Array; readonly hidden: Int32Array },
  { backend, logitScale, seen }: Where & { readonly seen: View },
): Pick<View, 'read'> {
  const { family, logWeights } = space;
  const columns = Int32Array.of(...observed, ...hidden);
  if (logitScale === 1) return viewOf(space, columns.sort(), { backend, logitScale });
  const whole = family.scores(family.fromDescription(describeColumns(space, columns)), logWeights);
  const scores = temperSeen(whole, seen.scores, logitScale);
  return {
    read(x, values, options) {
      const all = takeColumns(x, columns);
      const statistics = whole.form === 'linear' ? beside(family, all, takeColumns(x, observed)) : all;
      return withBase(space, all, readRows(backend, statistics, scores, values, options));
    },
  };
}

/** [T(x) ; T(x_O)], and a column of zeros where nothing is seen, as its own view has. */
function beside(family: Family, x: Matrix, seen: Matrix): Matrix {
  const all = family.statistics(x);
  const part = seen.cols === 0 ? { data: new Float64Array(x.rows), rows: x.rows, cols: 1 } : family.statistics(seen);
  const cols = all.cols + part.cols;
  const data = new Float64Array(x.rows * cols);
  for (let n = 0; n < x.rows; n++) {
    data.set(all.data.subarray(n * all.cols, (n + 1) * all.cols), n * cols);
    data.set(part.data.subarray(n * part.cols, (n + 1) * part.cols), n * cols + all.cols);
  }
  return { data, rows: x.rows, cols };
}

function withBase({ family }: Space, x: Matrix, reading: Reading): Reading {
  const logBase = family.logBaseMeasure(x);
  return logBase === null ? reading : { ...reading, logEvidence: reading.logEvidence.map((l, n) => l + logBase[n]!) };
}

/** One `read` of rows that a backend takes in and lets go again. */
export function readRows(
  backend: Backend,
  x: Matrix,
  scores: Scores,
  values: Matrix | null,
  options?: ReadOptions,
): Reading {
  const on = precise(backend, scores);
  const rows = on.take({ ...x, stride: x.cols });
  try {
    return on.read(rows, scores, values, options);
  } finally {
    on.release(rows);
  }
}

/** Nothing is seen: a column of zeros stands in, since a kernel needs a width. */
function viewOfNothing({ logWeights, components }: Space, { backend, logitScale }: Where): View {
  const scores: LinearScores = {
    form: 'linear',
    components,
    width: 1,
    natural: new Float64Array(components),
    bias: logWeights,
  };
  const tempered = temper(scores, logitScale);
  return {
    scores,
    read: ({ rows }, values, options) =>
      readRows(backend, { data: new Float64Array(rows), rows, cols: 1 }, tempered, values, options),
    logDensity: ({ rows }) => new Float64Array(rows),
  };
}
