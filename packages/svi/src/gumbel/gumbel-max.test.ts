import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { gumbelMax } from './gumbel-max.ts';

test('Gumbel-max draws components as often as the softmax says (chi-square, 100,000 draws)', () => {
  const weights = [0.05, 0.1, 0.15, 0.3, 0.4];
  const logits = weights.map((w) => Math.log(w) + 3);
  const random = generator(key(11));
  const counts = new Float64Array(5);
  const draws = 100_000;
  for (let i = 0; i < draws; i++) counts[gumbelMax(random, logits)]!++;
  const chiSquare = weights.reduce((sum, w, k) => sum + (counts[k]! - draws * w) ** 2 / (draws * w), 0);
  expect(chiSquare).toBeLessThan(18.47); // exceeded with probability 0.001 at 4 degrees of freedom
  expect(chiSquare).toBeGreaterThan(0.09); // and below this with probability 0.001
});

test('a component that is switched off is never drawn', () => {
  const random = generator(key(3));
  for (let i = 0; i < 200; i++) expect(gumbelMax(random, [Number.NEGATIVE_INFINITY, 0])).toBe(1);
});
