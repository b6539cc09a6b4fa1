import type { ConjugateFamily, Matrix, Tree } from '@mixtention/core';
import { build } from '@mixtention/core/loop';
import { generator, key, logSumExp } from '@mixtention/core/numeric';
import { availableBackends, standardErrors } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { MixtureModel } from '../model/index.ts';
import { dirichlet } from '../weights/index.ts';
import { bernoulli, families, gaussian, type gaussianFull, predictive, product } from './index.ts';
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

/** The trapezoid rule in u, x = sinh u, up to `to`. */
function grid(to = 4e8): { readonly x: Matrix; readonly weights: Float64Array } {
  const step = 0.005;
  const u = Float64Array.from({ length: 8001 }, (_, i) => Math.asinh(to) - i * step);
  return {
    x: { data: u.map(Math.sinh), rows: u.length, cols: 1 },
    weights: u.map((v, i) => (i === 0 ? 0.5 : 1) * Math.cosh(v) * step),
  };
}

describe.each(['full', 'tied', 'diagonal', 'spherical'] as const)(
  'the posterior predictive of %s Gaussians',
  (shape) => {
    const family = gaussian(shape);
    const { posterior, logWeights } = learnt(family, normals(7, 1));
    const model = new MixtureModel({ family: predictive(family), params: posterior, logWeights });

    it('integrates to one over all rows, to 1e-6 (quadrature on x = sinh u)', () => {
      const { x, weights } = grid();
      const total = model.logDensity(x).reduce((sum, l, i) => sum + Math.exp(l) * weights[i]!, 0);
      expect(Math.abs(total - 1)).toBeLessThan(1e-6);
    });

    it('is what rows have that are drawn from it: the share below 0.5, to 4.5 standard errors', () => {
      const { x, weights } = grid(0.5);
      const share = model.logDensity(x).reduce((sum, l, i) => sum + Math.exp(l) * weights[i]!, 0);
      const draws = Array.from(model.sample(4000, 1).x.data, (v) => Number(v < 0.5));
      expect(standardErrors(draws, share)).toBeLessThan(4.5);
    });
  },
);

const mixed = product([
  { family: gaussian('tied'), columns: [4, 0] },
  { family: bernoulli, columns: [1] },
  { family: gaussian('diagonal'), columns: [2, 3] },
]) as ConjugateFamily;

function mixedRows(rows: number): Matrix {
  const x = normals(rows, 5);
  for (let i = 1; i < x.data.length; i += 5) x.data[i] = Number(x.data[i]! > 0);
  return x;
}

describe.each(await availableBackends(['plain', 'native', 'wasm']))('read on $name', (backend) => {
  const tolerance = backend.precision === 'float64' ? 1e-12 : 1e-5;
  it.each([...(['full', 'tied', 'diagonal', 'spherical'] as const).map((shape) => gaussian(shape)), mixed])(
    'a mixture of posterior predictives scores new rows by their definition, in whichever units: $spec.name',
    (family) => {
      const x = family === mixed ? mixedRows(40) : normals(40, 5);
      const { posterior, logWeights } = learnt(family as typeof gaussianFull, x);
      const due = scoresOf(x, family.prior.predictive!(posterior, logWeights)).data;
      const rows = Array.from({ length: 40 }, (_, n) => Float64Array.from(due.subarray(K * n, K * n + K)));
      // A ball has one scale.
      const scale = Float64Array.from([3, 1, 0.01, 5, 200], (s) => (family.spec.name === 'gaussian-spherical' ? 3 : s));
      const transform = { center: Float64Array.of(1e4, 0, -2, 0, 7), scale };
      const density = predictive(family);
      const params = density.unscale(posterior, transform);
      const model = new MixtureModel({ family: density, params, logWeights, transform });
      const outer = { ...x, data: x.data.map((v, i) => transform.center[i % 5]! + scale[i % 5]! * v) };
      const shift = scale.reduce((sum, s) => sum + Math.log(s), 0);
      expectClose(
        model.logDensity(outer, { backend }),
        rows.map((own) => logSumExp(own) - shift),
        10 * tolerance,
      );
      const { logLikelihood, icl, bic } = model.evaluate(outer, {
        backend,
        weights: x.data.slice(0, 40).map(Math.abs),
      });
      const weighted = (of: (own: Float64Array) => number): number =>
        rows.reduce((sum, own, n) => sum + Math.abs(x.data[n]!) * of(own), 0);
      expectClose([logLikelihood], [weighted((own) => logSumExp(own) - shift)], 10 * tolerance);
      expectClose([(bic - icl) / 2], [weighted((own) => Math.max(...own) - logSumExp(own))], 10 * tolerance);
    },
  );
});

it('a model file of posterior predictives holds the posterior, and gives the same bits; names alone are in it', () => {
  const x = mixedRows(40);
  const { posterior: params, logWeights } = learnt(mixed as typeof gaussianFull, x);
  const model = new MixtureModel({ family: predictive(mixed), params, logWeights });
  const text = JSON.stringify(model);
  expect(text).not.toContain('module');
  const again = MixtureModel.fromJSON(text);
  expect(again.logDensity(x)).toEqual(model.logDensity(x));
  expect(again.sample(5, 2)).toEqual(model.sample(5, 2));
  expect(again.parameters).toBe(1 + mixed.freeParameters(2, 5));
  const parts = (model.params as { parts: { [part: string]: Tree } }).parts;
  const wrong = new MixtureModel({
    family: predictive(gaussian('tied')),
    params: { ...(parts[0] as object), degrees: 0.5 },
    logWeights,
  });
  expect(() => MixtureModel.fromJSON(JSON.stringify(wrong))).toThrow('the parameters are none of predictive');
});

it('heavier components come first when it is ordered, and it is built again from its spec', () => {
  const x = mixedRows(40);
  const { posterior: params, logWeights } = learnt(mixed as typeof gaussianFull, x);
  const model = new MixtureModel({ family: predictive(mixed), params, logWeights });
  const ordered = model.order();
  expect(ordered.weights[0]).toBeGreaterThan(ordered.weights[1]!);
  expectClose(ordered.logDensity(x), model.logDensity(x), 1e-12);
  const { spec } = model.family;
  expect(build(structuredClone(spec), { '@mixtention/mixture': { families } }).spec).toEqual(spec);
});

it('a family without a predictive, or without a prior, is refused by name', () => {
  const { prior, ...bare } = gaussian('full');
  expect(() => predictive(bare)).toThrow('the family gaussian-full has no prior');
  const { predictive: _, ...some } = prior;
  expect(() => predictive({ ...bare, prior: some })).toThrow(
    'the prior of gaussian-full does not tell its posterior predictive',
  );
});
