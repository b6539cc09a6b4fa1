/** Blocks in which a window is looked at. */
const BLOCKS = 8;

/** What a window of iterates says. */
export type Window = {
  /** Their mean. */
  readonly mean: Float64Array;
  /** The largest R̂ of the blocks as chains: near 1 where the window has forgotten how it began. */
  readonly rHat: number;
  /** The largest standard error of a mean, by the scatter of the blocks' means. */
  readonly standardError: number;
  /** How far the mean of a block is from that of all, at most. */
  readonly spread: number;
  /** How far the means of its halves are apart, at most. */
  readonly drift: number;
  /** Iterates in it. */
  readonly length: number;
};

/**
 * The iterates of steps at one learning rate, in windows that each are as long as all before: mean, R̂ and Monte Carlo standard error without keeping them. Plain data, which
 * its owner changes.
 *
 * Source: Dhaka, Catalina, Andersen, Magnusson, Huggins & Vehtari (2020), Robust, accurate stochastic optimization for variational inference;
 * Welandawe, Andersen, Vehtari & Huggins (2022), RABVI.
 */
export type Iterates = {
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  length: number;
  /** Iterates that are passed over: the first are those of a walk from the start. */
  skip: number;
  count: number;
};

export const iterates = (size: number, skip: number, first: number = skip): Iterates => ({
  sums: Array.from({ length: BLOCKS }, () => new Float64Array(size)),
  squares: Array.from({ length: BLOCKS }, () => new Float64Array(size)),
  length: first,
  skip,
  count: 0,
});

/** Adds one; a window, where it is the last of one. */
export function addIterate(into: Iterates, parameters: Float64Array): Window | null {
  if (into.skip > 0) {
    into.skip--;
    return null;
  }
  const block = Math.floor((into.count * BLOCKS) / into.length);
  const [sum, square] = [into.sums[block]!, into.squares[block]!];
  for (let i = 0; i < sum.length; i++) {
    const x = parameters[i]!;
    sum[i]! += x;
    square[i]! += x * x;
  }
  if (++into.count < into.length) return null;
  const window = windowOf(into, into.length / BLOCKS);
  for (const array of [...into.sums, ...into.squares]) array.fill(0);
  into.count = 0;
  into.length *= 2;
  return window;
}

function windowOf({ sums, squares }: Iterates, n: number): Window {
  const size = sums[0]!.length;
  const mean = new Float64Array(size);
  let rHat = 1;
  let standardError = 0;
  let spread = 0;
  let drift = 0;
  for (let i = 0; i < size; i++) {
    const means = sums.map((sum) => sum[i]! / n);
    const all = means.reduce((a, b) => a + b, 0) / BLOCKS;
    const between = means.reduce((total, m) => total + (m - all) ** 2, 0) / (BLOCKS - 1);
    const within = means.reduce((total, m, b) => total + Math.max(0, squares[b]![i]! / n - m * m), 0) / BLOCKS;
    mean[i] = all;
    const half = means.slice(0, BLOCKS / 2).reduce((a, b) => a + b, 0) / (BLOCKS / 2);
    drift = Math.max(drift, 2 * Math.abs(half - all));
    for (const m of means) spread = Math.max(spread, Math.abs(m - all));
    if (between > 1e-24 * Math.max(1, all * all)) rHat = Math.max(rHat, Math.sqrt((within + between) / within));
    standardError = Math.max(standardError, Math.sqrt(between / BLOCKS));
  }
  return { mean, rHat, standardError, spread, drift, length: n * BLOCKS };
}
