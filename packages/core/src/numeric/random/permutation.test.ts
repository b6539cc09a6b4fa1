import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareLimit, chiSquareOf } from '../../testing/statistics.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { permutation } from './permutation.ts';
import { sampleWithoutReplacement } from './sample-without-replacement.ts';

describe('permutation and sampleWithoutReplacement', () => {
  it('holds each index once', () => {
    expect(permutation(generator(key(50)), 1000).toSorted()).toEqual(Int32Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(generator(key(0)), 0)).toEqual(new Int32Array(0));
  });

  it('makes each of the 24 orders of four equally likely', () => {
    const random = generator(key(51));
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = permutation(random, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquareOf([...counts.values()])).toBeLessThan(chiSquareLimit(23));
  });

  it('draws without replacement the beginning of the permutation of the same stream', () => {
    const sizes = fc.nat({ max: 60 }).chain((n) => fc.tuple(fc.constant(n), fc.nat({ max: n }), fc.nat()));
    fc.assert(
      fc.property(sizes, ([n, count, seed]) => {
        const drawn = sampleWithoutReplacement(generator(key(seed)), n, count);
        expect(drawn).toEqual(permutation(generator(key(seed)), n).slice(0, count));
      }),
      { seed: 52, numRuns: 500 },
    );
  });

  it('draws a few of very many without holding them', () => {
    const drawn = sampleWithoutReplacement(generator(key(53)), 2 ** 31 - 1, 100);
    expect(new Set(drawn).size).toBe(100);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  });

  it('refuses sizes that make no sense', () => {
    const random = generator(key(0));
    expect(() => permutation(random, -1)).toThrow('[core] permutation: n is -1, a whole number below 2^31 is due');
    expect(() => sampleWithoutReplacement(random, 3, 4)).toThrow('count is 4, a whole number from 0 to 3 is due');
    expect(() => sampleWithoutReplacement(random, 2.5, 1)).toThrow('n is 2.5');
  });
});
