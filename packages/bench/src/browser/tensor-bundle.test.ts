import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { repository } from '../repository.ts';

const OURS = "import { tensorOps } from '@mixtention/core/tensor';";
const THEIRS = "import * as tf from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-cpu';";
const USE = `
  export async function work() {
    await tf.setBackend('cpu');
    const { logDet } = tensorOps(tf);
    const band = tf.linalg.bandPart(tf.ones([3, 3]), -1, 0);
    const gradient = tf.grad((x) => tf.sum(tf.addN([x, tf.square(x), tf.cast(x, 'float32')])))(tf.tensor1d([3, -1]));
    const inverse = tf.grad((a) => tf.sum(logDet(a)))(tf.tensor2d([2, 0, 0, 4], [2, 2]));
    return [band, gradient, inverse].map((tensor) => Array.from(tensor.dataSync()));
  }
`;

/** As a bundler for pages does it, of every package the ES modules; but tfjs sees that it runs in Node, and asks for modules of Node. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(repository, 'packages/bench') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');" },
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

test.each([
  ['ours first', OURS + THEIRS],
  ['theirs first', THEIRS + OURS],
])('a bundle holds one copy of tfjs-core, with gradients of its ops and ours, %s', async (_, imports) => {
  const text = await bundled(imports + USE);
  // The engine, and the class of tensors.
  expect(text.match(/\bEngine\d* = class|class _?Engine\d*\b/g)).toHaveLength(1);
  expect(text.match(/\bthrowIfDisposed\(\) \{/g)).toHaveLength(1);
  // In a process of its own: the engine of another bundle would serve this one too.
  const input = `${text}\nconsole.log(JSON.stringify(await work()));`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-'], { input, encoding: 'utf8' });
  expect(JSON.parse(printed.trim().split('\n').at(-1)!)).toEqual([
    [1, 0, 0, 1, 1, 0, 1, 1, 1],
    [8, 0],
    [0.5, 0, 0, 0.25],
  ]);
});
