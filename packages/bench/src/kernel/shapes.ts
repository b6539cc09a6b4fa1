import type { Matrix, RowBlock, Scores, Statistics, Term } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';

export type Shape = {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly components: number;
  readonly form: 'diagonal' | 'full' | 'tied' | 'attention';
};

export const shapes: readonly Shape[] = [
  { name: 'P = 64, K = 64', rows: 20_000, width: 64, components: 64, form: 'diagonal' },
  { name: 'P = 16, K = 8', rows: 20_000, width: 16, components: 8, form: 'diagonal' },
  { name: 'P = 784, K = 100', rows: 4_096, width: 784, components: 100, form: 'diagonal' },
  { name: 'P = 784, K = 504', rows: 2_048, width: 784, components: 504, form: 'diagonal' },
  { name: 'full D = 32, K = 16', rows: 10_000, width: 32, components: 16, form: 'full' },
  { name: 'tied D = 32, K = 16', rows: 10_000, width: 32, components: 16, form: 'tied' },
  { name: 'attention, 4096 keys, d = 64', rows: 1_024, width: 64, components: 4_096, form: 'attention' },
];

/** What one call of the kernel has to do at least. */
export type Work = {
  /** Each is one multiplication and one addition. */
  readonly multiplyAdds: number;
  readonly exponentials: number;
  /** Numbers of the rows, read once. */
  readonly numbers: number;
};

/** Scores and sums of `write` (of symmetric matrices half), scores and values of `read`. */
export function workOf({ rows, width, components: K, form }: Shape): Work {
  const half = (width * (width + 1)) / 2;
  const once = {
    diagonal: 2 * K * width,
    attention: 2 * K * width,
    // Whitening and the sums of products, of each component; and of all together.
    full: 2 * K * (half + width),
    tied: 2 * half + 2 * K * width,
  }[form];
  return { multiplyAdds: rows * once, exponentials: rows * K, numbers: rows * width };
}

/** Rows, scores and, for attention, values of a shape. */
export function problemOf({ rows, width, components: K, form }: Shape): {
  readonly block: RowBlock;
  readonly scores: Scores;
  readonly values: Matrix | null;
} {
  const random = generator(key(1));
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(scale * random.normal()));
  const squares: Statistics['squares'] = form === 'full' ? 'each' : form === 'tied' ? 'pooled' : 'none';
  const stand = { statistics: identity[squares], columns: null, width };
  const factors = form === 'tied' ? 1 : K;
  const term: Term =
    form === 'full' || form === 'tied'
      ? {
          ...stand,
          form: 'whitened',
          factor: triangles(factors, width, draw),
          offset: draw(K * width, 1),
          triangular: true,
        }
      : { ...stand, form: 'linear', natural: draw(K * width, 2 / Math.sqrt(width)) };
  return {
    block: { data: draw(rows * width, 1), rows, cols: width, stride: width },
    scores: { components: K, bias: draw(K, 1), terms: [term] },
    values: form === 'attention' ? { data: draw(K * width, 1), rows: K, cols: width } : null,
  };
}

function triangles(count: number, D: number, draw: (count: number, scale: number) => Float64Array): Float64Array {
  const W = draw(count * D * D, 0.3 / Math.sqrt(D));
  for (let k = 0; k < count; k++)
    for (let i = 0; i < D; i++) {
      W.fill(0, (k * D + i) * D + i, (k * D + i + 1) * D);
      W[(k * D + i) * D + i] = 1;
    }
  return W;
}
