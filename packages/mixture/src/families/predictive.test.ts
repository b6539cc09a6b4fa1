import type { ConjugateFamily, Matrix, Tree } from '@mixtention/core';
import { openRows } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends, standardErrors } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { dirichlet } from '../weights/index.ts';
import { bernoulli, gaussian, type gaussianFull, product } from './index.ts';
import { expectClose, meanStatisticsOf, scoresOf, sumsOf } from './testing.ts';

const K = 2;
const random = generator(key(3));

/** A posterior of few rows, so that a Student-t is far from a normal. */
function learnt(family: typeof gaussianFull, x: Matrix): { posterior: Tree; logWeights: Float64Array } {
  const R = Float64Array.from({ length: x.rows * K }, (_, i) => ((i % K === 0) === (i / K) % 3 < 1 ? 0.9 : 0.1));
  const { counts, sums } = sumsOf(family, x, R);
  const posterior = family.prior.posterior(family.prior.weak(x.cols, meanStatisticsOf(family, x)), counts, sums);
  const weights = dirichlet(1);
  return { posterior, logWeights: weights.expectedWeights(weights.posterior(counts)).weights.map(Math.log) };
}

function normals(rows: number, cols: number): Matrix {
  return { data: Float64Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

describe.each(['full', 'tied', 'diagonal', 'spherical'] as const)(
  'the posterior predictive of %s Gaussians',
  (shape) => {
    const family = gaussian(shape);
    const x = normals(7, 1);
    const { posterior, logWeights } = learnt(family, x);
    const scores = family.prior.predictive!(posterior, logWeights);

    it('integrates to one over all rows, to 1e-6 (quadrature on x = sinh u)', () => {
      const step = 0.005;
      const u = Float64Array.from({ length: 8001 }, (_, i) => (i - 4000) * step);
      const grid = { data: u.map(Math.sinh), rows: u.length, cols: 1 };
      const { data } = scoresOf(grid, scores);
      const total = u.reduce(
        (sum, v, i) => sum + (Math.exp(data[K * i]!) + Math.exp(data[K * i + 1]!)) * Math.cosh(v) * step,
        0,
      );
      expect(Math.abs(total - 1)).toBeLessThan(1e-6);
    });

    it('is what rows have that are drawn from drawn parameters: the share below 0.5, to 4.5 standard errors', () => {
      const draws = Array.from({ length: 4000 }, () =>
        family.sample(family.prior.sample(posterior, random), 1, random)[0]! < 0.5 ? 1 : 0,
      );
      const step = 0.005;
      const u = Float64Array.from({ length: 6001 }, (_, i) => Math.asinh(0.5) - i * step);
      const { data } = scoresOf({ data: u.map(Math.sinh), rows: u.length, cols: 1 }, scores);
      const share = u.reduce(
        (sum, v, i) => sum + (i === 0 ? 0.5 : 1) * Math.exp(data[K * i + 1]! - logWeights[1]!) * Math.cosh(v) * step,
        0,
      );
      expect(standardErrors(draws, share)).toBeLessThan(4.5);
    });
  },
);

describe.each(await availableBackends(['plain', 'native', 'wasm']))('read on $name', (backend) => {
  const mixed = product([
    { family: gaussian('tied'), columns: [4, 0] },
    { family: bernoulli, columns: [1] },
    { family: gaussian('diagonal'), columns: [2, 3] },
  ]) as ConjugateFamily;
  it.each([...(['full', 'tied', 'diagonal', 'spherical'] as const).map((shape) => gaussian(shape)), mixed])(
    'a posterior predictive scores new rows as by its definition: $spec.name',
    (family) => {
      const x = normals(40, 5);
      if (family === mixed) for (let i = 1; i < x.data.length; i += 5) x.data[i] = Number(x.data[i]! > 0);
      const { posterior, logWeights } = learnt(family as typeof gaussianFull, x);
      const scores = family.prior.predictive!(posterior, logWeights);
      const due = scoresOf(x, scores).data;
      const rows = openRows(x, backend);
      const { logEvidence } = rows.read(scores, null);
      rows.release();
      const sums = Array.from({ length: 40 }, (_, n) => Math.log(Math.exp(due[K * n]!) + Math.exp(due[K * n + 1]!)));
      expectClose(logEvidence, sums, backend.precision === 'float64' ? 1e-12 : 1e-5);
    },
  );
});
