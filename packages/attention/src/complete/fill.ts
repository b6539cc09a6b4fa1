import { type Matrix, takeRows } from '@mixtention/core';
import { logVolume, toSpace } from '../space.ts';
import type { Completion } from './complete.ts';
import type { MaskGroup } from './observed-mask.ts';
import type { Plan, Prediction } from './plan.ts';
import type { Problem } from './problem.ts';
import { viewOf } from './view.ts';

/** Values in the widest array of a pass: 4 M float64 are 32 MB. */
const PASS_VALUES = 4_194_304;
const MOST_PASS_ROWS = 8192;

/** Carries a plan out, pass by pass, and writes what it tells into `result`. */
export function fill(plan: Plan, problem: Problem, result: Completion): void {
  const { space, x } = problem;
  const options = { responsibilities: result.responsibilities !== undefined };
  for (const rows of passes(plan.rows, Math.max(plan.width, x.cols))) {
    const prediction = plan.read(toSpace(takeRows(x, rows), space), rows, options);
    rows.forEach((n, i) => {
      result.logEvidence[n] = prediction.logEvidence[i]! - plan.logVolume.observed;
    });
    if (prediction.responsibilities !== undefined) scatter(prediction.responsibilities, rows, result.responsibilities!);
    if (problem.scoring !== null) addJoint(plan, prediction, rows, problem, result);
    predict(plan, prediction, rows, problem, result);
  }
}

/** `log p(x_M | x_O) = log p(x) − log p(x_O)`, which is LSE_k(s_k + log p(x_M | k)) − LSE_k s_k. */
function addJoint(
  plan: Plan,
  { logEvidence }: Prediction,
  rows: Int32Array,
  { space, scoring }: Problem,
  result: Completion,
): void {
  const { truth, whole } = scoring!;
  const joint = whole.read(toSpace(takeRows(truth, rows), space), null).logEvidence;
  rows.forEach((n, i) => {
    result.jointLogProbability![n] = joint[i]! - logEvidence[i]! - plan.logVolume.hidden;
  });
}

/** Writes predictions to hidden cells, and scores them where chances are known. */
function predict(
  { columns }: Plan,
  { predicted, chances }: Prediction,
  rows: Int32Array,
  problem: Problem,
  result: Completion,
): void {
  const { mask, x, scoring, space } = problem;
  const { center, scale } = space.transform;
  const C = columns.length;
  rows.forEach((n, i) => {
    for (let c = 0; c < C; c++) {
      const d = columns[c]!;
      const cell = n * x.cols + d;
      if (mask.cells[mask.shared ? d : cell] === 1) continue;
      x.data[cell] = center[d]! + scale[d]! * predicted.data[i * C + c]!;
      if (chances === undefined) continue;
      const chance = scoring!.truth.data[cell] === 1 ? chances.yes : chances.no;
      result.marginalLogProbability![n]! += Math.log(chance.data[i * C + c]!);
    }
  });
}

/** `log p(x_j | x_O) = log p(x_O, x_j) − log p(x_O)` for every hidden column: exact for any family, at one pass each. */
export function addMarginals(group: MaskGroup, { space, backend, scoring }: Problem, result: Completion): void {
  const { truth } = scoring!;
  for (const j of group.hidden) {
    const columns = Int32Array.from([...group.observed, j]).sort();
    const view = viewOf(space, columns, backend);
    const volume = logVolume(columns, space);
    for (const rows of passes(group.rows, truth.cols)) {
      const { logEvidence } = view.read(toSpace(takeRows(truth, rows), space), null);
      rows.forEach((n, i) => {
        result.marginalLogProbability![n]! += logEvidence[i]! - volume - result.logEvidence[n]!;
      });
    }
  }
}

function* passes(rows: Int32Array, width: number): Generator<Int32Array, void, void> {
  const size = Math.max(1, Math.min(MOST_PASS_ROWS, Math.floor(PASS_VALUES / width)));
  for (let start = 0; start < rows.length; start += size) yield rows.subarray(start, start + size);
}

function scatter(from: Matrix, rows: Int32Array, to: Matrix): void {
  rows.forEach((n, i) => {
    to.data.set(from.data.subarray(i * from.cols, (i + 1) * from.cols), n * to.cols);
  });
}
