import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../contracts/index.ts';
import { digest } from './digest.ts';
import { generator } from './generator.ts';
import { key } from './key.ts';
import fixture from './random.fixture.json' with { type: 'json' };
import { split } from './split.ts';

const label = fc.oneof(fc.string(), fc.maxSafeInteger());
const anyKey = fc
  .tuple(fc.maxSafeInteger(), fc.array(label, { maxLength: 5 }))
  .map(([seed, path]) => split(key(seed), ...path));

describe('key and split', () => {
  it.each(fixture as (Key & { digest: number[]; uniforms: number[] })[])(
    'agree with the big-integer implementation for seed $seed, path $path',
    ({ seed, path, digest: expected, uniforms }) => {
      const made = split(key(seed), ...path);
      const random = generator(made);
      expect([...digest(made)]).toEqual(expected);
      expect(uniforms.map(() => random.uniform())).toEqual(uniforms);
    },
  );

  it('are plain data: a copy by JSON or structuredClone opens the same stream', () => {
    fc.assert(
      fc.property(anyKey, (original) => {
        expect(JSON.parse(JSON.stringify(original))).toEqual(original);
        for (const copy of [JSON.parse(JSON.stringify(original)), structuredClone(original)] as Key[]) {
          expect(generator(copy).uniform()).toBe(generator(original).uniform());
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('split by two labels at once as one after the other', () => {
    expect(split(key(3), 'init', 2)).toEqual(split(split(key(3), 'init'), 2));
    expect(split(key(3))).toEqual(key(3));
  });

  it('leave the key they split as it was', () => {
    const root = Object.freeze({ seed: 1, path: Object.freeze(['a']) as readonly string[] });
    split(root, 'b');
    expect(root).toEqual({ seed: 1, path: ['a'] });
  });

  it('give different digests to different keys, also where text runs together or kinds are mixed', () => {
    const paths: (string | number)[][] = [
      [],
      [''],
      ['', ''],
      [0],
      ['0'],
      [0, 0],
      ['a', 'b'],
      ['ab'],
      ['b', 'a'],
      ['a\0'],
      ['a'],
      [1, 2],
      [2, 1],
    ];
    const digests = [0, 1, -1, 2 ** 32, 2 ** 53 - 1].flatMap((seed) =>
      paths.map((path) => digest(split(key(seed), ...path)).join()),
    );
    expect(new Set(digests).size).toBe(5 * paths.length);
    fc.assert(
      fc.property(
        anyKey,
        anyKey,
        (a, b) => (digest(a).join() === digest(b).join()) === (JSON.stringify(a) === JSON.stringify(b)),
      ),
      { seed: 2, numRuns: 1000 },
    );
  });

  it('treat −0 as 0, which JSON cannot tell apart', () => {
    expect(digest(split(key(-0), -0))).toEqual(digest(split(key(0), 0)));
  });

  it('refuse seeds and labels that are not whole numbers or text', () => {
    expect(() => key(0.5)).toThrow('[core] key: seed is 0.5, a whole number is due');
    expect(() => key('7' as unknown as number)).toThrow('a whole number is due');
    expect(() => split(key(0), 'a', Number.NaN)).toThrow('[core] split: label is NaN, text or a whole number is due');
    expect(() => split(key(0), 2 ** 53)).toThrow('a whole number is due');
  });
});
