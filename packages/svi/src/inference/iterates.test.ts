import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { aroundZero } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { addIterate, iterates, type Window } from './iterates.ts';
import { svi } from './svi.ts';

/** Windows of a walk of one or more numbers, with the iterates that each is made of. */
function windowsOf(walk: readonly (readonly number[])[], skip: number): { window: Window; of: number[][] }[] {
  const into = iterates(walk[0]!.length, skip);
  const told: { window: Window; of: number[][] }[] = [];
  let start = skip;
  walk.forEach((at, i) => {
    const window = addIterate(into, Float64Array.from(at));
    if (window !== null) {
      told.push({ window, of: walk.slice(start, i + 1).map((x) => [...x]) });
      start = i + 1;
    }
  });
  return told;
}

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: readonly number[], ddof: number): number =>
  x.reduce((total, v) => total + (v - mean(x)) ** 2, 0) / (x.length - ddof);

test('mean, R̂ and standard error of a window are those of the iterates themselves, kept and cut into eight chains', () => {
  const random = generator(key(5));
  let [a, b] = [3, 0];
  const walk = Array.from({ length: 16 + 16 + 32 + 64 }, () => {
    a = 0.8 * a + random.normal();
    b += 0.3 * random.normal();
    return [a, b];
  });
  const told = windowsOf(walk, 16);
  expect(told.map(({ window }) => window.length)).toEqual([16, 32, 64]);
  for (const { window, of } of told) {
    const columns = [0, 1].map((d) => of.map((at) => at[d]!));
    const chains = columns.map((column) =>
      Array.from({ length: 8 }, (_, c) => column.slice((c * column.length) / 8, ((c + 1) * column.length) / 8)),
    );
    // Gelman & Rubin: the variance of pooled draws over that within chains; the standard error by means of batches.
    const due = chains.map((own) => {
      const between = variance(own.map(mean), 1);
      const within = mean(own.map((chain) => variance(chain, 0)));
      return { rHat: Math.sqrt((within + between) / within), error: Math.sqrt(between / 8) };
    });
    columns.forEach((column, d) => {
      expect(window.mean[d]).toBeCloseTo(mean(column), 12);
    });
    expect(window.rHat).toBeCloseTo(Math.max(...due.map(({ rHat }) => rHat)), 9);
    expect(window.standardError).toBeCloseTo(Math.max(...due.map(({ error }) => error)), 9);
    const halves = columns.map((column) => {
      const half = column.length / 2;
      return Math.abs(mean(column.slice(0, half)) - mean(column.slice(half)));
    });
    expect(window.drift).toBeCloseTo(Math.max(...halves), 9);
  }
});

test('a walk that is under way has a large R̂, one that stands about its mean a small one', () => {
  const random = generator(key(2));
  const still = Array.from({ length: 8 + 8 + 16 + 32 + 64 + 128 + 256 }, () => [random.normal()]);
  const led = still.map(([x], i) => [x! + i / 50]);
  expect(windowsOf(still, 8).at(-1)!.window.rHat).toBeLessThan(1.05);
  expect(windowsOf(led, 8).at(-1)!.window.rHat).toBeGreaterThan(1.2);
});

/** Posterior N(2, 1). */
const model: Model<null> = ({ sample, normal }) => sample('x', normal(2, 1));
const still = { guide: 'autoNormal', around: aroundZero(1), learningRate: 0.1, estimator: 'pathwise' } as const;

test('parameters that are told are averages of iterates: nearer to the optimum than where steps end', () => {
  const distances = [100, 6000].map((steps) =>
    Array.from({ length: 12 }, (_, seed) => {
      // No window is full after 100 steps: then iterates are told as they are. They begin at the optimum, N(2, 1) in units of 0.1.
      const around = { ...aroundZero(1), mean: Float64Array.of(2), deviations: Float64Array.of(1) };
      const { parameters } = svi(model, null, { ...still, around, seed, steps, accuracy: 1e-9, resultDraws: 10 });
      return Math.abs(parameters['x.loc']![0]!);
    }),
  );
  const [last, averaged] = distances.map(mean) as [number, number];
  expect(averaged).toBeLessThan(0.5 * last);
});

test('without a learning rate the best of four is searched, at 200 steps each: coarse where the way is long, fine where gradients are loud', () => {
  const seen: number[] = [];
  const rateOf = (own: Model<null>, at: number): number => {
    let rate = 0;
    const { gradientEvaluations, steps } = svi(own, null, {
      guide: 'autoNormal',
      around: { ...aroundZero(1), mean: Float64Array.of(at), deviations: Float64Array.of(1) },
      steps: 100,
      resultDraws: 10,
      checkpointEveryMs: 0,
      onCheckpoint: ({ climb }) => {
        rate = climb.rate;
      },
    });
    expect(gradientEvaluations).toBe(4 * 200 + steps);
    seen.push(rate);
    return rate;
  };
  expect(rateOf(model, 30)).toBe(0.1);
  // Gradients of a heavy tail, from its middle: any rate above the least loses.
  const loud: Model<null> = ({ sample, studentT }) => sample('x', studentT(0.6, 0, 1));
  expect(rateOf(loud, 0)).toBeLessThan(0.1);
});
