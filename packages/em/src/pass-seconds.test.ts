import { inline, wasm } from '@mixtention/core';
import { plan } from '@mixtention/core/plan';
import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from './batch/fit.ts';

test('a fit tells what a pass was planned to take, as plan does, beside what it took', async () => {
  const options = { components: 3, screen: 0, tolerance: 1e-9 } as const;
  const { passSeconds, seconds, iterations } = await fit(faithful(), {
    ...options,
    executor: inline(wasm()),
    precision: 'float32',
  });
  // Full covariances of two columns: one, two columns and three products.
  const problem = { rows: 272, components: 3, width: 6, squares: 'each' } as const;
  const planned = plan({ ...problem, backend: 'wasm', workers: 0, precision: 'float32' }).seconds;
  expect(passSeconds.predicted / planned).toBeCloseTo(1, 9);
  expect(passSeconds.observed).toBeGreaterThan(0);
  expect(passSeconds.observed * (iterations + 1)).toBeLessThanOrEqual(seconds);
});
