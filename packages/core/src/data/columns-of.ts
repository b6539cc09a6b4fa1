import type { Columns } from '../contracts/index.ts';
import { runPass } from './pass.ts';
import { readSome } from './read-some.ts';
import type { RowReader } from './reader.ts';
import { robustColumns } from './robust-columns.ts';
import { survey } from './survey.ts';

/** Rows that quantiles are taken of: they are off by some hundredths of a deviation. */
const MOST_ROWS = 4096;

/** A deviation this many times as wide as the middle half of the rows tells (1 for a normal column, 1.2 for an exponential one) was made by far rows. */
const FAR = 2;
/** However far rows lie, the unit is no smaller than this share of the deviation: numbers that a float32 can hold. */
const LEAST_SHARE = 1e-3;

/**
 * What is to be known of the columns of some rows before a fit: the first pass, and quantiles of up to 4,096 rows at even distances.
 *
 * @throws as `survey` does
 */
export function columnsOf(
  reader: RowReader,
  weights: Float64Array | null,
  where: string,
): { readonly columns: Omit<Columns, 'names'>; readonly digest: string } {
  const { columns, digest } = runPass(reader, survey(reader.cols, weights, where));
  const { mean, deviation } = columns;
  const rows = evenRows(reader.rows, weights);
  const middle = robustColumns(readSome(reader, rows), weights && Float64Array.from(rows, (n) => weights[n]!));
  const isFar = (d: number): boolean => deviation[d]! > FAR * middle.scale[d]!;
  const center = mean.map((m, d) => (isFar(d) ? middle.center[d]! : m));
  const spread = deviation.map((s, d) => (isFar(d) ? Math.max(middle.scale[d]!, LEAST_SHARE * s) : s));
  return { columns: { ...columns, center, spread }, digest };
}

/** Rows that weigh anything, at even distances, in their order. */
function evenRows(rows: number, weights: Float64Array | null): Int32Array {
  const owned = weights === null ? null : Int32Array.from(weights.keys()).filter((n) => weights[n]! > 0);
  const count = owned?.length ?? rows;
  const taken = Math.min(count, MOST_ROWS);
  return Int32Array.from({ length: taken }, (_, i) => {
    const at = Math.floor((i * count) / taken);
    return owned === null ? at : owned[at]!;
  });
}
