/** Long beside what a clock of a page can tell apart, short beside what a machine gives to one process at a time. */
const BLOCK_MS = 1;
/** Rounds between two looks at the clock. */
const EVERY = 8;

/** Counts rounds of a loop, and tells what one takes. */
export type BlockTimer = { count(): void; microseconds(): number };

/**
 * What a round of a loop takes: the median over blocks of a millisecond or longer. A mean over the loop would hold what the machine did for others meanwhile, and what was compiled at first.
 *
 * @param clock  milliseconds
 *
 * @example
 * let now = 0;
 * const timer = blockTimer(() => now);
 * for (let round = 0; round < 1000; round++) {
 *   now += round === 500 ? 30 : 0.02;
 *   timer.count();
 * }
 * timer.microseconds(); // about 20
 */
export function blockTimer(clock: () => number = () => performance.now()): BlockTimer {
  const each: number[] = [];
  const begun = clock();
  let start = begun;
  let rounds = 0;
  let all = 0;
  return {
    count() {
      all++;
      rounds++;
      if (all % EVERY > 0) return;
      const now = clock();
      if (now - start < BLOCK_MS) return;
      each.push((now - start) / rounds);
      start = now;
      rounds = 0;
    },
    microseconds() {
      if (each.length === 0) return (1000 * (clock() - begun)) / all;
      each.sort((a, b) => a - b);
      const middle = each.length >> 1;
      return 1000 * (each.length % 2 > 0 ? each[middle]! : (each[middle - 1]! + each[middle]!) / 2);
    },
  };
}
