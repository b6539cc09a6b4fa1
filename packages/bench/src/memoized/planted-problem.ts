import type { AnyAlgorithm, Dataset, Matrix, Tree } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { dataset } from '@mixtention/core/data';
import { generator, key, split } from '@mixtention/core/numeric';
import { batch, memoized } from '@mixtention/em';
import { gaussianDiagonal } from '@mixtention/mixture';

export const WIDTH = 8;
export const COMPONENTS = 64;

/** As `fit` deals 200,000 rows out. */
const DEALT = { batches: 4, byShard: false, groups: 1 } as const;

/** What goes from a first state. */
export type Side = { readonly algorithm: AnyAlgorithm; readonly state: Tree };

export type Problem = {
  readonly data: Dataset;
  readonly em: Side;
  readonly memoized: Side;
  /** Of the planted means from the nearest other one, median, in standard deviations of a component. */
  readonly separation: number;
};

/**
 * Rows of unit Gaussians whose means are drawn from N(0, spread²) in each column, and one start of a mixture of diagonal ones for both schedules.
 *
 * @param spread  by it and the seed all is drawn: nothing is chosen by what becomes of it
 */
export function plantedProblem(rows: number, spread: number, seed: number): Problem {
  const { x, centers } = planted(rows, spread, seed);
  const config = { components: COMPONENTS, start: 'k-means++', prior: null, floor: 1e-6 } as const;
  const algorithm = batch({ family: gaussianDiagonal, ...config });
  const state = algorithm.init(key(seed), rowsOf(x, 0, Math.min(rows, 10_000)));
  const driver = memoized({ algorithm, ...DEALT });
  return {
    data: dataset(x),
    em: { algorithm, state: state as Tree },
    memoized: { algorithm: driver as AnyAlgorithm, state: driver.around(state as Tree) as Tree },
    separation: separationOf(centers),
  };
}

function planted(
  rows: number,
  spread: number,
  seed: number,
): { readonly x: Matrix; readonly centers: readonly Float64Array[] } {
  const random = generator(split(key(seed), 'planted'));
  const centers = Array.from({ length: COMPONENTS }, () =>
    Float64Array.from({ length: WIDTH }, () => spread * random.normal()),
  );
  const data = new Float32Array(rows * WIDTH);
  for (let n = 0; n < rows; n++) {
    const center = centers[random.integer(COMPONENTS)]!;
    for (let d = 0; d < WIDTH; d++) data[n * WIDTH + d] = center[d]! + random.normal();
  }
  return { x: { data, rows, cols: WIDTH }, centers };
}

function separationOf(centers: readonly Float64Array[]): number {
  const nearest = centers.map((own, k) =>
    Math.min(...centers.map((other, j) => (j === k ? Infinity : Math.hypot(...own.map((c, d) => c - other[d]!))))),
  );
  return nearest.sort((a, b) => a - b)[COMPONENTS / 2]!;
}
