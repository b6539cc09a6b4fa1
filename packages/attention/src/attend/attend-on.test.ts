import { createHash } from 'node:crypto';
import { type Executor, inline, wasm } from '@mixtention/core';
import { threads } from '@mixtention/core/threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';
import { attendGradient } from './attend-gradient.ts';
import type { AttendHeadsOptions } from './types.ts';

/** More than two blocks of queries and more than one of keys. */
const [N, K, D, V] = [1_040, 1_030, 8, 5];
const heads = (seed: number, count: number, rows: number, cols: number) =>
  Array.from({ length: count }, (_, h) => draws(seed + h).normal(rows, cols));
const q = heads(1, 2, N, D);
const [k, v] = [heads(11, 1, K, D), heads(21, 1, K, V)];
const pairs = draws(31).normal(N, K);

const problems: readonly (readonly [string, AttendHeadsOptions])[] = [
  ['nothing else', {}],
  [
    'places, windows, turns and a sink for each head',
    {
      positions: { causal: true, window: 300, alibi: 0.01, rotary: true },
      sink: [0.5, -1],
      variance: true,
      labels: true,
    },
  ],
  [
    'biases of pairs, as matrix, as table and as function, and responsibilities',
    {
      headBias: [pairs, (n, j) => -0.001 * Math.abs(n - j)],
      positions: { relative: [0.1, -0.2, 0.3] },
      logitScale: 0.7,
      responsibilities: true,
    },
  ],
  ['keys that nobody may see', { mask: (n: number) => n % 7 !== 0 }],
  ['queries too large for float32', { scale: 3_000 }],
];

let workers: Executor[] = [];
beforeAll(async () => {
  workers = await Promise.all(
    [1, 2].map((count) => threads({ backend: 'wasm', precision: 'float32', workers: count })),
  );
});
afterAll(() => Promise.all(workers.map((executor) => executor.close())));

describe('heads and blocks of queries on workers', () => {
  it.each(problems)('are read with the bits of this thread, whatever their number: %s', async (_, options) => {
    const due = attend(q, k, v, { ...options, backend: wasm('float32') });
    for (const executor of [inline(wasm('float32')), ...workers])
      expect(digest(await attend(q, k, v, { ...options, executor }))).toEqual(digest(due));
  });

  it('give one reading where one matrix came, and none of values that nobody gave', async () => {
    const due = attend(q[0]!, k[0]!, null, { backend: wasm('float32') });
    expect(digest(await attend(q[0]!, k[0]!, null, { executor: workers[1]! }))).toEqual(digest(due));
  });

  it('give gradients of the same bits for any number of them, and those of this thread within rounding', async () => {
    const options = {
      headBias: [pairs, pairs],
      positions: { relative: [0.1, -0.2, 0.3], rotary: true },
      sink: 0.3,
    };
    const readings = attend(q, k, v, options);
    const downstream = readings.map((reading, h) => ({
      reading,
      gradient: {
        output: draws(41 + h).normal(N, V),
        logEvidence: Float64Array.from({ length: N }, (_, n) => Math.sin(n)),
      },
    }));
    const due = attendGradient(q, k, v, downstream, options);
    const exact = await attendGradient(q, k, v, downstream, { ...options, executor: inline() });
    for (const [h, own] of exact.entries()) {
      const other = due[h]!;
      for (const name of ['queries', 'keys', 'values', 'pairBias'] as const)
        expectClose(own[name]!.data, other[name]!.data);
      expectClose(own.bias, other.bias);
      expectClose(own.relative!, other.relative!);
      expect(own.sink).toBe(other.sink);
    }
    const [first, ...others] = await Promise.all(
      workers.map((executor) => attendGradient(q, k, v, downstream, { ...options, executor })),
    );
    for (const own of others) expect(digest(own)).toEqual(digest(first));
  });

  it('are sent head by head: keys and values that fit into a portion go with one', async () => {
    const sent: number[] = [];
    const here = inline(wasm('float32'));
    const executor: Executor = {
      ...here,
      collect(algorithm, ask, data, options) {
        sent.push((ask.message as { readonly heads: readonly unknown[] }).heads.length);
        return here.collect(algorithm, ask, data, options);
      },
    };
    // Three of them and all but a few queries of the fourth take 24 MB.
    const many = { data: new Float32Array(4 * 2 ** 18), shape: [4, 2 ** 17, 2] } as const;
    const few = { data: new Float32Array(4 * 16), shape: [4, 8, 2] } as const;
    await attend(many, few, few, { executor });
    expect(sent).toEqual([3, 1]);
  });

  it('are told apart from what runs in this thread, and can be stopped', async () => {
    const executor = workers[0]!;
    await expect(attend(q, k, v, { executor, backend: wasm() })).rejects.toThrow(
      '[attention] attend: a backend came with an executor, which has its own',
    );
    await expect(attend(q, k, v, { executor: 3 as never })).rejects.toThrow('the executor is 3, one of core was due');
    const { signal } = new AbortController();
    expect(() => attend(q, k, v, { signal } as never)).toThrow('a signal came without an executor');
    await expect(attend(q, k, v, { executor, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(attend(q, [k[0]!, k[0]!], v, { executor })).rejects.toMatchObject({ code: 'BAD_SHAPE' });
    await expect(attend([[Number.NaN]], [[1]], [[1]], { executor })).rejects.toMatchObject({ code: 'NOT_FINITE' });
  });
});

/** The same with arrays by their bytes: a difference of millions of numbers takes minutes to print. */
function digest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    return `${value.constructor.name} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  if (Array.isArray(value)) return value.map(digest);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, digest(part)]));
}

function expectClose(own: ArrayLike<number>, due: ArrayLike<number>): void {
  let [off, most] = [0, 0];
  for (let i = 0; i < due.length; i++) {
    off = Math.max(off, Math.abs(own[i]! - due[i]!));
    most = Math.max(most, Math.abs(due[i]!));
  }
  expect(off).toBeLessThanOrEqual(1e-12 * most);
}
