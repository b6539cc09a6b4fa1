import type { Matrix, Precision, RandomSource, RowBlock, Scores, Statistics, Term } from '@mixtention/core';
import { factorRows, identity, isPerColumn, isShared } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';

export type TermShape = {
  readonly form: Term['form'];
  readonly width: number;
  /** Products in the sums; of every component under whitened terms, unless given. */
  readonly squares?: Statistics['squares'];
  /** R, of a factor that is not square and triangular. */
  readonly factorRows?: number;
  /** One factor for all components. */
  readonly shared?: boolean;
  /** A Student-t of each row of the factor. */
  readonly perColumn?: boolean;
};

export type CaseShape = Pick<TermShape, 'form' | 'width'> & {
  readonly rows: number;
  readonly components: number;
  /** Values between the starts of rows; the width unless given. */
  readonly stride?: number;
  /** Standard deviation of the entries of H or W and of the biases; 1 unless given. */
  readonly spread?: number;
  readonly seed: number;
};

/** Rows of each term and a score function, every number exact in the precision of the backend: what is left is the backend's own rounding. */
export type KernelCase = {
  readonly blocks: readonly RowBlock[];
  readonly packed: readonly Matrix[];
  readonly scores: Scores;
};

/** A random case of one term: normal rows, natural parameters (or whitening factors and offsets) and biases. */
export function kernelCase({ form, width, ...shape }: CaseShape, precision: Precision): KernelCase {
  return termsCase([{ form, width }], shape, precision);
}

/** A random case of several terms, each over rows of its own. */
export function termsCase(
  terms: readonly TermShape[],
  { rows, components: K, stride, spread = 1, seed }: Omit<CaseShape, keyof TermShape>,
  precision: Precision,
): KernelCase {
  const random = generator(key(seed));
  const round = precision === 'float32' ? Math.fround : (value: number): number => value;
  const normals = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => round(scale * random.normal()));
  const packed = terms.map(({ width }): Matrix => ({ data: normals(rows * width, 1), rows, cols: width }));
  const bias = normals(K, spread);
  const made = terms.map((shape): Term => {
    const { form, width, squares = form === 'linear' ? 'none' : 'each' } = shape;
    const stand = { statistics: identity[squares], columns: null, width };
    if (form === 'linear') return { ...stand, form, natural: normals(K * width, spread) };
    const [R, factors] = [shape.factorRows ?? width, shape.shared ? 1 : K];
    const factored = {
      factor:
        shape.factorRows === undefined
          ? lowerTriangles(factors, width, spread, random).map(round)
          : normals(factors * R * width, spread / Math.sqrt(width)),
      offset: normals(K * R, 1),
      ...(shape.factorRows === undefined && { triangular: true }),
    };
    if (form === 'whitened') return { ...stand, ...factored, form };
    const each = shape.perColumn ? K * R : K;
    const scale = Float64Array.from({ length: each }, () => round(0.5 + random.uniform()));
    // From Cauchy to nearly normal, and normal.
    const degrees = scale.map(() =>
      random.uniform() < 0.2 ? Number.POSITIVE_INFINITY : round(10 ** (6 * random.uniform())),
    );
    return { ...stand, ...factored, form, scale, degrees };
  });
  return {
    blocks: packed.map((own) => blockOf(own, stride ?? own.cols, precision)),
    packed,
    scores: { components: K, bias, terms: made },
  };
}

/** The same case without the rows that `keep` refuses. */
export function filterRows({ packed, blocks, scores }: KernelCase, keep: (row: number) => boolean): KernelCase {
  const kept = Array.from({ length: packed[0]!.rows }, (_, n) => n).filter(keep);
  const parts = packed.map((own): Matrix => {
    const data = new Float64Array(kept.length * own.cols);
    kept.forEach((n, i) => {
      data.set(own.data.subarray(n * own.cols, (n + 1) * own.cols), i * own.cols);
    });
    return { data, rows: kept.length, cols: own.cols };
  });
  return {
    blocks: parts.map((part, t) =>
      blockOf(part, blocks[t]!.stride, blocks[t]!.data instanceof Float32Array ? 'float32' : 'float64'),
    ),
    packed: parts,
    scores,
  };
}

/**
 * How far each row's scores may be from exact ones `[N]`.
 *
 * A sum of P products carries about √P half-ulps of its largest partial sum (Higham 2002, sec. 2.8); 8 is the margin.
 */
export function scoreTolerance({ packed, scores }: KernelCase, precision: Precision): Float64Array {
  const { components: K, bias, terms } = scores;
  const width = terms.reduce((sum, term) => sum + term.width, 0);
  const factor = 8 * Math.sqrt(width + 2) * unitRoundoff(precision);
  return Float64Array.from({ length: packed[0]!.rows }, (_, n) => {
    let most = 1;
    for (let k = 0; k < K; k++) {
      const own = Math.abs(bias[k]!);
      let size = own === Number.POSITIVE_INFINITY ? 0 : own;
      for (let t = 0; t < terms.length; t++) size += sizeOf(packed[t]!, n, terms[t]!, k, K);
      most = Math.max(most, size);
    }
    return factor * most;
  });
}

/** Half the distance from 1 to the next number. */
export function unitRoundoff(precision: Precision): number {
  return precision === 'float32' ? 2 ** -24 : 2 ** -53;
}

function blockOf(packed: Matrix, stride: number, precision: Precision): RowBlock {
  const { rows, cols } = packed;
  const data = precision === 'float32' ? new Float32Array(rows * stride) : new Float64Array(rows * stride);
  for (let n = 0; n < rows; n++) data.set(packed.data.subarray(n * cols, (n + 1) * cols), n * stride);
  return { data, rows, cols, stride };
}

/** Sum of the sizes of all products that a term adds to the score of row n: what its rounding is relative to. */
function sizeOf({ data }: Matrix, n: number, term: Term, k: number, K: number): number {
  const { width: C } = term;
  if (term.form === 'linear') {
    let sum = 0;
    for (let p = 0; p < C; p++) sum += Math.abs(data[n * C + p]! * term.natural[k * C + p]!);
    return sum;
  }
  const R = factorRows(term, K);
  const own = isShared(term, K) ? 0 : k;
  let square = 0;
  for (let i = 0; i < R; i++) {
    let y = Math.abs(term.offset[k * R + i]!);
    for (let j = 0; j < C; j++) y += Math.abs(term.factor[(own * R + i) * C + j]! * data[n * C + j]!);
    square += y * y;
  }
  if (term.form === 'whitened') return square;
  // −(ν + R)/2 log(1 + s q/ν) moves by at most s (1 + R/ν)/2 times what q does.
  const { scale, degrees } = term;
  const each = isPerColumn(term, K) ? R : 1;
  let slope = 0;
  for (let i = k * each; i < (k + 1) * each; i++) slope = Math.max(slope, scale[i]! * (1 + R / degrees[i]!));
  return square * slope;
}

function lowerTriangles(K: number, D: number, spread: number, random: RandomSource): Float64Array {
  const W = new Float64Array(K * D * D);
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < i; j++) W[(k * D + i) * D + j] = (spread * random.normal()) / Math.sqrt(D);
      W[(k * D + i) * D + i] = spread * (0.5 + random.uniform());
    }
  }
  return W;
}
