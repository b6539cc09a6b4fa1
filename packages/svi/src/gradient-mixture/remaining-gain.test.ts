import { inline, wasm } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import type { MixtureModel } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';

const K = 3;
const random = generator(key(1));
const x = {
  data: Float64Array.from({ length: 6000 }, (_, i) => random.normal() + (Math.floor(i / 2) % K) * (1.5 + (i % 2))),
  rows: 3000,
  cols: 2,
};

type Diagonal = { readonly weights: number[]; readonly means: number[][]; readonly variances: number[][] };

/** A step of EM by its formulas, and the log-likelihood of what came in. */
function step({ weights, means, variances }: Diagonal): { readonly logLikelihood: number; readonly next: Diagonal } {
  let logLikelihood = 0;
  const counts = weights.map(() => 0);
  const sums = weights.map(() => [0, 0]);
  const squares = weights.map(() => [0, 0]);
  for (let n = 0; n < x.rows; n++) {
    const row = [0, 1].map((d) => x.data[2 * n + d]!);
    const joint = weights.map((w, k) =>
      row.reduce(
        (p, v, d) =>
          (p * Math.exp((-0.5 * (v - means[k]![d]!) ** 2) / variances[k]![d]!)) /
          Math.sqrt(2 * Math.PI * variances[k]![d]!),
        w,
      ),
    );
    const total = joint.reduce((a, b) => a + b);
    logLikelihood += Math.log(total);
    for (const [k, p] of joint.entries()) {
      counts[k]! += p / total;
      row.forEach((v, d) => {
        sums[k]![d]! += (p / total) * v;
        squares[k]![d]! += (p / total) * v * v;
      });
    }
  }
  const next = {
    weights: counts.map((n) => n / x.rows),
    means: sums.map((s, k) => s.map((v) => v / counts[k]!)),
    variances: squares.map((s, k) => s.map((v, d) => v / counts[k]! - (sums[k]![d]! / counts[k]!) ** 2)),
  };
  return { logLikelihood, next };
}

function diagonalOf({ weights, means, covariances }: MixtureModel): Diagonal {
  return {
    weights: Array.from(weights),
    means: covariances!.map((_, k) => [0, 1].map((d) => means.data[2 * k + d]!)),
    variances: covariances!.map(({ data }) => [data[0]!, data[3]!]),
  };
}

test('a fit by gradients that began in float32 and has converged leaves no more than its tolerance, by 200 steps of EM in float64', async () => {
  const tolerance = 1e-9;
  const options = { components: K, covariance: 'diagonal', screen: 0, tolerance, executor: inline(wasm()) } as const;
  const { status, model, precision } = await fitByGradient(x, options);
  expect([status, precision]).toEqual(['converged', { began: 'float32', ended: 'float64' }]);
  let at = step(diagonalOf(model));
  const { logLikelihood } = at;
  expect(logLikelihood).toBeCloseTo(model.evaluate(x).logLikelihood, 6);
  for (let i = 0; i < 200; i++) at = step(at.next);
  expect((at.logLikelihood - logLikelihood) / x.rows).toBeLessThan(tolerance);
  const rough = await fitByGradient(x, { ...options, precision: 'float32' });
  expect(rough.status).toBe('stopped');
  expect(rough.message).toMatch(/that was seen in float32, which proves nothing/);
});

test('a fit by minibatches that began in float32 looks for its last standstill in float64', async () => {
  const seen: string[] = [];
  const { status, message } = await fitByGradient(x, {
    components: K,
    covariance: 'diagonal',
    screen: 0,
    minibatch: 1500,
    window: 20,
    maxIterations: 20_000,
    executor: inline(wasm()),
    onStep: ({ info }) => void seen.push(info.precision!),
  });
  expect(status).toBe('converged');
  expect(message).toMatch(/stands still at 1\/32 of the learning rate/);
  const first = seen.indexOf('float64');
  expect(first).toBeGreaterThan(40);
  // Two windows at least, all in float64.
  expect(new Set(seen.slice(first))).toEqual(new Set(['float64']));
  expect(seen.length - first).toBeGreaterThanOrEqual(40);
});
