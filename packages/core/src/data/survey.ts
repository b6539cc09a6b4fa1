import { fail } from '../base/errors.ts';
import type { Columns } from '../contracts/index.ts';
import { digestOf } from './digest-rows.ts';
import type { Pass } from './pass.ts';

/** A column is constant where its deviation is less than this share of its size: four units in the last place. */
const CONSTANT = 2 ** -50;

/** Rows that must rise one after another before a column is said to count them. */
const LEAST_COUNTED = 20;

/** Below this the inverse of a distance is infinite; such distances are measured in larger units. */
const DENORMAL = 2 ** -1022;
const RAISE = 2 ** 1000;

export type Survey = {
  readonly columns: Omit<Columns, 'names' | 'center' | 'spread'>;
  readonly digest: string;
};

/** Moments of some rows, `[D]`; `weight` is Σ w. Deviations, not variances: those of 1e-200 have none. */
type Moments = { readonly weight: number; readonly mean: Float64Array; readonly deviation: Float64Array };

/**
 * The first pass over the rows of a data set: refuses what is no finite number, and finds mean, deviation and range of every column, columns
 * that are constant or count their rows, and the digest.
 *
 * Weighted mean and deviation by two passes over each part in float64 about its first row, joined part by part (Chan, Golub & LeVeque 1979).
 *
 * @param where  for messages: package/function
 * @throws NOT_FINITE naming row and column; BAD_DATA naming the column whose mean or deviation no number can hold
 */
export function survey(cols: number, weights: Float64Array | null, where: string): Pass<Survey> {
  const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
  const counts = countsOf(cols);
  const digest = digestOf();
  let all: Moments = { weight: 0, mean: new Float64Array(cols), deviation: new Float64Array(cols) };
  let scratch = new Float64Array(0);
  let rows = 0;
  return {
    add(part, first) {
      if (scratch.length < part.data.length) scratch = new Float64Array(part.data.length);
      const x = scratch.subarray(0, part.data.length);
      x.set(part.data);
      checkCells(x, { first, cols, where });
      digest.add(x);
      const own = weights === null ? null : weights.subarray(first, first + part.rows);
      if (own !== null) digest.add(own);
      counts.add(x, part.rows);
      range(x, own, { least, most });
      all = join(all, momentsOf({ x, own, cols }));
      rows += part.rows;
    },
    done() {
      const { mean } = all;
      const deviation = all.deviation.map((s, d) => {
        if (!Number.isFinite(mean[d]) || !Number.isFinite(s)) refuseRange(where, d, weights);
        return s > CONSTANT * Math.abs(mean[d]!) ? s : 0;
      });
      digest.add(Float64Array.of(rows, cols));
      const counting = rows < LEAST_COUNTED ? [] : counts.columns();
      return { columns: { mean, deviation, least, most, counting }, digest: digest.text() };
    },
  };
}

function checkCells(x: Float64Array, { first, cols, where }: { first: number; cols: number; where: string }): void {
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i])) continue;
    const row = first + Math.floor(i / cols);
    const place = `row ${row}, column ${i % cols} (counted from 0)`;
    fail(where, 'NOT_FINITE', `${place} is ${x[i]}, a finite number was due`);
  }
}

type Part = { readonly x: Float64Array; readonly own: Float64Array | null; readonly cols: number };

