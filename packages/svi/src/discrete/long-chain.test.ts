import { expect, test } from 'vitest';
import { type Model, posterior } from '../model/index.ts';
import { summedOut } from './summed-out.ts';

test('a hidden Markov model of 120 links is what forward filtering by hand makes of it', () => {
  const [T, K] = [120, 2];
  const y = Float64Array.from({ length: T }, (_, t) => 2 * Math.sin(0.37 * t));
  const chain: Model<null> = ({ sample, observe, normal, oneHotCategorical, matmul, sum, mul, value }) => {
    const means = sample('means', normal(0, 3), { shape: [K] });
    const stays = value([
      [0.9, 0.1],
      [0.2, 0.8],
    ]);
    let state = sample('z0', oneHotCategorical([0.5, 0.5]));
    for (let t = 0; t < T; t++) {
      if (t > 0) state = sample(`z${t}`, oneHotCategorical(matmul(state, stays)));
      observe(`y${t}`, normal(sum(mul(state, means)), 1), y[t]!);
    }
  };
  const at = [-1.2, 0.9];
  const density = (x: number, mean: number, sd: number): number =>
    Math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI));
  let shares = [0.5, 0.5];
  let due = at.reduce((total, mean) => total + Math.log(density(mean, 0, 3)), 0);
  for (let t = 0; t < T; t++) {
    const [a, b] = shares as [number, number];
    const before = t === 0 ? shares : [0.9 * a + 0.2 * b, 0.1 * a + 0.8 * b];
    const joint = before.map((share, k) => share * density(y[t]!, at[k]!, 1));
    const evidence = joint.reduce((s, v) => s + v);
    due += Math.log(evidence);
    shares = joint.map((v) => v / evidence);
  }
  const { logDensity } = posterior(summedOut(chain), null);
  expect(logDensity(Float64Array.from(at))).toBeCloseTo(due, 8);
});
