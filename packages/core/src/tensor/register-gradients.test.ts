import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import '@tensorflow/tfjs-backend-wasm';
import { tensorOps } from './tensor-ops.ts';
import { differentiable, gradientsOf } from './testing-gradients.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** What a Node process of its own prints; `type` is that of its code. */
async function printed(code: string, type: 'module' | 'commonjs'): Promise<string> {
  const args = [`--input-type=${type}`, '-e', code];
  return (await run(process.execPath, args, { cwd: new URL('.', import.meta.url) })).stdout;
}

test('gradients are those of the full library, or missing there too', async () => {
  tensorOps(tf);
  const here: unknown[] = await new Function(`return ${gradientsOf}`)()(tf, differentiable);
  // The full library, found by tfjs-node, which brings it along.
  const full = require.resolve('@tensorflow/tfjs', { paths: [require.resolve('@tensorflow/tfjs-node')] });
  const code = `const tf = require(${JSON.stringify(full)}); require('@tensorflow/tfjs-backend-wasm');
    (${gradientsOf})(tf, ${JSON.stringify(differentiable)}).then((all) => console.log('all' + JSON.stringify(all)));`;
  const there = JSON.parse((await printed(code, 'commonjs')).split('all').at(-1)!) as unknown[];
  for (const [i, source] of differentiable.entries())
    expect(JSON.parse(JSON.stringify(here[i])), source).toEqual(there[i]);
  // Most there are: the wasm backend lacks a few.
  expect(there.filter((outcome) => Array.isArray(outcome)).length).toBeGreaterThan(0.9 * differentiable.length);
});

describe('one copy of tfjs-core serves a process', () => {
  const use = `
    const main = async (tf, tensorOps) => {
      await tf.setBackend('wasm'); await tf.ready();
      const { logDet } = tensorOps(tf);
      const band = tf.linalg.bandPart(tf.ones([3, 3]), -1, 0);
      const gradient = tf.grad((x) => tf.sum(tf.addN([x, tf.square(x), tf.cast(x, 'float32')])))(tf.tensor1d([3, -1]));
      const inverse = tf.grad((a) => tf.sum(logDet(a)))(tf.tensor2d([2, 0, 0, 4], [2, 2]));
      console.log([band, gradient, inverse].map((t) => t.dataSync().join()).join(' '), band instanceof tf.Tensor);
    };`;
  const due = '1,0,0,1,1,0,1,1,1 8,0 0.5,0,0,0.25 true\n';
  const ours = "import { tensorOps } from '@mixtention/core/tensor';";
  const theirs = "import * as tf from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-wasm';";

  test.each([
    ['ours first', ours + theirs],
    ['theirs first', theirs + ours],
  ])('in ES modules, %s', async (_, imports) => {
    expect(await printed(`${imports}${use} await main(tf, tensorOps);`, 'module')).toBe(due);
  });

  test.each(['ours first', 'theirs first'])('in CommonJS, %s', async (order) => {
    const load = "const tf = require('@tensorflow/tfjs-core'); require('@tensorflow/tfjs-backend-wasm');";
    const ask = "const { tensorOps } = await import('@mixtention/core/tensor');";
    const body = order === 'ours first' ? ask + load : load + ask;
    expect(await printed(`${use} (async () => { ${body} await main(tf, tensorOps); })();`, 'commonjs')).toBe(due);
  });

  test('and an import alone changes nothing for tfjs itself', async () => {
    const code = `import '@mixtention/core/tensor'; ${theirs} await tf.setBackend('wasm'); await tf.ready();
      console.log(tf.linalg.bandPart(tf.ones([3, 3]), -1, 0).dataSync().join());`;
    expect(await printed(code, 'module')).toBe('1,0,0,1,1,0,1,1,1\n');
  });

  test('gradients come with a backend that was loaded here, with no other import', async () => {
    const code = `import { loadBackend } from '@mixtention/core/threads'; const { tf } = await loadBackend('tfjs-wasm');
      console.log(tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3])).dataSync().join());`;
    expect(await printed(code, 'module')).toBe('6\n');
  });
});
