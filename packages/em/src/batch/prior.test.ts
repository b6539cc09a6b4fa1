import { generator, key } from '@mixtention/core/numeric';
import { expect, it } from 'vitest';
import { fit } from './fit.ts';

it('a prior worth a million rows does not look like divergence: its log density rounds more than the gain of the last step', async () => {
  const random = generator(key(8));
  const rows = Array.from({ length: 60 }, () => Array.from({ length: 6 }, () => random.integer(2)));
  const prior = { family: { a: 1e6, b: 1e6 }, concentration: 1e6 };
  const { status, model } = await fit(rows, { components: 4, family: 'bernoulli', prior });
  expect(status).toBe('converged');
  for (const p of model.means.data) expect(p).toBeCloseTo(0.5, 4);
  for (const w of model.weights) expect(w).toBeCloseTo(0.25, 4);
});
