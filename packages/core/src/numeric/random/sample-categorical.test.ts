import { describe, expect, it } from 'vitest';
import { chiSquareLimit, chiSquareOf } from '../../testing/statistics.ts';
import { softmax } from '../special/softmax.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { sampleCategorical } from './sample-categorical.ts';
import { sampleGumbel } from './sample-gumbel.ts';

describe('sampleCategorical', () => {
  it('draws in proportion to the weights, which need not sum to one', () => {
    const random = generator(key(40));
    const weights = [4, 0.5, 1, 2.5, 8];
    const counts = new Float64Array(5);
    for (let i = 0; i < 50_000; i++) counts[sampleCategorical(random, weights)]! += 1;
    expect(
      chiSquareOf(
        counts,
        weights.map((w) => w / 16),
      ),
    ).toBeLessThan(chiSquareLimit(4));
  });

  it('never draws a weight of 0, wherever it stands', () => {
    const random = generator(key(41));
    for (let i = 0; i < 2_000; i++) expect([1, 3]).toContain(sampleCategorical(random, [0, 1e-300, 0, 1, 0]));
    expect(sampleCategorical(random, [0, 0, 5e-324])).toBe(2);
  });

  it('agrees with the largest of logits plus Gumbel noise', () => {
    const random = generator(key(42));
    const logits = [0.3, -1.2, 2, 0];
    const counts = new Float64Array(4);
    for (let i = 0; i < 50_000; i++) {
      const noisy = logits.map((logit) => logit + sampleGumbel(random));
      counts[noisy.indexOf(Math.max(...noisy))]! += 1;
    }
    const proportions = Float64Array.from(logits);
    softmax(proportions);
    expect(chiSquareOf(counts, proportions)).toBeLessThan(chiSquareLimit(3));
  });

  it('refuses weights that are negative, not finite or all 0', () => {
    const random = generator(key(0));
    expect(() => sampleCategorical(random, [1, -1])).toThrow(
      '[core] sampleCategorical: weight 1 is -1, a finite number from 0 is due',
    );
    expect(() => sampleCategorical(random, [Number.NaN])).toThrow('weight 0 is NaN');
    expect(() => sampleCategorical(random, [0, 0])).toThrow('all 2 weights are 0, a positive one is due');
    expect(() => sampleCategorical(random, [])).toThrow('all 0 weights are 0');
  });
});