function momentsOf({ x, own, cols }: Part): Moments {
  const rows = x.length / cols;
  const mean = new Float64Array(cols);
  const deviation = new Float64Array(cols);
  const rest = new Float64Array(cols);
  const first = own === null ? 0 : own.findIndex((w) => w > 0);
  if (first < 0) return { weight: 0, mean, deviation };
  // The first row that counts as pivot keeps the digits of data that lie far from 0.
  const pivot = x.slice(first * cols, (first + 1) * cols);
  const reach = new Float64Array(cols);
  let weight = 0;
  for (let n = first; n < rows; n++) {
    const w = own === null ? 1 : own[n]!;
    if (w === 0) continue;
    weight += w;
    for (let d = 0; d < cols; d++) {
      const distance = x[n * cols + d]! - pivot[d]!;
      mean[d]! += w * distance;
      if (Math.abs(distance) > reach[d]!) reach[d] = Math.abs(distance);
    }
  }
  // Squares of distances in units of the column's reach neither overflow nor vanish, whatever the units of the data.
  const raise = reach.map((r) => (r < DENORMAL ? RAISE : 1));
  const unit = reach.map((r, d) => (r > 0 ? 1 / (r * raise[d]!) : 0));
  for (let d = 0; d < cols; d++) mean[d] = pivot[d]! + mean[d]! / weight;
  for (let n = first; n < rows; n++) {
    const w = own === null ? 1 : own[n]!;
    if (w === 0) continue;
    for (let d = 0; d < cols; d++) {
      const distance = (x[n * cols + d]! - mean[d]!) * raise[d]! * unit[d]!;
      deviation[d]! += w * distance * distance;
      rest[d]! += w * distance;
    }
  }
  // The mean itself was rounded: of nanoseconds since 1970 by up to 128.
  const variance = (d: number): number => Math.max(0, deviation[d]! - (rest[d]! * rest[d]!) / weight) / weight;
  return { weight, mean, deviation: deviation.map((_, d) => reach[d]! * Math.sqrt(variance(d))) };
}

/** Moments of the rows of both. */
function join(a: Moments, b: Moments): Moments {
  if (a.weight === 0) return b;
  if (b.weight === 0) return a;
  const weight = a.weight + b.weight;
  const left = a.weight / weight;
  const right = b.weight / weight;
  const mean = a.mean.map((m, d) => m + (b.mean[d]! - m) * right);
  const deviation = a.deviation.map((s, d) => {
    const t = b.deviation[d]!;
    const apart = Math.abs(b.mean[d]! - a.mean[d]!);
    const size = Math.max(s, t, apart);
    if (size === 0 || !(size < Number.POSITIVE_INFINITY)) return size;
    const up = size < DENORMAL ? RAISE : 1;
    const per = (value: number): number => (value * up) / (size * up);
    return size * Math.sqrt(left * per(s) ** 2 + right * per(t) ** 2 + left * right * per(apart) ** 2);
  });
  return { weight, mean, deviation };
}

function range(
  x: Float64Array,
  own: Float64Array | null,
  { least, most }: { readonly least: Float64Array; readonly most: Float64Array },
): void {
  const cols = least.length;
  for (let n = 0; n * cols < x.length; n++) {
    if (own !== null && own[n] === 0) continue;
    for (let d = 0; d < cols; d++) {
      const value = x[n * cols + d]!;
      if (value < least[d]!) least[d] = value;
      if (value > most[d]!) most[d] = value;
    }
  }
}

/** Finds columns of whole numbers that rise, or fall, with every row. */
function countsOf(cols: number): { add(x: Float64Array, rows: number): void; columns(): number[] } {
  let left = Array.from({ length: cols }, (_, d) => d);
  let last: Float64Array | null = null;
  const way = new Float64Array(cols);
  return {
    add(x, rows) {
      left = left.filter((d) => {
        for (let n = 0; n < rows; n++) {
          const value = x[n * cols + d]!;
          const before = n > 0 ? x[(n - 1) * cols + d] : last?.[d];
          if (!Number.isSafeInteger(value)) return false;
          if (before === undefined) continue;
          const step = Math.sign(value - before);
          way[d] ||= step;
          if (step === 0 || step !== way[d]) return false;
        }
        return true;
      });
      last = x.slice((rows - 1) * cols, rows * cols);
    },
    columns: () => left,
  };
}

/** Rows that lie far apart in a float64, as ±1e308, have a distance that does not fit one. */
function refuseRange(where: string, column: number, weights: Float64Array | null): never {
  const what = weights === null ? 'values' : 'values times weights';
  return fail(
    where,
    'BAD_DATA',
    `column ${column} (counted from 0) has ${what} whose distances or sums pass the largest number (1.8e308), finite ones were due; choose other units`,
  );
}
