import * as tf from '@tensorflow/tfjs-core';
import type { TensorBackendName } from '../contracts/index.ts';
import { availableTensorBackends } from '../testing/available-backends.ts';

export type TfBackend = { readonly name: TensorBackendName; readonly tfName: string };

/** The tfjs backends that this machine has, by our names and by those of tfjs. */
export async function tfBackends(): Promise<TfBackend[]> {
  const found = await availableTensorBackends();
  return found.map(({ name }) =>
    name === 'tfjs-node' ? { name, tfName: 'tensorflow' } : { name: 'tfjs-wasm', tfName: 'wasm' },
  );
}

/** Values of a tensor as plain numbers. */
export const valuesOf = (x: tf.Tensor): number[] => Array.from(x.dataSync());

/** A float32 tensor of given float64 values. */
export const tensorOf = (values: ArrayLike<number>, shape: readonly number[]): tf.Tensor =>
  tf.tensor(Float32Array.from(values), [...shape]);
