import type { Backend, Matrix, Reading, ReadOptions } from '@mixtention/core';
import { isBinary } from '@mixtention/core/data';
import { logVolume, type Space } from '../space.ts';
import { type Chances, chancesOf, cutChances } from './chances.ts';
import { indices } from './columns.ts';
import { conditionalMean } from './conditional-mean.ts';
import { gatedScores, gatedStatistics } from './gated.ts';
import type { Mask, MaskGroup } from './observed-mask.ts';
import { conditionalView, readOnce, type View, viewOf } from './view.ts';

/** What one pass over some rows tells; logarithms are in the space of the mixture. */
export type Prediction = {
  /** log p(x_O) */
  readonly logEvidence: Float64Array;
  /** LSE_k(T s_k), with s_k = log π_k + log p(x_O | k): what a joint is measured from. Where T is 1 it is the evidence. */
  readonly logNormalizer: Float64Array;
  readonly responsibilities?: Matrix | undefined;
  /** E[x_c | x_O] of the plan's columns c, `[B, C]` */
  readonly predicted: Matrix;
  /** Chances of 0 and 1 of those columns, for binary families when they are scored. */
  readonly chances?: Chances | undefined;
};

/** What whole rows tell. */
export type Joint = Pick<Reading, 'logEvidence' | 'responsibilities'>;

/** How a set of rows is completed. */
export type Plan = {
  readonly rows: Int32Array;
  /** The columns that are predicted: the hidden ones, or all where rows have masks of their own. */
  readonly columns: Int32Array;
  /** Widest row that a pass makes, which bounds how many rows it may take. */
  readonly width: number;
  /** Σ log scale of the seen and of the hidden columns. */
  readonly logVolume: { readonly observed: number; readonly hidden: number };
  /** What the seen columns of rows `[B, D]` of the space say; `rows` tells whose masks they have. */
  read(x: Matrix, rows: Int32Array, options: ReadOptions): Prediction;
  /** LSE_k(T s_k + log p(x_M | x_O, k)) of whole rows `[B, D]`, and the responsibilities under it. */
  readJoint(x: Matrix, rows: Int32Array, options: ReadOptions): Joint;
};

/** What plans have in common; `whole` is the view of all columns, where rows are scored. */
export type Setting = {
  readonly backend: Backend;
  /** T */
  readonly logitScale: number;
  readonly whole: View | null;
};

/** The plan of rows that see the same columns: the kernel works at the width of what is seen. */
export function groupPlan(space: Space, group: MaskGroup, setting: Setting): Plan {
  const view = viewOf(space, group.observed, setting);
  const shared = {
    rows: group.rows,
    columns: group.hidden,
    logVolume: { observed: logVolume(group.observed, space), hidden: logVolume(group.hidden, space) },
    readJoint: jointReader(space, group, setting, view),
  };
  const predict = predictor(space, group, setting.whole !== null);
  return {
    ...shared,
    width: Math.max(1, predict.values?.cols ?? 0),
    read(x, _rows, options) {
      const reading = view.read(x, predict.values, options);
      const logEvidence = setting.logitScale === 1 ? reading.logEvidence : view.logDensity(x);
      return { ...predict.finish(reading, x), ...told(reading, logEvidence) };
    },
  };
}

type Told = Pick<Prediction, 'logEvidence' | 'logNormalizer' | 'responsibilities'>;

function told({ logEvidence: logNormalizer, responsibilities }: Reading, logEvidence: Float64Array): Told {
  return { logEvidence, logNormalizer, responsibilities };
}

function jointReader(space: Space, group: MaskGroup, setting: Setting, seen: View): Plan['readJoint'] {
  const { whole, logitScale } = setting;
  if (whole === null) return () => ({ logEvidence: new Float64Array(0) });
  const view = logitScale === 1 ? whole : conditionalView(space, group, { ...setting, seen });
  return (x, _rows, options) => view.read(x, null, options);
}

/** Values for the kernel, and what their reading says of the hidden columns. */
type Predictor = {
  readonly values: Matrix | null;
  finish(reading: Reading, x: Matrix): Pick<Prediction, 'predicted' | 'chances'>;
};

function predictor(space: Space, group: MaskGroup, scored: boolean): Predictor {
  if (group.hidden.length === 0) return { values: null, finish: (_reading, x) => ({ predicted: none(x.rows) }) };
  if (isBinary(space.family, space.width)) return binaryPredictor(space, group.hidden, scored);
  const { values, finish } = conditionalMean(space, group);
  return { values, finish: ({ output }, x) => ({ predicted: finish(output, x) }) };
}

function binaryPredictor(space: Space, columns: Int32Array, scored: boolean): Predictor {
  return {
    values: chancesOf(space, columns, scored),
    finish({ output }) {
      if (!scored) return { predicted: output };
      const chances = cutChances(output);
      return { predicted: chances.yes, chances };
    },
  };
}

/** The plan of binary rows with masks of their own: one product at full width, where the query itself is masked. */
export function gatedPlan(space: Space, mask: Mask, rows: number, { backend, logitScale, whole }: Setting): Plan {
  const columns = indices(space.width);
  const bayes = gatedScores(space);
  const scores = logitScale === 1 ? bayes : gatedScores(space, logitScale);
  const predict = binaryPredictor(space, columns, whole !== null);
  return {
    rows: indices(rows),
    columns,
    width: 2 * space.width,
    logVolume: { observed: 0, hidden: 0 },
    read(x, rows, options) {
      const query = gatedStatistics(x, mask, rows, { seen: logitScale, hidden: 0 });
      const reading = readOnce(backend, query, scores, predict.values, options);
      const logEvidence =
        logitScale === 1
          ? reading.logEvidence
          : readOnce(backend, gatedStatistics(x, mask, rows), bayes, null).logEvidence;
      return { ...predict.finish(reading, x), ...told(reading, logEvidence) };
    },
    readJoint(x, rows, options) {
      if (logitScale === 1) return whole!.read(x, null, options);
      const query = gatedStatistics(x, mask, rows, { seen: logitScale, hidden: 1 });
      return readOnce(backend, query, scores, null, options);
    },
  };
}

function none(rows: number): Matrix {
  return { data: new Float64Array(0), rows, cols: 0 };
}
