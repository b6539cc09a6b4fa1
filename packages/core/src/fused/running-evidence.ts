import type { Layout } from './layout.ts';
import type { Machine } from './machine.ts';

/** What the blocks so far tell of the rows of a tile. */
export type RunningEvidence = {
  /** Addresses of doubles `[count]`: by what sums so far are multiplied when a block comes, and by what the means of that block. */
  readonly stays: number;
  readonly comes: number;
  /** `Σ exp(L − top)` `[count]`, 0 for a row that has seen nothing */
  readonly sums: Float64Array;
  begin(count: number): void;
  /** Takes in a block whose `top` and `sum` are in the layout: what it adds to means comes times `sum` where its weights were divided by that. */
  join(count: number, isDivided: boolean): void;
  /** Writes the evidence of each row, −∞ for one that has seen nothing. */
  fill(evidence: Float64Array): void;
};

/**
 * Weights are relative to the largest score of a row so far: where a larger one comes, those before are made smaller, in float64.
 *
 * Source: Milakov and Gimelshein (2018), algorithm 3.
 */
export function runningEvidence(machine: Machine, { top, sum, mostRows }: Layout): RunningEvidence {
  const [stays, comes] = [machine.take(mostRows * 8), machine.take(mostRows * 8)];
  const tops = new Float64Array(mostRows);
  const sums = new Float64Array(mostRows);
  return {
    stays,
    comes,
    sums,
    begin(count) {
      tops.fill(Number.NEGATIVE_INFINITY, 0, count);
      sums.fill(0, 0, count);
    },
    join(count, isDivided) {
      const { reals, doubles, size } = machine;
      const [ownTop, ownSum, stay, come] = [top / size, sum / size, stays / 8, comes / 8];
      for (let n = 0; n < count; n++) {
        const own = reals[ownTop + n]!;
        const before = tops[n]!;
        const isLess = own <= before;
        // −∞ less itself would be no number.
        const less = own === Number.NEGATIVE_INFINITY ? 0 : Math.exp(isLess ? own - before : before - own);
        const kept = isLess ? 1 : less;
        const share = isLess ? less : 1;
        const added = share * reals[ownSum + n]!;
        doubles[stay + n] = kept;
        doubles[come + n] = isDivided ? added : share;
        sums[n] = kept * sums[n]! + added;
        if (!isLess) tops[n] = own;
      }
    },
    fill(evidence) {
      for (let n = 0; n < evidence.length; n++) evidence[n] = tops[n]! + Math.log(sums[n]!);
    },
  };
}
