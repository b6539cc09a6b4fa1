import { describe, expect, it } from 'vitest';
import { chiSquareLimit, chiSquareOf } from '../../testing/statistics.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import { split } from './split.ts';

describe('generator', () => {
  it('repeats its stream for the same key', () => {
    const [a, b] = [generator(key(5)), generator(key(5))];
    for (let i = 0; i < 100; i++) {
      expect(a.uniform()).toBe(b.uniform());
      expect(a.normal()).toBe(b.normal());
      expect(a.integer(10)).toBe(b.integer(10));
    }
  });

  it('is not moved by draws from another stream', () => {
    const alone = generator(split(key(5), 'a'));
    const expected = Array.from({ length: 20 }, () => alone.uniform());
    const [first, other] = [generator(split(key(5), 'a')), generator(split(key(5), 'b'))];
    for (const value of expected) {
      other.uniform();
      expect(first.uniform()).toBe(value);
    }
  });

  it('draws uniforms on the odd multiples of 2^-53, so never 0 or 1', () => {
    const random = generator(key(1));
    for (let i = 0; i < 10_000; i++) {
      const u = random.uniform();
      expect(u > 0 && u < 1 && (u * 2 ** 53) % 2 === 1).toBe(true);
    }
  });

  it('makes each of the 52 bits of a uniform fair', () => {
    const random = generator(key(2));
    const draws = 40_000;
    const ones = new Float64Array(52);
    for (let i = 0; i < draws; i++) {
      let bits = random.uniform();
      for (let b = 0; b < 52; b++) {
        bits *= 2;
        if (bits >= 1) {
          ones[b]! += 1;
          bits -= 1;
        }
      }
    }
    for (const count of ones) expect(Math.abs(count - draws / 2)).toBeLessThan(4.5 * Math.sqrt(draws / 4));
  });

  it.each([1, 2, 3, 7, 100, 1000])('draws integers below %d evenly', (n) => {
    const random = generator(split(key(3), n));
    const counts = new Float64Array(n);
    for (let i = 0; i < 100 * n + 1000; i++) counts[random.integer(n)]! += 1;
    expect(chiSquareOf(counts)).toBeLessThanOrEqual(chiSquareLimit(n - 1));
  });

  it('draws large integers evenly, where a plain remainder would prefer the lower half', () => {
    const random = generator(key(4));
    const n = 3 * 2 ** 51; // three quarters of the range: a third of naive draws would be folded onto the first third
    const thirds = new Float64Array(3);
    for (let i = 0; i < 30_000; i++) thirds[Math.floor(random.integer(n) / 2 ** 51)]! += 1;
    expect(chiSquareOf(thirds)).toBeLessThan(chiSquareLimit(2));
  });

  it('refuses integers below anything but a whole number from 1 to 2^53', () => {
    const random = generator(key(0));
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 54])
      expect(() => random.integer(n)).toThrow('a whole number from 1 to 2^53 is due');
    expect(random.integer(2 ** 53)).toBeLessThan(2 ** 53);
  });

  it('gives independent streams to neighbouring indices and to neighbouring seeds', () => {
    const draws = 5_000;
    const streams = [
      ...Array.from({ length: 12 }, (_, i) => split(key(9), 'rows', i)),
      ...Array.from({ length: 12 }, (_, seed) => key(seed)),
    ].map((k) => {
      const random = generator(k);
      return Float64Array.from({ length: draws }, () => random.normal());
    });
    for (let a = 0; a < streams.length; a++) {
      for (let b = 0; b < a; b++) {
        const product = streams[a]!.reduce((sum, x, i) => sum + x * streams[b]![i]!, 0);
        // 276 pairs of standard normal scores: 4.5 is passed by one of them in 500 sets of streams.
        expect(Math.abs(product / Math.sqrt(draws))).toBeLessThan(4.5);
      }
    }
  });

  it('spreads the first draws of successive indices evenly, alone and in pairs', () => {
    const cells = new Float64Array(100);
    const pairs = new Float64Array(100);
    let previous = 0;
    for (let i = 0; i < 50_000; i++) {
      const u = generator(split(key(11), 'row', i)).uniform();
      cells[Math.floor(100 * u)]! += 1;
      pairs[10 * Math.floor(10 * previous) + Math.floor(10 * u)]! += 1;
      previous = u;
    }
    expect(chiSquareOf(cells)).toBeLessThan(chiSquareLimit(99));
    expect(chiSquareOf(pairs)).toBeLessThan(chiSquareLimit(99));
  });
});
