import type { Algorithm } from '@mixtention/core';

/** The part of tfjs that is used. */
type Products = {
  ones(shape: [number, number]): { dispose(): void };
  matMul(a: unknown, b: unknown): { dataSync(): ArrayLike<number>; dispose(): void };
};

export type ProductConfig = { readonly size: number; readonly products: number };

/**
 * No algorithm but a measure: every shard multiplies two square float32 matrices some times, on whatever tfjs backend runs it. With one
 * shard per worker this is the rate of matrix products of the whole machine, the floor that an E-step is held against.
 */
export function productAlgorithm(config: ProductConfig): Algorithm<number, null, number> {
  return {
    spec: { kind: 'algorithm', name: 'bench/product', module: '@mixtention/bench', from: import.meta.url, config },
    claims: { objective: 'noisy' },
    init: () => 0,
    ask: () => ({ message: null }),
    collect(_, { backend }) {
      const tf = backend.tf as Products;
      const a = tf.ones([config.size, config.size]);
      for (let i = 0; i < config.products; i++) tf.matMul(a, a).dispose();
      const last = tf.matMul(a, a);
      const corner = last.dataSync()[0]!;
      a.dispose();
      last.dispose();
      return corner;
    },
    update: (state) => ({ state, info: { objective: 0, logLikelihood: 0 } }),
  };
}

/** Multiply–adds count as two operations. */
export function productFlops({ size, products }: ProductConfig): number {
  return 2 * size ** 3 * (products + 1);
}
