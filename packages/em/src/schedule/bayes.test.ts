import { familyProblem } from '@mixtention/conformance';
import { dirichletProcess, faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import type { MemoizedInfo } from '../memoized/memoized.ts';
import { fitBayes } from '../variational-bayes/fit-bayes.ts';
import { everyFamily } from '../variational-bayes/testing-run.ts';

const x = faithful();
const memoized = { name: 'memoized', minibatch: 60 } as const;
const start = 'k-means';

test('variational Bayes by memoized batches reaches the bound of passes over all rows, and its terms add up', async () => {
  const due = await fitBayes(x, { components: 2, start });
  const { bound, boundTerms, status, posterior } = await fitBayes(x, { components: 2, start, schedule: memoized });
  expect(status).toBe('converged');
  expect(bound).toBeCloseTo(due.bound, 5);
  const { data, assignments, entropy, weights, components } = boundTerms;
  expect(data + assignments + entropy + weights + components).toBeCloseTo(bound, 8);
  expect(boundTerms.entropy).toBeCloseTo(due.boundTerms.entropy, 2);
  expect((posterior.weights as Float64Array)[0]).toBeCloseTo((due.posterior.weights as Float64Array)[0]!, 2);
});

test.each(everyFamily)(
  'in every family the bound rises with every batch, to 1e-10 of its size: %s',
  async (name, family) => {
    const { x: rows } = familyProblem(family, 11, 120, name === 'product' ? 20 : undefined);
    let last = Number.NEGATIVE_INFINITY;
    let laps = 0;
    const { bound, boundTerms } = await fitBayes(rows, {
      components: 3,
      family,
      screen: 0,
      maxIterations: 40,
      tolerance: 0,
      schedule: { name: 'memoized', minibatch: 30 },
      onStep: ({ info }) => {
        for (const objective of (info as MemoizedInfo).objectives) {
          expect(objective).toBeGreaterThanOrEqual(last - 1e-10 * Math.abs(last));
          last = objective;
        }
        // Until passes gain little, they are over all rows.
        if ((info as MemoizedInfo).objectives.length > 1) laps++;
      },
    });
    expect(laps).toBeGreaterThan(0);
    const { data, assignments, entropy, weights, components } = boundTerms;
    expect(data + assignments + entropy + weights + components).toBeCloseTo(bound, 8);
  },
);

test('under sticks, whose order matters, kept statistics follow the components: the bound rises with every batch', async () => {
  const prior = { weights: dirichletProcess(3) };
  let last = Number.NEGATIVE_INFINITY;
  let reordered = 0;
  const { bound } = await fitBayes(x, {
    components: 6,
    prior,
    screen: 0,
    start: 'random',
    schedule: memoized,
    onStep: ({ info }) => {
      for (const objective of (info as MemoizedInfo).objectives) {
        expect(objective).toBeGreaterThanOrEqual(last - 1e-10 * Math.abs(last));
        last = objective;
      }
      reordered += info.events?.length ?? 0;
    },
  });
  expect(reordered).toBeGreaterThan(0);
  const due = await fitBayes(x, { components: 6, prior, screen: 0, start: 'random' });
  expect(Math.abs(bound - due.bound)).toBeLessThan(20);
});

test('stochastic variational Bayes reports the exact bound of where it ends, near that of passes over all rows', async () => {
  const due = await fitBayes(x, { components: 2, start });
  const { bound, boundTerms } = await fitBayes(x, {
    components: 2,
    start,
    schedule: { name: 'stepwise', minibatch: 40 },
    screen: 0,
  });
  expect(bound).toBeLessThanOrEqual(due.bound + 1e-6);
  expect(bound).toBeGreaterThan(due.bound - 0.5);
  const { data, assignments, entropy, weights, components } = boundTerms;
  expect(data + assignments + entropy + weights + components).toBeCloseTo(bound, 8);
});
