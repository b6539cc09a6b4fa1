import type { ConjugateFamily, Matrix, Tree } from '@mixtention/core';
import { referenceSums, standStatistics } from '@mixtention/core/kernel';
import { bernoulli, gaussianFull, gaussianTied, MixtureModel, predictive, product } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { draws } from '../testing/draws.ts';
import { complete } from './complete.ts';

const K = 2;
const random = draws(77);

/** A mixture of posterior predictives that have seen 12 rows. */
function learnt(family: ConjugateFamily, x: Matrix): MixtureModel {
  const stands = family.terms(x.cols);
  const sumsUnder = (data: Float64Array) =>
    referenceSums(
      stands.map((stand) => standStatistics(stand, x)),
      stands.map(({ statistics }) => statistics.squares),
      { data, rows: x.rows, cols: data.length / x.rows },
    );
  const { counts, sums } = sumsUnder(Float64Array.from({ length: K * x.rows }, (_, i) => (i % 3 === 0 ? 0.8 : 0.2)));
  const prior = family.prior.weak(x.cols, sumsUnder(new Float64Array(x.rows).fill(1 / x.rows)).sums);
  const params = family.prior.posterior(prior, counts, sums) as Tree;
  return new MixtureModel({ family: predictive(family), params, logWeights: Float64Array.of(0.7, 0.3).map(Math.log) });
}

const mixed = product([
  { family: bernoulli, columns: [1] },
  { family: gaussianTied, columns: [2, 0] },
]) as ConjugateFamily;

test.each([gaussianFull, mixed])(
  'completions by the posterior predictive of $spec.name are Bayes’ theorem',
  (family) => {
    const normal = random.normal(12, 3);
    const data = Float64Array.from(normal.data, (v, i) =>
      i % 3 === 1 && family === mixed ? Number(v > 0) : 3 * v + 50,
    );
    const x: Matrix = { data, rows: 12, cols: 3 };
    const model = learnt(family, x);
    const came = complete(model, x, [true, true, false], { truth: x, responsibilities: true });
    const whole = model.logDensity(x);
    for (let n = 0; n < 4; n++) {
      // ∫ p(x) dx₂ and ∫ x₂ p(x) dx₂, the trapezoid rule in u, x₂ = 50 + 3 sinh u.
      const u = Array.from({ length: 3001 }, (_, i) => 0.01 * (i - 1500));
      const rows = u.flatMap((v) => [data[3 * n]!, data[3 * n + 1]!, 50 + 3 * Math.sinh(v)]);
      const p = model.logDensity({ data: Float64Array.from(rows), rows: u.length, cols: 3 });
      const mass = u.map((v, i) => Math.exp(p[i]!) * 0.03 * Math.cosh(v));
      const total = mass.reduce((sum, m) => sum + m, 0);
      const mean = mass.reduce((sum, m, i) => sum + m * rows[3 * i + 2]!, 0) / total;
      expect(came.logEvidence[n]!).toBeCloseTo(Math.log(total), 7);
      expect(came.completed.data[3 * n + 2]!).toBeCloseTo(mean, 6);
      expect(came.jointLogProbability![n]!).toBeCloseTo(whole[n]! - Math.log(total), 7);
      expect(came.marginalLogProbability![n]!).toBeCloseTo(whole[n]! - Math.log(total), 7);
    }
    expect(() => complete(model, x, [true, true, false], { logitScale: 0.5 })).toThrow('logitScale needs');
  },
);
