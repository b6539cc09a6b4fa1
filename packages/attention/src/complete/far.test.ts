import { gaussianDiagonal, MixtureModel } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { attentionFromMixture } from '../from-mixture/attention-from-mixture.ts';
import { complete } from './complete.ts';

test.each([1, 0.5])(
  'components 1e8 of their deviations apart complete rows by the formula, at a sharpness of %d',
  (logitScale) => {
    const means = [0, 0, 3, 1, 1e8, 7];
    const weights = [0.2, 0.5, 0.3];
    const model = new MixtureModel({
      family: gaussianDiagonal,
      params: { width: 2, means: Float64Array.from(means), variances: new Float64Array(6).fill(1) },
      logWeights: Float64Array.from(weights, Math.log),
    });
    const rows = [[1.2], [2], [1e8 + 2]].map(([x]) => [x!, Number.NaN]);
    const { completed, logEvidence } = complete(model, rows, [true, false], { logitScale });
    for (const [n, [x]] of rows.entries()) {
      const logs = weights.map((w, k) => Math.log(w) - 0.5 * (x! - means[2 * k]!) ** 2 - 0.5 * Math.log(2 * Math.PI));
      const top = Math.max(...logs);
      const r = logs.map((l) => Math.exp(logitScale * (l - top)));
      const total = r.reduce((a, b) => a + b);
      const mean = r.reduce((sum, p, k) => sum + (p / total) * means[2 * k + 1]!, 0);
      expect(completed.data[2 * n + 1]).toBeCloseTo(mean, 6);
      const density = top + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
      expect(logEvidence[n]).toBeCloseTo(density, 6);
    }
  },
);

test('natural parameters that would lose the digits of rows are refused', () => {
  const params = { width: 1, means: Float64Array.of(0, 1e8), variances: Float64Array.of(1, 1) };
  const logWeights = Float64Array.of(Math.log(0.5), Math.log(0.5));
  const model = new MixtureModel({ family: gaussianDiagonal, params, logWeights });
  expect(() => attentionFromMixture(model)).toThrow(/component \d \(counted from 0\) lies so many of its deviations/);
});
