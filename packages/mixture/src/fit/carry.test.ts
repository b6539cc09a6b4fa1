import type { AnyAlgorithm, Mixture, Tree } from '@mixtention/core';
import { expect, it } from 'vitest';
import { faithful } from '../problems/index.ts';
import { evaluate } from './evaluate.ts';
import { fitMixture } from './fit-mixture.ts';
import type { FitMethod, FitPlan } from './types.ts';

/** A method whose states hold more than the mixture: a count of updates, which it reports of the run that was kept. */
function counting(own: Pick<FitPlan<number>, 'carry'> = {}): FitMethod<number> {
  type State = { readonly inner: Mixture; readonly seen: number };
  return {
    where: 'test/counting',
    plan: ({ config }) => {
      const { init, collect, update, ...rest } = evaluate(config);
      const algorithm: AnyAlgorithm = {
        ...rest,
        init: (start, sample): State => ({ inner: init(start, sample), seen: 0 }),
        collect: ({ inner }: State, shard, cancel) => collect(inner, shard, cancel),
        update: ({ inner, seen }: State, collected) => ({
          state: { inner, seen: seen + 1 },
          info: update(inner, collected).info,
        }),
      };
      return {
        algorithm,
        mixtureOf: (state) => (state as State).inner,
        stateOf: (inner) => ({ inner, seen: 100 }),
        report: (_, { outcomes, best }) => (outcomes[best]!.step.state as State).seen,
        ...own,
      };
    },
  };
}

it('a long run goes on from the whole state of the short one, or from what the method makes of it; given values have a first state of their own', async () => {
  const alone = await fitMixture(faithful(), { components: 2, screen: 0 }, counting());
  expect(alone).toBeGreaterThan(0);
  const start = await fitMixture(
    faithful(),
    {
      components: 2,
      start: {
        means: [
          [2, 54],
          [4, 80],
        ],
      },
    },
    counting(),
  );
  expect(start).toBe(100 + alone);
  const after = await fitMixture(faithful(), { components: 2, screen: 3 }, counting());
  expect(after).toBe(2 * alone);
  const heard: Tree[] = [];
  const carry = (state: Tree): Tree => {
    heard.push(state);
    return { ...(state as object), seen: 1000 };
  };
  expect(await fitMixture(faithful(), { components: 2, screen: 3 }, counting({ carry }))).toBe(1000 + alone);
  expect(heard).toMatchObject([{ seen: alone }]);
});

it('short runs are planned over the rows that they look at, which may be fewer', async () => {
  const rows = 12_000;
  const x = { data: Float64Array.from({ length: rows }, (_, n) => (n % 2) * 9 + ((n * n) % 7)), rows, cols: 1 };
  const { plan, ...method } = counting();
  const weights: number[] = [];
  const watched = (context: Parameters<typeof plan>[0]): ReturnType<typeof plan> => {
    weights.push(context.data.totalWeight);
    return plan(context);
  };
  await fitMixture(x, { components: 2, screen: 2 }, { ...method, plan: watched });
  expect(weights).toEqual([12_000, 10_000]);
});
