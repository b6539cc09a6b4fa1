import { lgamma } from '@mixtention/core/numeric';
import { dirichletProcess, faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitBayes } from '../variational-bayes/fit-bayes.ts';
import { select } from './select.ts';

const components = [1, 2, 3];

/** log p(X) of two columns under a Gaussian with a Gaussian-Wishart prior: Murphy (2012), eq. 5.29. */
function evidence(rows: readonly (readonly number[])[], prior: Prior): number {
  const N = rows.length;
  const sum = (of: (row: readonly number[]) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const [m0, m1] = prior.mean as [number, number];
  const mean = [sum(([a]) => a!) / N, sum(([, b]) => b!) / N];
  const pull = (N * prior.shrinkage) / (N + prior.shrinkage);
  const scatter = (i: number, j: number): number =>
    prior.inverseScale[2 * i + j]! +
    sum((row) => (row[i]! - mean[i]!) * (row[j]! - mean[j]!)) +
    pull * (mean[i]! - [m0, m1][i]!) * (mean[j]! - [m0, m1][j]!);
  const [a, b, , d] = prior.inverseScale as [number, number, number, number];
  const before = Math.log(a * d - b * b);
  const after = Math.log(scatter(0, 0) * scatter(1, 1) - scatter(0, 1) ** 2);
  const degrees = prior.degrees + N;
  const gamma = (nu: number): number => lgamma(nu / 2) + lgamma((nu - 1) / 2);
  return (
    -N * Math.log(Math.PI) +
    gamma(degrees) -
    gamma(prior.degrees) +
    (prior.degrees / 2) * before -
    (degrees / 2) * after +
    Math.log(prior.shrinkage / (prior.shrinkage + N))
  );
}

type Prior = {
  readonly mean: ArrayLike<number>;
  readonly shrinkage: number;
  readonly degrees: number;
  readonly inverseScale: ArrayLike<number>;
};

test('Old Faithful by the bound: two components, which have twice what one of their modes has, before one and three', async () => {
  const x = faithful();
  const { best, table, why, fit } = await select(x, { components, criterion: 'bound' });
  const [one, two, three] = table.map(({ bound }) => bound!) as [number, number, number];
  const alone = await fitBayes(x, { components: 2 });
  expect(two).toBe(alone.bound + Math.log(2));
  expect(two).toBeCloseTo(-1169.06 + Math.log(2), 2);
  expect(three).toBeLessThan(two);
  // No inequality is left at one component.
  const rows = Array.from({ length: x.rows }, (_, n) => Array.from(x.data.subarray(2 * n, 2 * n + 2)));
  expect(one / evidence(rows, fit.prior.values!.family as unknown as Prior)).toBeCloseTo(1, 9);
  expect(best.components).toBe(2);
  expect('bound' in fit && fit.bound).toBe(alone.bound);
  expect(why).toBe(
    '2 components with full covariances has the highest bound on the log evidence, -1168.37, of 3 fits; the next best, 3 components with full covariances, has -1173.42. Bounds hold log K!: the K! orders of the components are modes alike, those of components without rows aside.',
  );
});

test('components without rows have no orders of their own, and sticks none at all', async () => {
  const x = faithful();
  const { table } = await select(x, { components: [6], criterion: 'bound', prior: { concentration: 1e-3 } });
  const sparse = await fitBayes(x, { components: 6, prior: { concentration: 1e-3 } });
  expect(sparse.activeComponents).toBeLessThan(6);
  const dead = 6 - sparse.activeComponents;
  const orders = Array.from({ length: 6 - dead }, (_, i) => 6 - i).reduce((product, n) => product * n, 1);
  expect(table[0]!.bound).toBeCloseTo(sparse.bound + Math.log(orders), 9);
  const sticks = { weights: dirichletProcess(1) };
  const ordered = await select(x, { components, criterion: 'bound', prior: sticks });
  for (const { components: K, bound } of ordered.table)
    expect(bound).toBe((await fitBayes(x, { components: K, prior: sticks })).bound);
  expect(ordered.why).not.toContain('log K!');
  await expect(select(x, { components, criterion: 'bound', prior: 'none' })).rejects.toThrow('prior is "none"');
});
