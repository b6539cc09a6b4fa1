import { readRows } from '@mixtention/conformance';
import type { Matrix, Mixture } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { applyTransform, dataset, scalingsOf } from '@mixtention/core/data';
import { run } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { simpleFamilies } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { binaryBlobs, blobs } from '../testing/data.ts';
import { batch } from './batch.ts';

const K = 3;

/** log p(x_n, z = k) `[N, K]` of a mixture. */
type Joint = Float64Array;

const logSum = (row: Float64Array): number => {
  const most = Math.max(...row);
  return most + Math.log(row.reduce((sum, l) => sum + Math.exp(l - most), 0));
};

/** Σ over rows of what a row of two tables tells. */
function sumRows(a: Joint, b: Joint, of: (a: Float64Array, b: Float64Array) => number): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += K) sum += of(a.subarray(at, at + K), b.subarray(at, at + K));
  return sum;
}

const dot = (r: Float64Array, of: (r: number, k: number) => number): number =>
  r.reduce((sum, p, k) => (p > 0 ? sum + p * of(p, k) : sum), 0);

test.each(Object.entries(simpleFamilies))(
  'the log-likelihood is bound plus divergence at each half of a step, to 1e-8, and neither half lowers the bound: %s',
  async (name, family) => {
    const raw = name.startsWith('bernoulli') ? binaryBlobs(80, K, 6) : blobs(80, K, 2, { seed: 3, spread: 2 });
    const data = dataset(raw, { standardize: scalingsOf(family, raw.cols) });
    const x: Matrix = applyTransform(raw, data.transform);
    const algorithm = batch({ family, components: K, start: 'k-means++', prior: null, floor: 1e-6 });
    const joints: Joint[] = [];
    const told: number[] = [];
    const options = { executor: inline(), state: algorithm.init(key(2), x), maxIterations: 6, tolerance: 0 } as const;
    for await (const { state, info } of run(algorithm, data, options)) {
      const { params, logWeights } = state as unknown as Mixture;
      joints.push(readRows(family, x, family.scores(params as never, logWeights)).scores.data as Float64Array);
      told.push(info.objective);
    }
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 1; i < joints.length; i++) {
      const [old, now] = [joints[i - 1]!, joints[i]!];
      const R = old.map((l, at) =>
        Math.exp(l - logSum(old.subarray(K * Math.floor(at / K), K * Math.floor(at / K) + K))),
      );
      for (const [joint, objective] of [
        [old, told[i - 1]!],
        [now, told[i]!],
      ] as const) {
        const bound = sumRows(R, joint, (r, l) => dot(r, (p, k) => l[k]! - Math.log(p)));
        const divergence = sumRows(R, joint, (r, l) => dot(r, (p, k) => Math.log(p) - (l[k]! - logSum(l))));
        expect(Math.abs(objective - bound - divergence)).toBeLessThan(1e-8);
        if (joint === old) expect(divergence).toBeCloseTo(0, 9);
        expect(divergence).toBeGreaterThan(-1e-9);
        expect(bound).toBeGreaterThan(last - 1e-9);
        last = bound;
      }
    }
  },
);
