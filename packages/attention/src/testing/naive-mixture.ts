import type { Matrix } from '@mixtention/core';
import type { MixtureModel } from '@mixtention/mixture';

/** What Bayes' theorem says of one partly seen row. */
export type NaiveCompletion = {
  logEvidence: number;
  responsibilities: number[];
  predicted: number[];
  joint: number;
  marginal: number;
};

/**
 * Bayes' theorem by brute force in float64, from means and covariances alone: densities are multiplied out, Gaussian conditionals come
 * from Gauss–Jordan elimination. Nothing of the package or of the families' scores is used.
 *
 * @param row  the whole row; only `observed` columns count as seen
 * @param logitScale  T: responsibilities are ∝ (π_k p(x_O | k))^T
 */
export function naiveCompletion(
  model: MixtureModel,
  row: ArrayLike<number>,
  observed: number[],
  hidden: number[],
  logitScale = 1,
): NaiveCompletion {
  const parts = Array.from({ length: model.components }, (_, k) => component(model, k));
  const logPrior = Array.from(model.logWeights);
  const seen = parts.map((part, k) => logPrior[k]! + part.logDensity(row, observed));
  const whole = parts.map((part, k) => logPrior[k]! + part.logDensity(row, [...observed, ...hidden]));
  const logEvidence = naiveLogSumExp(seen);
  const scores = seen.map((s) => logitScale * s);
  const logResponsibilities = scores.map((s) => s - naiveLogSumExp(scores));
  const responsibilities = logResponsibilities.map(Math.exp);
  const predicted = hidden.map((j) =>
    parts.reduce((sum, part, k) => sum + responsibilities[k]! * part.conditional(row, j, observed).mean, 0),
  );
  const marginal = hidden.reduce((sum, j) => {
    const logs = parts.map((part, k) => logResponsibilities[k]! + part.logConditional(row, j, observed));
    return sum + naiveLogSumExp(logs);
  }, 0);
  const joint = naiveLogSumExp(whole.map((w, k) => logResponsibilities[k]! + w - seen[k]!));
  return { logEvidence, responsibilities, predicted, joint, marginal };
}

export function naiveLogSumExp(x: number[]): number {
  const top = Math.max(...x);
  return top + Math.log(x.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

type Component = {
  logDensity(row: ArrayLike<number>, columns: number[]): number;
  conditional(row: ArrayLike<number>, j: number, observed: number[]): { mean: number; variance: number };
  logConditional(row: ArrayLike<number>, j: number, observed: number[]): number;
};

function component(model: MixtureModel, k: number): Component {
  const { data, cols } = model.means;
  const mean = Array.from(data.subarray(k * cols, (k + 1) * cols));
  const covariance = model.covariances?.[k];
  return covariance === undefined ? bernoulliComponent(mean) : gaussianComponent(mean, covariance);
}

function bernoulliComponent(theta: number[]): Component {
  const logPixel = (row: ArrayLike<number>, j: number): number => Math.log(row[j] === 1 ? theta[j]! : 1 - theta[j]!);
  return {
    logDensity: (row, columns) => columns.reduce((sum, j) => sum + logPixel(row, j), 0),
    conditional: (_row, j) => ({ mean: theta[j]!, variance: theta[j]! * (1 - theta[j]!) }),
    logConditional: logPixel,
  };
}

function gaussianComponent(mean: number[], covariance: Matrix): Component {
  const at = (i: number, j: number): number => covariance.data[i * covariance.cols + j]!;
  const conditional = (row: ArrayLike<number>, j: number, observed: number[]): { mean: number; variance: number } => {
    const away = observed.map((o) => row[o]! - mean[o]!);
    const slope = solve(
      observed.map((a) => observed.map((b) => at(a, b))),
      observed.map((o) => at(o, j)),
    ).solution;
    return {
      mean: slope.reduce((sum, b, i) => sum + b * away[i]!, mean[j]!),
      variance: slope.reduce((sum, b, i) => sum - b * at(observed[i]!, j), at(j, j)),
    };
  };
  const logConditional = (row: ArrayLike<number>, j: number, observed: number[]): number => {
    const { mean: m, variance } = conditional(row, j, observed);
    return -0.5 * ((row[j]! - m) ** 2 / variance + Math.log(2 * Math.PI * variance));
  };
  return {
    conditional,
    logConditional,
    logDensity(row, columns) {
      const away = columns.map((c) => row[c]! - mean[c]!);
      const { solution, determinant } = solve(
        columns.map((a) => columns.map((b) => at(a, b))),
        away,
      );
      const square = solution.reduce((sum, s, i) => sum + s * away[i]!, 0);
      return -0.5 * (square + Math.log(determinant) + columns.length * Math.log(2 * Math.PI));
    },
  };
}

/** A·s = b by Gauss–Jordan elimination with pivoting, and det A. */
function solve(a: number[][], b: number[]): { solution: number[]; determinant: number } {
  const rows = a.map((row, i) => [...row, b[i]!]);
  let determinant = 1;
  for (let c = 0; c < rows.length; c++) {
    let pivot = c;
    for (let r = c + 1; r < rows.length; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    if (pivot !== c) {
      [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
      determinant = -determinant;
    }
    const head = rows[c]![c]!;
    determinant *= head;
    rows[c] = rows[c]!.map((v) => v / head);
    for (let r = 0; r < rows.length; r++) {
      const factor = rows[r]![c]!;
      if (r !== c) rows[r] = rows[r]!.map((v, i) => v - factor * rows[c]![i]!);
    }
  }
  return { solution: rows.map((row) => row[row.length - 1]!), determinant };
}
