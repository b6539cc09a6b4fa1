import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Backend, Precision } from '@mixtention/core';
import { cacheDirectory } from '@mixtention/native';
import { pythonEnvironment } from '../peers/python-environment.ts';
import { repository } from '../repository.ts';
import { median } from '../speed/median.ts';
import { type Shape, workOf } from './shapes.ts';

const run = promisify(execFile);

/** What one thread of this machine does in a second, by the fastest library at hand. */
export type Limits = {
  readonly multiplyAdds: number;
  /** Who reached that. */
  readonly by: string;
  readonly exponentials: number;
  readonly bytes: number;
};

const BYTES: Readonly<Record<Precision, number>> = { float32: 4, float64: 8 };

/** Python with NumPy, in the user's cache. */
export function limitsPython(log: (line: string) => void): Promise<string> {
  return pythonEnvironment(join(cacheDirectory(), 'peers', 'numpy'), ['numpy'], log);
}

/**
 * The limits for a shape, in one precision: products `[rows, P] × [P, K]`, with P as wide as the statistics of a row, by NumPy or, in float32, by tfjs-node.
 *
 * @param tfjs  a backend with a tfjs in it, null where there is none
 */
export async function limitsOf(
  shape: Shape,
  precision: Precision,
  { python, tfjs, rounds }: { readonly python: string; readonly tfjs: Backend | null; readonly rounds: number },
): Promise<Limits> {
  const { rows, width, components, form } = shape;
  const wide = form === 'full' ? (width * (width + 3)) / 2 : width;
  const script = join(repository, 'packages/bench/src/kernel/limits.py');
  const sizes = [rows, wide, components].map(String);
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  // They choose old OpenBLAS kernels where they are set.
  for (const name of ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE']) Reflect.deleteProperty(env, name);
  const { stdout } = await run(python, [script, ...sizes, precision, String(rounds)], { env });
  const { numpy, ...numpyRates } = JSON.parse(stdout) as Omit<Limits, 'by'> & { readonly numpy: string };
  const own = precision === 'float32' && tfjs !== null ? productRate(tfjs, [rows, wide, components], rounds) : 0;
  return own > numpyRates.multiplyAdds
    ? { ...numpyRates, multiplyAdds: own, by: 'tfjs-node' }
    : { ...numpyRates, by: `NumPy ${numpy}` };
}

/** The part of tfjs that is used. */
type Products = {
  ones(shape: [number, number]): { dispose(): void };
  matMul(a: unknown, b: unknown): { dataSync(): ArrayLike<number>; dispose(): void };
};

function productRate({ tf }: Backend, [rows, width, columns]: [number, number, number], rounds: number): number {
  const { ones, matMul } = tf as Products;
  const a = ones([rows, width]);
  const b = ones([width, columns]);
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const begun = performance.now();
    const product = matMul(a, b);
    product.dataSync();
    product.dispose();
    if (round >= 0) times.push((performance.now() - begun) / 1000);
  }
  a.dispose();
  b.dispose();
  return (rows * width * columns) / median(times);
}

/** The least milliseconds that a shape takes by each limit, the nearest of which nobody passes. */
export function leastTimes(shape: Shape, precision: Precision, limits: Limits): Readonly<Record<LimitName, number>> {
  const { multiplyAdds, exponentials, numbers } = workOf(shape);
  return {
    products: (1000 * multiplyAdds) / limits.multiplyAdds,
    exponentials: (1000 * exponentials) / limits.exponentials,
    memory: (1000 * numbers * BYTES[precision]) / limits.bytes,
  };
}

export type LimitName = 'products' | 'exponentials' | 'memory';
