import type { Key } from '../../contracts/index.ts';
import { philox } from './philox.ts';

/**
 * The 128 bits that identify the stream of a key.
 *
 * Seed and labels are absorbed one after another: a block of Philox keyed by the first half of the state, its counter made of the label,
 * the second half, and a mark of the label's kind. Text goes in four UTF-16 units at a time, each with the count of units left, so that no
 * text is the beginning of another's blocks.
 *
 * @param key  as made by `key` and `split`
 * @returns four words
 *
 * Cost: one block of Philox for the seed and each number, one for each four letters.
 * Source: the keyed-hash use of counter-based generators, Salmon et al. (2011), sec. 2.2.
 *
 * @example
 * digest({ seed: 0, path: ['init', 3] }); // four words
 */
export function digest(key: Key): Uint32Array {
  const state = new Uint32Array(4);
  absorbInteger(state, key.seed, 0);
  for (const label of key.path) {
    if (typeof label === 'number') absorbInteger(state, label, 1);
    else absorbText(state, label);
  }
  return state;
}

function absorbInteger(state: Uint32Array, value: number, kind: 0 | 1): void {
  absorb(state, value >>> 0, Math.floor(value / 2 ** 32) >>> 0, 0, kind);
}

function absorbText(state: Uint32Array, text: string): void {
  // Past the end charCodeAt is NaN, and NaN | x is x; an empty text is one block with nothing left.
  for (let i = 0; i === 0 || i < text.length; i += 4) {
    const first = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    const second = text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16);
    absorb(state, first, second, text.length - i, 2);
  }
}

function absorb(state: Uint32Array, w0: number, w1: number, left: number, kind: number): void {
  philox(state, w0 ^ state[2]!, w1 ^ state[3]!, left, kind, state[0]!, state[1]!);
}
