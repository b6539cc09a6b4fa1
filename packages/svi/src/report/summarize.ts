import { type Shape, sizeOf } from '../graph/index.ts';
import type { DrawsTable, Nested, SiteSummaries, SiteSummary } from './report-types.ts';

export const PROBABILITIES: readonly number[] = [0.025, 0.25, 0.5, 0.75, 0.975];

/** The sites whose values stand one after another in a row. */
export type Columns = readonly { readonly name: string; readonly shape: Shape }[];

/** Means, deviations and quantiles of every site from weighted rows of values. */
export function summarize(columns: Columns, rows: readonly Float64Array[], weights: Float64Array): SiteSummaries {
  let start = 0;
  return Object.fromEntries(
    columns.map(({ name, shape }) => {
      const first = start;
      start += sizeOf(shape);
      const numbers = Array.from({ length: start - first }, (_, i) => summarizeOne(rows, first + i, weights));
      const shaped = (values: readonly number[]): Nested => nest(values, shape);
      const summary: SiteSummary = {
        mean: shaped(numbers.map(({ mean }) => mean)),
        sd: shaped(numbers.map(({ sd }) => sd)),
        quantiles: Object.fromEntries(
          PROBABILITIES.map((p, i) => [String(p), shaped(numbers.map(({ quantiles }) => quantiles[i]!))]),
        ),
      };
      return [name, summary];
    }),
  );
}

function summarizeOne(
  rows: readonly Float64Array[],
  at: number,
  weights: Float64Array,
): { readonly mean: number; readonly sd: number; readonly quantiles: readonly number[] } {
  const column = Float64Array.from(rows, (row) => row[at]!);
  let [total, least, greatest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  column.forEach((x, s) => {
    if (!(weights[s]! > 0)) return;
    total += weights[s]! * x;
    [least, greatest] = [Math.min(least, x), Math.max(greatest, x)];
  });
  // Weights sum to 1 but for rounding, which puts no mean beyond what it is of.
  const mean = Math.min(Math.max(total, least), greatest);
  let variance = 0;
  column.forEach((x, s) => {
    if (weights[s]! > 0) variance += weights[s]! * (x - mean) ** 2;
  });
  const order = Uint32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
  let below = 0;
  let next = 0;
  const quantiles: number[] = [];
  for (const s of order) {
    below += weights[s]!;
    while (next < PROBABILITIES.length && below >= PROBABILITIES[next]! - 1e-12) {
      quantiles.push(column[s]!);
      next++;
    }
  }
  while (quantiles.length < PROBABILITIES.length) quantiles.push(column[order.at(-1)!] ?? Number.NaN);
  return { mean, sd: Math.sqrt(variance), quantiles };
}

function nest(values: readonly number[], shape: Shape): Nested {
  const [first, ...rest] = shape;
  if (first === undefined) return values[0]!;
  const size = sizeOf(rest);
  return Array.from({ length: first }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest));
}

/** Rows drawn in proportion to their weights, by one uniform number (systematic resampling), as a table; all of them in order where weights are equal. */
export function drawsTable(
  columns: Columns,
  rows: readonly Float64Array[],
  weights: Float64Array,
  uniform: number,
): DrawsTable {
  const names = columns.flatMap(({ name, shape }) => placesOf(shape).map((place) => name + place));
  const count = rows.length;
  const data = new Float64Array(count * names.length);
  let below = 0;
  let next = 0;
  rows.forEach((row, s) => {
    below += weights[s]! * count;
    while (next < count && (next + uniform < below || (s === count - 1 && below > 0)))
      data.set(row, next++ * names.length);
  });
  return { columns: names, rows: count, cols: names.length, data };
}

function placesOf(shape: Shape): string[] {
  return shape.reduce<string[]>(
    (places, size) =>
      places.flatMap((place) =>
        Array.from({ length: size }, (_, i) => (place === '' ? `[${i}]` : `${place.slice(0, -1)},${i}]`)),
      ),
    [''],
  );
}
