import { describe, expect, it } from 'vitest';
import { philox } from './philox.ts';

// Lines of the file kat_vectors of Random123 1.14.0: counter, key, output.
const known = [
  '00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8',
  'ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd',
  '243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1',
];

describe('philox', () => {
  it.each(known)('gives the published answer: %s', (line) => {
    const [c0, c1, c2, c3, k0, k1, ...answer] = line.split(' ').map((word) => Number.parseInt(word, 16));
    const out = new Uint32Array(4);
    philox(out, c0!, c1!, c2!, c3!, k0!, k1!);
    expect([...out]).toEqual(answer);
  });

  it('changes about half of the output bits when one input bit changes', () => {
    const base = new Uint32Array(4);
    const other = new Uint32Array(4);
    let changed = 0;
    for (let trial = 0; trial < 192 * 50; trial++) {
      const input = Uint32Array.from({ length: 6 }, (_, i) => Math.imul(trial, 0x9e3779b1) + i * trial);
      philox(base, input[0]!, input[1]!, input[2]!, input[3]!, input[4]!, input[5]!);
      input[Math.floor((trial % 192) / 32)]! ^= 1 << (trial % 32);
      philox(other, input[0]!, input[1]!, input[2]!, input[3]!, input[4]!, input[5]!);
      for (let w = 0; w < 4; w++) changed += ((base[w]! ^ other[w]!) >>> 0).toString(2).replace(/[^1]/g, '').length;
    }
    expect(changed / (192 * 50 * 128)).toBeCloseTo(0.5, 2);
  });
});
