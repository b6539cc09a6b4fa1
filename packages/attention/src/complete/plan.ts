import type { Backend, Matrix, Reading, ReadOptions } from '@mixtention/core';
import { logVolume, type Space } from '../space.ts';
import { type Chances, chancesOf, cutChances } from './chances.ts';
import { indices } from './columns.ts';
import { conditionalMean } from './conditional-mean.ts';
import { gatedScores, gatedStatistics } from './gated.ts';
import type { Mask, MaskGroup } from './observed-mask.ts';
import { readRows, type View, viewOf } from './view.ts';

/** What one pass over some rows tells; evidence is in the space of the mixture. */
export type Prediction = {
  readonly logEvidence: Float64Array;
  readonly responsibilities?: Matrix | undefined;
  /** E[x_c | x_O] of the plan's columns c, `[B, C]` */
  readonly predicted: Matrix;
  /** Chances of 0 and 1 of those columns, for binary families when they are scored. */
  readonly chances?: Chances | undefined;
};

/** How a set of rows is completed. */
export type Plan = {
  readonly rows: Int32Array;
  /** The columns that are predicted: the hidden ones, or all where rows have masks of their own. */
  readonly columns: Int32Array;
  /** Widest row that a pass makes, which bounds how many rows it may take. */
  readonly width: number;
  /** Σ log scale of the seen and of the hidden columns. */
  readonly logVolume: { readonly observed: number; readonly hidden: number };
  /** What the seen columns of rows `[B, D]` of the space say; `cells` are their masks where they have their own. */
  read(x: Matrix, rows: Int32Array, options: ReadOptions): Prediction;
};

/** The plan of rows that see the same columns: the kernel works at the width of what is seen. */
export function groupPlan(space: Space, group: MaskGroup, backend: Backend, scored: boolean): Plan {
  const view = viewOf(space, group.observed, backend);
  const shared = {
    rows: group.rows,
    columns: group.hidden,
    logVolume: { observed: logVolume(group.observed, space), hidden: logVolume(group.hidden, space) },
  };
  if (group.hidden.length === 0)
    return {
      ...shared,
      width: 1,
      read: (x, _rows, options) => ({ ...view.read(x, null, options), predicted: none(x.rows) }),
    };
  return space.family.binary ? binaryPlan(space, group, view, shared, scored) : meanPlan(space, group, view, shared);
}

type Shared = Pick<Plan, 'rows' | 'columns' | 'logVolume'>;

function binaryPlan(space: Space, { hidden }: MaskGroup, view: View, shared: Shared, scored: boolean): Plan {
  const values = chancesOf(space, hidden, scored);
  return {
    ...shared,
    width: values.cols,
    read: (x, _rows, options) => asPrediction(view.read(x, values, options), scored),
  };
}

function meanPlan(space: Space, group: MaskGroup, view: View, shared: Shared): Plan {
  const { values, finish } = conditionalMean(space, group, view);
  return {
    ...shared,
    width: values.cols,
    read(x, _rows, options) {
      const { output, logEvidence, responsibilities } = view.read(x, values, options);
      return { logEvidence, responsibilities, predicted: finish(output, x) };
    },
  };
}

/** The plan of binary rows with masks of their own: one product at full width, where the query itself is masked. */
export function gatedPlan(space: Space, { cells }: Mask, rows: number, backend: Backend, scored: boolean): Plan {
  const columns = indices(space.width);
  const scores = gatedScores(space);
  const values = chancesOf(space, columns, scored);
  return {
    rows: indices(rows),
    columns,
    width: 2 * space.width,
    logVolume: { observed: 0, hidden: 0 },
    read(x, rows, options) {
      return asPrediction(readRows(backend, gatedStatistics(x, cells, rows), scores, values, options), scored);
    },
  };
}

function asPrediction({ output, logEvidence, responsibilities }: Reading, scored: boolean): Prediction {
  if (!scored) return { logEvidence, responsibilities, predicted: output };
  const chances = cutChances(output);
  return { logEvidence, responsibilities, predicted: chances.yes, chances };
}

function none(rows: number): Matrix {
  return { data: new Float64Array(0), rows, cols: 0 };
}
