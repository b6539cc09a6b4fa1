import { bernoulli } from '@mixtention/mixture';
import { describe, expect, test } from 'vitest';
import { draws } from '../testing/draws.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';

const [N, D, K] = [300, 14, 6];
const model = randomMixture(bernoulli, K, D, 31);
const { x } = model.sample(N, 32);
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** H(r) of each row when some columns are seen, nats, with the log evidence and what is left to pay. */
const seen = (columns: readonly number[]) => {
  const mask = Uint8Array.from({ length: D }, (_, j) => Number(columns.includes(j)));
  const { responsibilities, logEvidence, jointLogProbability } = complete(model, x, mask, {
    responsibilities: true,
    truth: x,
  });
  const entropies = Array.from({ length: N }, (_, n) =>
    Array.from(responsibilities!.data.subarray(n * K, (n + 1) * K)).reduce(
      (sum, r) => (r > 0 ? sum - r * Math.log(r) : sum),
      0,
    ),
  );
  return { entropies, logEvidence, left: jointLogProbability! };
};

const orders: readonly (readonly [string, readonly number[]])[] = [
  ['from the first', Array.from({ length: D }, (_, j) => j)],
  ['from the last', Array.from({ length: D }, (_, j) => D - 1 - j)],
  ...[1, 2, 3].map((seed): readonly [string, readonly number[]] => {
    const at = draws(seed).uniform(1, D).data;
    return [`shuffled by ${seed}`, Array.from({ length: D }, (_, j) => j).sort((i, j) => at[i]! - at[j]!)];
  }),
];

describe.each(orders)('columns revealed %s', (_, order) => {
  const curve = Array.from({ length: D + 1 }, (_, shown) => seen(order.slice(0, shown)));

  test('leave less and less entropy, on average over rows: from that of the weights down', () => {
    const weights = Array.from(model.logWeights).reduce((sum, l) => sum - Math.exp(l) * l, 0);
    expect(mean(curve[0]!.entropies)).toBeCloseTo(weights, 12);
    const means = curve.map(({ entropies }) => mean(entropies));
    for (let shown = 1; shown <= D; shown++) expect(means[shown]!).toBeLessThan(means[shown - 1]!);
  });

  test('add evidence to what is left to the same joint, whatever the order', () => {
    const joint = model.logDensity(x);
    expect(Math.max(...curve[0]!.left.map((one, n) => Math.abs(one - joint[n]!)))).toBeLessThan(1e-9);
    for (const { logEvidence, left } of curve)
      expect(Math.max(...left.map((one, n) => Math.abs(one + logEvidence[n]! - joint[n]!)))).toBeLessThan(1e-9);
  });
});
