import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../backend/boot.ts';

export type TfBackend = { readonly name: 'native' | 'wasm'; readonly tfName: string };

/**
 * The tfjs backends that tests of this folder run on: wasm always, native where it loads.
 * Where it does not, the reason is printed, so that nobody takes a green run for a run on both.
 */
export async function tfBackends(): Promise<TfBackend[]> {
  await loadBackend('wasm');
  const wasm = { name: 'wasm', tfName: 'wasm' } as const;
  try {
    await loadBackend('native');
    return [{ name: 'native', tfName: 'tensorflow' }, wasm];
  } catch (reason) {
    process.stderr.write(`tensor ops are tested on wasm alone: ${(reason as Error).message}\n`);
    return [wasm];
  }
}

/** Values of a tensor as plain numbers. */
export const valuesOf = (x: tf.Tensor): number[] => Array.from(x.dataSync());

/** A float32 tensor of given float64 values. */
export const tensorOf = (values: ArrayLike<number>, shape: readonly number[]): tf.Tensor =>
  tf.tensor(Float32Array.from(values), [...shape]);
