import type { Family } from '@mixtention/core';
import { bernoulli, dirichlet, faithful, gaussianDiagonal, product } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { fit } from './index.ts';

const spec = { kind: 'family', name: 'mine', module: 'mine', from: import.meta.url, config: null } as const;
const { prior, coordinates, ...rest } = gaussianDiagonal;
const mine: Family = { ...rest, spec };
const options = { components: 2, screen: 0 } as const;

it('a family of the user’s own that has no prior is fitted by maximum likelihood', async () => {
  const own = await fit(faithful(), { ...options, family: mine });
  const due = await fit(faithful(), { ...options, family: gaussianDiagonal });
  expect(own.prior.name).toBe('none');
  expect(own.status).toBe('converged');
  expect(own.logLikelihood).toBe(due.logLikelihood);
});

it('a prior for a family that has none is refused by its name, in one sentence', async () => {
  for (const prior of ['weak', { family: { a: 1 } }] as const) {
    await expect(fit(faithful(), { ...options, family: mine, prior })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: '[em] fit: the family mine has no prior; fit it with prior "none", or take a family that has one',
    });
  }
});

it('the weights of a family that has no prior may have one alone', async () => {
  const own = await fit(faithful(), { ...options, family: mine, prior: { concentration: 20 } });
  expect(own.prior).toMatchObject({ name: 'given', text: 'Dirichlet(20, …) on the weights', values: { family: null } });
  const weights = own.model.weights[0]!;
  const due = await fit(faithful(), { ...options, family: mine });
  expect(own.status).toBe('converged');
  expect(Math.abs(weights - 0.5)).toBeLessThan(Math.abs(due.model.weights[0]! - 0.5));
  // The log density of the prior is in the objective.
  expect(own.objective - own.logLikelihood).toBeCloseTo(dirichlet(20).logDensity(own.model.logWeights), 6);
});

it('a product with a part that has no prior is fitted by maximum likelihood, though another part would have a weak one', async () => {
  const x = faithful();
  const withSign = {
    data: Float64Array.from({ length: 3 * x.rows }, (_, i) => {
      const [n, d] = [Math.floor(i / 3), i % 3];
      return d === 2 ? Number(x.data[2 * n]! > 3) : x.data[2 * n + d]!;
    }),
    rows: x.rows,
    cols: 3,
  };
  const family = product([
    { family: mine, columns: [0, 1] },
    { family: bernoulli, columns: [2] },
  ]);
  await expect(fit(withSign, { ...options, family })).resolves.toMatchObject({ prior: { name: 'none' } });
  await expect(fit(withSign, { ...options, family, prior: 'weak' })).rejects.toThrow('the family product has no prior');
});
