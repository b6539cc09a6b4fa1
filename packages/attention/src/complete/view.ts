import {
  type Backend,
  type LinearScores,
  type Matrix,
  precise,
  type Reading,
  type ReadOptions,
  type Scores,
} from '@mixtention/core';
import type { Space } from '../space.ts';
import { describeColumns, takeColumns } from './columns.ts';

/** A mixture seen in some of its columns. Rows go in at full width, in the space of the fit; the other columns are not looked at. */
export type View = {
  readonly scores: Scores;
  /** As the kernel's `read`; the evidence is log p(x_O) in the space of the fit. */
  read(x: Matrix, values: Matrix | null, options?: ReadOptions): Reading;
};

/**
 * The marginal mixture of some columns, exact for every family that is closed under leaving columns out.
 *
 * @param columns  O, ascending; may be empty, then responsibilities are the weights and the evidence is 0
 *
 * Cost: that of the family's `scores` at width |O|: for full covariances one factorisation a component.
 */
export function viewOf(space: Space, columns: Int32Array, backend: Backend): View {
  if (columns.length === 0) return viewOfNothing(space, backend);
  const { family, logWeights } = space;
  const whole = columns.length === space.width;
  const params = whole ? space.params : family.fromDescription(describeColumns(space, columns));
  const scores = family.scores(params, logWeights);
  return {
    scores,
    read(x, values, options) {
      const seen = whole ? x : takeColumns(x, columns);
      const statistics = scores.form === 'linear' ? family.statistics(seen) : seen;
      const reading = readRows(backend, statistics, scores, values, options);
      const logBase = family.logBaseMeasure(seen);
      return logBase === null
        ? reading
        : { ...reading, logEvidence: reading.logEvidence.map((l, n) => l + logBase[n]!) };
    },
  };
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
function viewOfNothing({ logWeights, components }: Space, backend: Backend): View {
  const scores: LinearScores = {
    form: 'linear',
    components,
    width: 1,
    natural: new Float64Array(components),
    bias: logWeights,
  };
  return {
    scores,
    read: ({ rows }, values, options) =>
      readRows(backend, { data: new Float64Array(rows), rows, cols: 1 }, scores, values, options),
  };
}
