import { generator, key } from '@mixtention/core/numeric';
import { dirichletProcess, faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from '../batch/fit.ts';
import { fitBayes } from '../variational-bayes/fit-bayes.ts';
import { mergeTree } from './merge-tree.ts';

const random = generator(key(21));
/** Four round groups of 200 rows in the corners of a square. */
const x = Array.from({ length: 800 }, (_, n) => [
  random.normal() + 7 * (n % 2),
  random.normal() + 7 * (Math.floor(n / 2) % 2),
]);

test('twelve components are merged to the four that made the data, which are as good as a fit of four', async () => {
  const { best, table, mixtures, merges, model, why } = await mergeTree(x, { components: 12 });
  expect(table.map(({ components }) => components)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(best.components).toBe(4);
  const due = await fit(x, { components: 4 });
  expect(best.bic).toBeCloseTo(due.bic, 1);
  expect(best.bic).toBeGreaterThan(due.bic - 1e-6);
  expect(model.components).toBe(4);
  expect(why).toContain('4 components with full covariances has the lowest BIC');
  // Every row of the table is of the model beside it.
  for (const [i, row] of table.entries())
    expect(row.logLikelihood).toBeCloseTo(sum(mixtures[i]!.model.logDensity(x)), 6);
  // One component has one maximum.
  expect(table.at(-1)!.logLikelihood).toBeCloseTo((await fit(x, { components: 1 })).logLikelihood, 6);
  // Groups are made of what merges say, and heights are what the log-likelihood has lost.
  const leaves: number[][] = Array.from({ length: 12 }, (_, k) => [k]);
  for (const [m, { nodes, node, components, height }] of merges.entries()) {
    expect(node).toBe(12 + m);
    leaves.push([...leaves[nodes[0]]!, ...leaves[nodes[1]]!].sort((a, b) => a - b));
    expect(mixtures[m + 1]!.groups).toContainEqual(leaves.at(-1));
    expect(components).toBe(11 - m);
    expect(height).toBeCloseTo(table[0]!.logLikelihood - table[m + 1]!.logLikelihood, 6);
  }
  expect(leaves.at(-1)).toHaveLength(12);
});

test('each merge is the best of all pairs, by a criterion that is measured apart', async () => {
  const { merges, mixtures, fit: first } = await mergeTree(faithful(), { components: 4, steps: 0, criterion: 'bic' });
  const { weights, means, covariances } = first.model;
  // A merged Gaussian has the moments of both: at the maximum an M-step makes that of them.
  const costs: { pair: number[]; bic: number }[] = [];
  for (let i = 0; i < 4; i++)
    for (let j = i + 1; j < 4; j++) {
      const kept = [0, 1, 2, 3].filter((k) => k !== j);
      const w = weights[i]! + weights[j]!;
      const [a, b] = [weights[i]! / w, weights[j]! / w];
      const mean = (k: number): number[] => [means.data[2 * k]!, means.data[2 * k + 1]!];
      const covariance = (k: number): number[] => Array.from(covariances![k]!.data);
      const mixed = mean(i).map((m, d) => a * m + b * mean(j)[d]!);
      const spread = (k: number, e: number): number =>
        (mean(k)[e >> 1]! - mixed[e >> 1]!) * (mean(k)[e & 1]! - mixed[e & 1]!);
      const both = covariance(i).map((c, e) => a * (c + spread(i, e)) + b * (covariance(j)[e]! + spread(j, e)));
      const square = (c: readonly number[]): number[][] => [c.slice(0, 2), c.slice(2)];
      const start = {
        weights: kept.map((k) => (k === i ? w : weights[k]!)),
        means: kept.map((k) => (k === i ? mixed : mean(k))),
        covariances: kept.map((k) => square(k === i ? both : covariance(k))),
      };
      const { bic } = await fit(faithful(), { components: 3, start, maxIterations: 0 });
      costs.push({ pair: [i, j], bic });
    }
  costs.sort((p, q) => p.bic - q.bic);
  expect([...merges[0]!.nodes].sort()).toEqual(costs[0]!.pair);
  expect(merges[0]!.change).toBeCloseTo(costs[0]!.bic - first.bic, 1);
  expect(mixtures[1]!.groups).toContainEqual(costs[0]!.pair);
});

test('by the bound: the fit of the first row, the exact evidence in the last, and the two of Old Faithful between', async () => {
  for (const prior of [undefined, { weights: dirichletProcess(1) }]) {
    const options = { components: 5, ...(prior && { prior }) };
    const {
      best,
      table,
      fit: first,
      merges,
      mixtures,
    } = await mergeTree(faithful(), { ...options, criterion: 'bound' });
    const row = table[0]!;
    expect(row.bound! - row.logSymmetricModes!).toBeCloseTo((await fitBayes(faithful(), options)).bound, 6);
    expect('bound' in first).toBe(true);
    const one = await fitBayes(faithful(), { ...options, components: 1 });
    expect(table.at(-1)!.bound).toBeCloseTo(one.bound, 6);
    expect(table.at(-1)!.logLikelihood).toBeCloseTo(one.logLikelihood, 6);
    expect(best.components).toBe(2);
    expect(merges.at(-1)!.change).toBeLessThan(-100);
    expect(mixtures.at(-1)!.groups).toEqual([[0, 1, 2, 3, 4]]);
  }
});

test('a model that is there already is merged; what cannot be is refused in a sentence', async () => {
  const { model } = await fit(x, { components: 6 });
  const { fit: first, table } = await mergeTree(x, { components: 6, start: model, maxIterations: 0, criterion: 'icl' });
  expect(first.logLikelihood).toBeCloseTo(model.score(x) * 800, 3);
  expect(table).toHaveLength(6);
  const refused = async (options: object, sentence: string): Promise<void> =>
    expect(mergeTree(x, options as { components: number })).rejects.toThrow(sentence);
  await refused({ components: 3, criterion: 'held-out' }, 'unknown criterion "held-out"');
  await refused({ components: 3, pairs: 0 }, 'pairs is 0, a whole number from 1 was due');
  await refused({ components: 3, steps: -1 }, 'steps is -1, a whole number from 0 was due');
  await refused({ components: 3, moves: 'all' }, 'moves');
});

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
