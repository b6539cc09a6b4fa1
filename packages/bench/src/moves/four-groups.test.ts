import { fit } from '@mixtention/em';
import { expect, test } from 'vitest';
import { fourGroups } from './four-groups.ts';

test('four groups have the shares that they are drawn with', async () => {
  const { model } = await fit(fourGroups(0), { components: 4, covariance: 'diagonal' });
  const shares = [...model.weights].sort((a, b) => b - a);
  for (const [i, due] of [0.4, 0.3, 0.2, 0.1].entries()) expect(Math.abs(shares[i]! - due)).toBeLessThan(0.03);
});
