import { expect, test } from 'vitest';

test('tensors of a process that loads this entry before tfjs itself have gradients of every op', async () => {
  const { tensorOps } = await import('./index.ts');
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  tensorOps(tf);
  const gradient = tf.grad((x) => tf.sum(tf.addN([x, tf.square(x), tf.cast(x, 'float32')])))(tf.tensor1d([3, -1]));
  expect(Array.from(gradient.dataSync())).toEqual([8, 0]);
});
