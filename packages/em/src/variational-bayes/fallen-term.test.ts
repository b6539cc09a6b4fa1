import type { ConjugateFamily } from '@mixtention/core';
import { faithful, gaussianFull } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitBayes } from './fit-bayes.ts';

test('a family whose divergence is wrong ends as diverged, and the message names its term among those that fell', async () => {
  const { prior } = gaussianFull;
  const wrong: ConjugateFamily = {
    ...gaussianFull,
    // Fifty times what it is: updates do not raise such a bound.
    prior: {
      ...prior,
      divergence(...given: Parameters<typeof prior.divergence>) {
        const { perComponent, shared } = prior.divergence(...given);
        return { perComponent: perComponent.map((part) => 50 * part), shared: 50 * shared };
      },
    },
  };
  const options = { components: 3, screen: 0, start: 'random' } as const;
  const { status, message, trace } = await fitBayes(faithful(), { ...options, family: wrong });
  expect(status).toBe('diverged');
  expect(message).toMatch(/^of the bound's terms fell .*"components" by [\d.]+.* nats: /);
  expect(trace.at(-1)!.objective).toBeLessThan(trace.at(-2)!.objective);
  const sound = await fitBayes(faithful(), { ...options, family: gaussianFull });
  expect(sound.status).toBe('converged');
});
