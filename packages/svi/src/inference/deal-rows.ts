import type { Key, RandomSource } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import type { Swap } from '../graph/index.ts';

/** Epochs that deal from one random order, each from another place of it on. */
const EPOCHS = 64;
/** Whole numbers below this are drawn without bias, and taken apart exactly. */
const ROOM = 2 ** 50;

/** Writes the rows of a step. */
export type RowDealer = (step: number, rows: Int32Array) => void;

/**
 * Minibatches without repetition: an epoch deals ⌊N/B⌋ of them from a random order of all rows, beginning at a random place of it, and every 64 epochs rows are shuffled again. Each row is as likely as any other in every
 * step, so sums times N/B have no bias. What a step gets follows from key and step alone.
 *
 * @param swap  puts rows themselves in that order, once the first epoch has dealt it; from then on places are dealt, one after another
 *
 * Cost: in the first of 64 epochs some 30 ns a row, then 1; orders are drawn as far as they are dealt from. Memory: 3 N whole numbers.
 */
export function rowDealer(key: Key, size: number, count: number, swap: Swap | null = null): RowDealer {
  const steps = Math.floor(size / count);
  // Of the rows as they lie, which come up; `moves` are the exchanges that made this order.
  const order = identity(size);
  const moves = new Int32Array(swap === null ? 0 : size);
  // Of each place, the row that lies there.
  const members = identity(swap === null ? 0 : size);
  let drawn = 0;
  let isLaid = false;
  let era = -1;
  let starts: readonly number[] = [];
  let random: RandomSource;
  const drawTo = (known: number): void => {
    while (drawn < known)
      drawn = drawSome(size, drawn, random, (i, j) => {
        exchange(order, i, j);
        if (swap !== null) moves[i] = j;
      });
  };
  const move = (i: number, j: number): void => {
    if (i === j) return;
    exchange(members, i, j);
    swap!(i, j);
  };
  const finish = (): void => {
    drawTo(size);
    if (swap === null || isLaid) return;
    for (let i = 0; i < size; i++) move(i, moves[i]!);
    isLaid = true;
  };
  const open = (next: number): void => {
    era = next;
    const begins = generator(split(key, 'starts', era));
    starts = Array.from({ length: EPOCHS }, (_, i) => (i === 0 ? 0 : begins.integer(size)));
    random = generator(split(key, 'order', era));
    drawn = 0;
    isLaid = false;
    if (swap !== null || era === 0) order.set(identity(size));
  };
  const goBack = (): void => {
    for (let i = 0; i < members.length; i++) while (members[i] !== i) move(i, members[i]!);
    era = -1;
  };
  return (step, rows) => {
    const epoch = Math.floor(step / steps);
    const due = Math.floor(epoch / EPOCHS);
    if (due < era) goBack();
    while (era < due) {
      if (era >= 0) finish();
      open(era + 1);
    }
    const within = epoch % EPOCHS;
    let at = (starts[within]! + (step % steps) * count) % size;
    if (within === 0) drawTo(at + count);
    else finish();
    for (let i = 0; i < count; i++) {
      rows[i] = isLaid ? at : order[at]!;
      if (++at === size) at = 0;
    }
  };
}

const identity = (size: number): Int32Array => {
  const order = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  return order;
};

function exchange(order: Int32Array, i: number, j: number): void {
  const own = order[i]!;
  order[i] = order[j]!;
  order[j] = own;
}

/**
 * The next places of a random order, as many as one whole number from 0 to (n − i)(n − i − 1)… tells: its remainders by these factors, one after another, are independent and each uniform.
 *
 * Source: Durstenfeld (1964), Algorithm 235.
 */
function drawSome(length: number, from: number, random: RandomSource, swap: Swap): number {
  let product = 1;
  let to = from;
  while (to < length && product * (length - to) <= ROOM) product *= length - to++;
  let rest = random.integer(product);
  for (let i = from; i < to; i++) {
    const left = length - i;
    const quotient = Math.floor(rest / left);
    swap(i, i + (rest - quotient * left));
    rest = quotient;
  }
  return to;
}
