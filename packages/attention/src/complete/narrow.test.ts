import { MixtureModel, simpleFamilies } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { backends } from '../testing/backends.ts';
import { complete } from './complete.ts';

const tested = (await backends()).map(({ backend }) => backend).filter(({ precision }) => precision === 'float32');

describe.each(['gaussian-full', 'gaussian-tied', 'gaussian-diagonal', 'gaussian-spherical'])('%s', (name) => {
  const family = simpleFamilies[name]!;
  const correlated = name === 'gaussian-full' || name === 'gaussian-tied' ? 0.5 : 0;
  const covariance = { data: Float64Array.of(1, correlated, correlated, 1), rows: 2, cols: 2 };
  const modelAt = (distance: number): MixtureModel =>
    new MixtureModel({
      family,
      params: family.fromDescription({
        means: { data: Float64Array.of(0, 0, distance, distance, distance, distance + 4), rows: 3, cols: 2 },
        covariances: [covariance, covariance, covariance],
      }),
      logWeights: Float64Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.2)),
    });

  it.each([10, 1e3, 1e5])(
    'components %d deviations apart are told from what is seen, in float32 as in float64',
    (distance) => {
      const model = modelAt(distance);
      const rows = [0, 0.5, 1, 2, 3].map((x) => [distance + x, distance + x]);
      for (const mask of [
        [true, false],
        [false, true],
      ]) {
        const due = complete(model, rows, mask, { truth: rows, responsibilities: true });
        for (const backend of tested) {
          const came = complete(model, rows, mask, { truth: rows, responsibilities: true, backend });
          for (const [i, r] of came.responsibilities!.data.entries())
            expect(r).toBeCloseTo(due.responsibilities!.data[i]!, 3);
          for (const [n, l] of came.jointLogProbability!.entries())
            expect(l).toBeCloseTo(due.jointLogProbability![n]!, 2);
          for (const [i, x] of came.completed.data.entries())
            expect(Math.abs(x - due.completed.data[i]!)).toBeLessThan(2e-3);
        }
      }
    },
  );
});
