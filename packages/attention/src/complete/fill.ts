import type { Matrix } from '@mixtention/core';
import { fail, takeRows } from '@mixtention/core/base';
import { logVolume, toSpace } from '../space.ts';
import type { MaskGroup } from './observed-mask.ts';
import type { Plan, Prediction } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Completion } from './types.ts';
import { conditionalView, viewOf } from './view.ts';

/** Values in the widest array of a pass: 4 M float64 are 32 MB. */
const PASS_VALUES = 4_194_304;
const MOST_PASS_ROWS = 8192;

/**
 * Carries a plan out, pass by pass, and writes what it tells into `result`.
 *
 * @returns LSE_k(T s_k) of the plan's rows, in the space of the mixture
 */
export function fill(plan: Plan, problem: Problem, result: Completion): Float64Array {
  const { space, x } = problem;
  const options = { responsibilities: result.responsibilities !== undefined };
  const logNormalizer = new Float64Array(plan.rows.length);
  for (const { rows, start } of passes(plan.rows, Math.max(plan.width, x.cols))) {
    const prediction = plan.read(toSpace(takeRows(x, rows), space), rows, options);
    checkScores(prediction, rows, problem.logitScale);
    logNormalizer.set(prediction.logNormalizer, start);
    rows.forEach((n, i) => {
      result.logEvidence[n] = prediction.logEvidence[i]! - plan.logVolume.observed;
    });
    if (prediction.responsibilities !== undefined) scatter(prediction.responsibilities, rows, result.responsibilities!);
    if (problem.scoring !== null) addJoint(plan, prediction, rows, problem, result);
    predict(plan, prediction, rows, problem, result);
  }
  return logNormalizer;
}

/** A row that is possible has an evidence, and so has its power posterior, unless its scores outgrew what numbers hold. */
function checkScores({ logEvidence, logNormalizer }: Prediction, rows: Int32Array, logitScale: number): void {
  const i = logNormalizer.findIndex((l, n) => !Number.isFinite(l) && Number.isFinite(logEvidence[n]));
  if (i < 0) return;
  const what = `the scores of row ${rows[i]} (counted from 0) times logitScale ${logitScale}`;
  fail('attention/complete', 'NOT_FINITE', `${what} are too large to be numbers; give a smaller logitScale`);
}

/** LSE_k(T s_k + log p(x_M | x_O, k)) − LSE_k(T s_k), which is log p(x) − log p(x_O) where T is 1. */
function addJoint(
  plan: Plan,
  { logNormalizer }: Prediction,
  rows: Int32Array,
  { space, scoring }: Problem,
  result: Completion,
): void {
  const { informedResponsibilities: informed } = result;
  const joint = plan.readJoint(toSpace(takeRows(scoring!.truth, rows), space), rows, {
    responsibilities: informed !== undefined,
  });
  rows.forEach((n, i) => {
    result.jointLogProbability![n] = joint.logEvidence[i]! - logNormalizer[i]! - plan.logVolume.hidden;
  });
  if (informed !== undefined) scatter(joint.responsibilities!, rows, informed);
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

/**
 * The same of every hidden column by itself: exact for any family, at one pass each.
 *
 * @param logNormalizer  of the group's rows, as `fill` returned it
 */
export function addMarginals(
  group: MaskGroup,
  logNormalizer: Float64Array,
  problem: Problem,
  result: Completion,
): void {
  const { space, scoring } = problem;
  const { truth } = scoring!;
  const seen = viewOf(space, group.observed, problem);
  for (const j of group.hidden) {
    const hidden = Int32Array.of(j);
    const view = conditionalView(space, { ...group, hidden }, { ...problem, seen });
    const volume = logVolume(hidden, space);
    for (const { rows, start } of passes(group.rows, truth.cols)) {
      const { logEvidence } = view.read(toSpace(takeRows(truth, rows), space), null);
      rows.forEach((n, i) => {
        result.marginalLogProbability![n]! += logEvidence[i]! - logNormalizer[start + i]! - volume;
      });
    }
  }
}

type Pass = { readonly rows: Int32Array; readonly start: number };

function* passes(rows: Int32Array, width: number): Generator<Pass, void, void> {
  const size = Math.max(1, Math.min(MOST_PASS_ROWS, Math.floor(PASS_VALUES / width)));
  for (let start = 0; start < rows.length; start += size) yield { rows: rows.subarray(start, start + size), start };
}

function scatter(from: Matrix, rows: Int32Array, to: Matrix): void {
  rows.forEach((n, i) => {
    to.data.set(from.data.subarray(i * from.cols, (i + 1) * from.cols), n * to.cols);
  });
}
