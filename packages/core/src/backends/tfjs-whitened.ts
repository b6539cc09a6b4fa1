import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { WhitenedScores } from '../contracts/index.ts';
import { pivotsOf } from '../kernel/pivots.ts';
import { productScores, productsWidth } from './product-scores.ts';
import type { Tf } from './tf.ts';
import { outerSums } from './tfjs-outer.ts';
import { addProducts, productsOf } from './tfjs-products.ts';
import type { TensorTile } from './tfjs-rows.ts';
import { MASKED, padComponents, type TensorScores } from './tfjs-scores.ts';

/** Floats of the widest thing of a tile: small enough for the cache, and with products of columns so many that the long products run fast. */
const TILE_FLOATS = 1_048_576;
const TILE_PRODUCTS = 4_194_304;
/** Beyond 88 columns their products are wider than tiles of them are long. */
const MOST_PRODUCTS = 4096;

/**
 * Whitened scores, for one use. All of it lies column by column, `[·, B]`: passes run along memory, and no product has a transposed side.
 *
 * Sums of squares, about 0, are one product of R with the products φ(x) of columns, made once for all components; scores are a product with the
 * same φ where it is made anyway and float32 allows (see `productScores`), else `b − ‖√½ (W x − c)‖²`. Moments of components far from 0, or
 * of very wide rows, are summed by `outerSums`.
 *
 * @param sums  whether statistics will be summed, not only rows read
 * @param products  whether scores may be products: on wasm one with few rows and a long right side is slow
 */
export function tensorWhitened(
  tf: Tf,
  scores: WhitenedScores,
  { sums, products }: { readonly sums: boolean; readonly products: boolean },
): TensorScores {
  const { components: K, width: D } = scores;
  const padded = padComponents(K);
  const P = productsWidth(D);
  const pivots = sums ? pivotsOf(scores) : null;
  const hasProducts = sums && pivots === null && P <= MOST_PRODUCTS;
  const natural = hasProducts && products ? productScores(scores) : null;
  const score = natural === null ? whitened(tf, scores) : asProducts(tf, natural, K);
  const outer = !sums || hasProducts ? null : outerSums(tf, scores, pivots);
  const padding: [number, number][] = [
    [0, padded - K],
    [0, 0],
  ];
  return {
    padded,
    mostRows: hasProducts ? TILE_PRODUCTS / Math.max(P, natural === null ? K * D : 0) : TILE_FLOATS / (K * D),
    open(tile) {
      let made: Tensor2D | null = null;
      const phi = (): Tensor2D => (made ??= productsOf(tf, tile.columns(), D));
      const L = score.columns(tile, phi);
      return {
        L: tf.transpose(padded === K ? L : tf.pad(L, padding, MASKED)),
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
function whitened(tf: Tf, { components: K, width: D, whitening, offset, bias }: WhitenedScores): ColumnScores {
  const factors = new Float32Array(K * D * (1 + D));
  for (let row = 0; row < K * D; row++) {
    factors[row * (1 + D)] = -Math.SQRT1_2 * offset[row]!;
    for (let j = 0; j < D; j++) factors[row * (1 + D) + 1 + j] = Math.SQRT1_2 * whitening[row * D + j]!;
  }
  const left = tf.keep(tf.tensor2d(factors, [K * D, 1 + D]));
  const b = tf.keep(
    tf.tensor2d(
      Float32Array.from(bias, (value) => Math.max(MASKED, value)),
      [K, 1],
    ),
  );
  return {
    columns(tile) {
      const away = tf.matMul(left, tf.slice(tile.columns(), [0, 0], [1 + D, tile.count])); // [K·D, B]
      return tf.sub(b, tf.sum(tf.reshape(tf.square(away), [K, D, tile.count]), 1));
    },
    dispose: () => tf.dispose([left, b]),
  };
}
