import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { WhitenedTerm } from '../contracts/index.ts';
import { factorRows, isShared } from '../kernel/check.ts';
import { pivotsOf } from '../kernel/pivots.ts';
import { productScores, productsWidth } from './product-scores.ts';
import type { Tf } from './tf.ts';
import { outerSums } from './tfjs-outer.ts';
import { addProducts, productsOf } from './tfjs-products.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { MASKED, padComponents, type TensorTerm, type TermSetting } from './tfjs-scores.ts';

/** Floats of the widest thing of a tile: small enough for the cache, and with products of columns so many that the long products run fast. */
const TILE_FLOATS = 1_048_576;
const TILE_PRODUCTS = 4_194_304;
/** Beyond 88 columns their products are wider than tiles of them are long. */
const MOST_PRODUCTS = 4096;

/**
 * A whitened term. All of it lies column by column, `[·, B]`: passes run along memory, and no product has a transposed side.
 *
 * Sums of squares, about 0, are one product of R with the products φ(x) of columns, made once for all components; scores are a product with the
 * same φ where it is made anyway and float32 allows (see `productScores`), else `b − ‖√½ (W x − c)‖²`. Moments of components far from 0, or
 * of very wide rows, are summed by `outerSums`.
 */
export function tensorWhitened(tf: Tf, term: WhitenedTerm, { K, bias, turn, sums }: TermSetting): TensorTerm {
  const { width: D } = term;
  const padded = padComponents(K);
  const P = productsWidth(D);
  const b = bias ?? new Float64Array(K);
  const pivots = sums ? pivotsOf(term, K) : null;
  const hasProducts = sums && pivots === null && P <= MOST_PRODUCTS;
  const asNatural = hasProducts && !turn && term.triangular === true && !isShared(term, K);
  const natural = asNatural ? productScores(term, b) : null;
  const score = natural === null ? whitened(tf, term, b) : asProducts(tf, natural, K);
  const outer = !sums || hasProducts ? null : outerSums(tf, K, D, pivots);
  const padding: [number, number][] = [
    [0, padded - K],
    [0, 0],
  ];
  return {
    mostRows: hasProducts ? TILE_PRODUCTS / Math.max(P, natural === null ? K * D : 0) : TILE_FLOATS / (K * D),
    open(tile) {
      let made: Tensor2D | null = null;
      const phi = (): Tensor2D => (made ??= productsOf(tf, tile.columns(), D));
      const L = score.columns(tile, phi);
      return {
        L: tf.transpose(padded === K ? L : tf.pad(L, padding, bias === null ? 0 : MASKED)),
        addSums(R, counts, unit, total) {
          if (outer === null) addProducts(tf.matMul(phi(), R), { K, D, padded }, unit, total);
          else outer.add(tile, R, counts, unit, total);
        },
      };
    },
    dispose() {
      score.dispose();
      outer?.dispose();
    },
  };
}

type ColumnScores = {
  /** Lᵀ `[K, B]` */
  columns(tile: TensorTile, phi: () => Tensor2D): Tensor2D;
  dispose(): void;
};

/** `h·φ(x)` */
function asProducts(tf: Tf, natural: Float32Array, K: number): ColumnScores {
  const h = tf.keep(tf.tensor2d(natural, [K, natural.length / K]));
  return { columns: (_, phi) => tf.matMul(h, phi()), dispose: () => h.dispose() };
}

/** `b − ‖√½ [−c, W]·[1; x]‖²` */
function whitened(tf: Tf, term: WhitenedTerm, bias: Float64Array): ColumnScores {
  const K = bias.length;
  const { width: C, factor, offset } = term;
  const R = factorRows(term, K);
  const factors = new Float32Array(K * R * (1 + C));
  for (let row = 0; row < K * R; row++) {
    const from = (isShared(term, K) ? row % R : row) * C;
    factors[row * (1 + C)] = -Math.SQRT1_2 * offset[row]!;
    for (let j = 0; j < C; j++) factors[row * (1 + C) + 1 + j] = Math.SQRT1_2 * factor[from + j]!;
  }
  const left = tf.keep(tf.tensor2d(factors, [K * R, 1 + C]));
  const b = tf.keep(
    tf.tensor2d(
      Float32Array.from(bias, (value) => Math.max(MASKED, value)),
      [K, 1],
    ),
  );
  return {
    columns(tile) {
      const away = tf.matMul(left, tf.slice(tile.columns(), [0, 0], [1 + C, tile.count])); // [K·R, B]
      return tf.sub(b, tf.sum(tf.reshape(tf.square(away), [K, R, tile.count]), 1));
    },
    dispose: () => tf.dispose([left, b]),
  };
}
