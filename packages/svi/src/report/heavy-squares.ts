import { psis } from '../psis/index.ts';
import { USABLE } from './thresholds.ts';

/** Weighted values of numbers: a row a draw. */
type WeightedRows = {
  readonly rows: readonly Float64Array[];
  readonly logRatios: Float64Array;
  readonly logWeights: Float64Array;
};

/** Standard error of a deviation, as a share of it, from which its tail is looked at; of some thousand draws of a normal it is 0.01 to 0.02. */
const ROUGH = 0.03;

/**
 * Numbers whose deviations rest on few draws, however good k̂ of the ratios r is: k̂ of r·(x − mean)² is above 0.7 (`most`), and the deviation is not well known by the scatter of those products either. A guide whose scale is too narrow
 * by far has small ratios wherever it looks; that squares grow with them says that more lies beyond.
 *
 * @returns columns of the rows
 *
 * Cost: N a number; a sort and a fit of its tail where the scatter is large.
 * Source: Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25, §2.4, on the k̂ of an expectation.
 */
export function heavySquares({ rows, logRatios, logWeights }: WeightedRows, most: number = USABLE): number[] {
  const weights = logWeights.map(Math.exp);
  return Array.from(rows[0] ?? [], (_, i) => i).filter((i) => {
    const mean = rows.reduce((total, row, s) => total + weights[s]! * row[i]!, 0);
    const squares = rows.map((row) => (row[i]! - mean) ** 2);
    const variance = squares.reduce((total, x, s) => total + weights[s]! * x, 0);
    const scatter = squares.reduce((total, x, s) => total + (weights[s]! * (x - variance)) ** 2, 0);
    if (!(Math.sqrt(scatter) > 2 * ROUGH * variance)) return false;
    return psis(logRatios.map((x, s) => x + Math.log(squares[s]!))).paretoK > most;
  });
}

/** Deviations of all numbers. */
export function deviationsOf({ rows, logWeights }: WeightedRows): Float64Array {
  const weights = logWeights.map(Math.exp);
  return Float64Array.from(rows[0] ?? [], (_, i) => {
    const mean = rows.reduce((total, row, s) => total + weights[s]! * row[i]!, 0);
    return Math.sqrt(rows.reduce((total, row, s) => total + weights[s]! * (row[i]! - mean) ** 2, 0));
  });
}
