import { readRows } from '@mixtention/conformance';
import type { Matrix } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { lgamma } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { bernoulli, dirichletProcess, faithful, gaussianFull, MixtureModel, predictive } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { fit } from '../batch/fit.ts';
import { binaryBlobs, waiting } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { fitBayes } from './fit-bayes.ts';

type Learnt = { readonly [name in 'means' | 'shrinkages' | 'degrees' | 'inverseScales']: Float64Array };

it('the model is the Student-t mixture of the posterior, written out (Bishop 2006, eq. 10.81), and the log-likelihood is its', async () => {
  const x = waiting();
  const { model, posterior, expectedWeights, logLikelihood } = await fitBayes(x, { components: 2 });
  const { means, shrinkages, degrees, inverseScales } = posterior.components as unknown as Learnt;
  const density = (v: number): number =>
    expectedWeights.reduce((sum, w, k) => {
      const f = degrees[k]!;
      const precision = (f * shrinkages[k]!) / (1 + shrinkages[k]!) / inverseScales[k]!;
      const log = lgamma((f + 1) / 2) - lgamma(f / 2) + 0.5 * Math.log(precision / (Math.PI * f));
      return sum + w * Math.exp(log - ((f + 1) / 2) * Math.log1p((precision * (v - means[k]!) ** 2) / f));
    }, 0);
  const few = [43, 55, 68, 80, 120];
  expectRelative(
    model.logDensity(few.map((v) => [v])),
    few.map((v) => Math.log(density(v))),
    1e-10,
  );
  const total = model.logDensity(x).reduce((sum, l) => sum + l, 0);
  expectRelative([logLikelihood, model.evaluate(x).logLikelihood], [total, total], 1e-12);
});

it('the plug-in is the mixture at the mean of the posterior, on request', async () => {
  const [plugIn, own] = await Promise.all([
    fitBayes(faithful(), { components: 2, predict: 'plug-in' }),
    fitBayes(faithful(), { components: 2 }),
  ]);
  expect(plugIn.bound).toBe(own.bound);
  expect([plugIn.model.family.spec.name, own.model.family.spec.name]).toEqual(['gaussian-full', 'predictive']);
  // Both describe themselves by the same means; tails of a Student-t are heavier.
  expectRelative(plugIn.model.means.data, own.model.means.data, 1e-13);
  expect(own.model.logDensity([[9, 150]])[0]).toBeGreaterThan(plugIn.model.logDensity([[9, 150]])[0]! + 1);
  await expect(fitBayes(faithful(), { components: 2, predict: 'mode' as never })).rejects.toThrow(
    'predict is "mode", "posterior" or "plug-in" was due',
  );
});

it('with many rows the predictive tends to the density of maximum likelihood', async () => {
  const x = faithful();
  const gaps = await Promise.all(
    [1, 2000].map(async (times) => {
      const weights = Array<number>(272).fill(times);
      const [bayes, em] = await Promise.all([
        fitBayes(x, { components: 2, weights, tolerance: 1e-10 }),
        fit(x, { components: 2, weights, tolerance: 1e-10 }),
      ]);
      const [a, b] = [bayes.model.logDensity(x), em.model.logDensity(x)];
      return Math.max(...a.map((l, n) => Math.abs(l - b[n]!)));
    }),
  );
  expect(gaps[0]).toBeGreaterThan(0.1);
  expect(gaps[1]).toBeLessThan(1e-3);
});

it('the file holds the posterior, and the model of it predicts, draws and marks rows as before', async () => {
  const { model, posterior } = await fitBayes(faithful(), { components: 3 });
  const again = MixtureModel.fromJSON(JSON.parse(JSON.stringify(model)));
  expect(again.params).toEqual(posterior.components);
  expect(again.logDensity(faithful())).toEqual(model.logDensity(faithful()));
  expect(again.responsibilities([[3, 70]])).toEqual(model.responsibilities([[3, 70]]));
  expect(again.sample(50, 3)).toEqual(model.sample(50, 3));
  const { x } = model.sample(4000, 1);
  const own = readRows(gaussianFull, x, model.family.scores(model.params, model.logWeights)).logEvidence;
  expectRelative(model.logDensity(x), own, 1e-8);
});

it('a model of a posterior is a start like any other: it ends where it was', async () => {
  const first = await fitBayes(faithful(), { components: 2, tolerance: 1e-11 });
  const again = await fitBayes(faithful(), { components: 2, start: first.model, tolerance: 1e-11 });
  expect(again.bound).toBeCloseTo(first.bound, 8);
});

it('what open sticks leave is a new component, the predictive of the prior', async () => {
  const x = binaryBlobs(60, 2, 12);
  const prior = { family: { a: 0.5, b: 0.5 }, weights: dirichletProcess(2) };
  const { model, expectedWeights, posterior } = await fitBayes(x, { components: 3, family: 'bernoulli', prior });
  const rest = 1 - expectedWeights.reduce((sum, w) => sum + w, 0);
  expect(model.components).toBe(4);
  expect(model.weights[3]).toBeCloseTo(rest, 12);
  const { a } = posterior.components as { readonly a: Float64Array };
  expect(a).toHaveLength(36);
  expect([...model.means.data.slice(36)]).toEqual(Array(12).fill(0.5));
  const odd: Matrix = { data: x.data.slice(0, 12), rows: 1, cols: 12 };
  const known = new MixtureModel({
    family: predictive(bernoulli),
    logWeights: expectedWeights.map((w) => Math.log(w / (1 - rest))),
    params: posterior.components,
  });
  const due = Math.log((1 - rest) * Math.exp(known.logDensity(odd)[0]!) + rest * 0.5 ** 12);
  expect(model.logDensity(odd)[0]).toBeCloseTo(due, 10);
  const closed = { ...prior, weights: dirichletProcess(2, 'closed') };
  expect((await fitBayes(x, { components: 3, family: 'bernoulli', prior: closed })).model.components).toBe(3);
});

it('every backend measures and scores the same predictive', async () => {
  const due = await fitBayes(faithful(), { components: 2 });
  for (const backend of await availableBackends(['native', 'wasm'])) {
    const { logLikelihood, model } = await fitBayes(faithful(), { components: 2, executor: inline(backend) });
    expect(logLikelihood).toBeCloseTo(due.logLikelihood, 2);
    expectRelative(model.logDensity(faithful(), { backend }), due.model.logDensity(faithful()), 1e-4);
  }
});
