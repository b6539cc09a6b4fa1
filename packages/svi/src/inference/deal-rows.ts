import type { Key, RandomSource } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import type { Swap } from '../graph/index.ts';

/** Epochs that deal from one random order, each from another place of it on. */
const EPOCHS = 16;
/** Whole numbers below this are drawn without bias, and taken apart exactly. */
const ROOM = 2 ** 50;

/** Writes the rows of a step. */
export type RowDealer = (step: number, rows: Int32Array) => void;

/**
 * Minibatches without repetition: an epoch deals ⌊N/B⌋ of them from a random order of all rows, beginning at a random place of it, and every 16 epochs the order is drawn anew. Each row is as likely as any other in every
 * step, so sums times N/B have no bias. What a step gets follows from key and step alone.
 *
 * @param swap  puts rows themselves in that order; then their places are dealt, one after another
 *
 * Cost: in the first of 16 epochs some 30 ns a row (and what it takes to swap two), then 1; orders are drawn as far as they are dealt from. Memory: N whole numbers.
 */
export function rowDealer(key: Key, size: number, count: number, swap: Swap | null = null): RowDealer {
  const steps = Math.floor(size / count);
  const order = Int32Array.from({ length: size }, (_, i) => i);
  let drawn = 0;
  let era = -1;
  let starts: readonly number[] = [];
  let random: RandomSource;
  const exchange = (i: number, j: number): void => {
    const own = order[i]!;
    order[i] = order[j]!;
    order[j] = own;
    if (swap !== null && i !== j) swap(i, j);
  };
  const begin = (next: number): void => {
    era = next;
    const begins = generator(split(key, 'starts', era));
    starts = Array.from({ length: EPOCHS }, (_, i) => (i === 0 ? 0 : begins.integer(size)));
    random = generator(split(key, 'order', era));
    drawn = 0;
    for (let i = 0; i < size; i++) while (order[i] !== i) exchange(i, order[i]!);
  };
  return (step, rows) => {
    const epoch = Math.floor(step / steps);
    const next = Math.floor(epoch / EPOCHS);
    if (next !== era) begin(next);
    const within = epoch % EPOCHS;
    let at = (starts[within]! + (step % steps) * count) % size;
    const known = within === 0 ? at + count : size;
    while (drawn < known) drawn = drawSome(size, drawn, random, exchange);
    for (let i = 0; i < count; i++) {
      rows[i] = swap === null ? order[at]! : at;
      if (++at === size) at = 0;
    }
  };
}

/**
 * The next places of a random order, as many as one whole number from 0 to (n − i)(n − i − 1)… tells: its remainders by these factors, one after another, are independent and each uniform.
 *
 * Source: Durstenfeld (1964), Algorithm 235.
 */
function drawSome(length: number, from: number, random: RandomSource, exchange: Swap): number {
  let product = 1;
  let to = from;
  while (to < length && product * (length - to) <= ROOM) product *= length - to++;
  let rest = random.integer(product);
  for (let i = from; i < to; i++) {
    const left = length - i;
    const quotient = Math.floor(rest / left);
    exchange(i, i + (rest - quotient * left));
    rest = quotient;
  }
  return to;
}
