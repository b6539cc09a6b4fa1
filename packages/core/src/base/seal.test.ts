import { expect, test } from 'vitest';
import { decodeAs, encodeAs } from './format.ts';
import { seal, unseal } from './seal.ts';

const text = JSON.stringify({ n: [1, 2.5, -3], text: 'naïve " }', nested: { checksum: 'mine' } });

test('what was sealed comes back; every flipped bit and every cut is seen', () => {
  const sealed = seal(text);
  expect(unseal(sealed)).toBe(text);
  expect(JSON.parse(sealed)).toMatchObject(JSON.parse(text));
  for (let i = 0; i < sealed.length; i++) {
    expect(unseal(sealed.slice(0, i))).toBeNull();
    for (let bit = 0; bit < 7; bit++) {
      const flipped = String.fromCharCode(sealed.charCodeAt(i) ^ (1 << bit));
      expect(unseal(sealed.slice(0, i) + flipped + sealed.slice(i + 1))).toBeNull();
    }
  }
  expect(unseal(text)).toBeNull();
});

test('texts of a format say that they are damaged', () => {
  const due = { format: 'my/notes', formatVersion: 1 };
  const whole = encodeAs(due, { n: Float64Array.of(1, 2) });
  expect(decodeAs('me/read', 'the note', due, whole)).toEqual({ n: Float64Array.of(1, 2) });
  expect(() => decodeAs('me/read', 'the note', due, whole.replace('AAAA', 'AAAB'))).toThrow('it is damaged');
});
