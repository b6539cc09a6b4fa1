import type { BackendName, Precision, Statistics } from '../contracts/index.ts';

/** What is to be solved, as far as its cost goes. */
export type Problem = {
  readonly rows: number;
  readonly components: number;
  /** P: multiply–adds of the scores of a row and component, see `workWidth` */
  readonly width: number;
  /** Which products are summed with the rows: `none` unless given, `each` under full covariances, `pooled` under tied ones. */
  readonly squares?: Statistics['squares'];
};

/** What a kernel takes on one thread, in nanoseconds. */
export type Rate = {
  /** of a row, a component and a unit of width: multiply–adds of scores and of sums */
  readonly product: number;
  /** of a row and a component: exponentials, sums */
  readonly pair: number;
  /** of a row and a unit of width, whatever the components */
  readonly cell: number;
  /** of a call, which is that of a shard */
  readonly call: number;
};

/** By what is summed */
export type KernelRates = Readonly<Record<Statistics['squares'], Rate>>;

/** Kernels that were measured */
export type Rates = { readonly [name in BackendName]?: { readonly [precision in Precision]?: KernelRates } };

/** What threads cost. */
export type ThreadRates = {
  /** Seconds that a pass takes on workers beside its work */
  readonly pass: number;
  /** Seconds until workers are there */
  readonly start: number;
  /** How many times as fast two workers are as one */
  readonly two: number;
};

/** Components that a kernel works on at once: so many are paid for. */
const LANES: Readonly<Record<BackendName, Readonly<Record<Precision, number>>>> = {
  native: { float32: 8, float64: 4 },
  wasm: { float32: 4, float64: 2 },
  'tfjs-node': { float32: 8, float64: 8 },
  'tfjs-wasm': { float32: 8, float64: 8 },
  plain: { float32: 1, float64: 1 },
};

/**
 * Seconds of one pass (scores, responsibilities, sums) on one thread: `N (K (P·product + pair) + P·cell) + shards·call`, K padded to vectors.
 *
 * @example
 * const rate = { product: 0.1, pair: 1, cell: 1, call: 20_000 };
 * const problem = { rows: 1000, components: 8, width: 10 };
 * passSeconds(problem, { backend: 'native', precision: 'float32', rates: { none: rate, each: rate, pooled: rate }, shards: 1 }); // 0.000046
 */
export function passSeconds(
  { rows, components, width, squares = 'none' }: Problem,
  kernel: {
    readonly backend: BackendName;
    readonly precision: Precision;
    readonly rates: KernelRates;
    readonly shards: number;
  },
): number {
  const { product, pair, cell, call } = kernel.rates[squares];
  const lanes = LANES[kernel.backend][kernel.precision];
  const padded = Math.ceil(components / lanes) * lanes;
  // One matrix for all components: its products are made once a row.
  const cells = squares === 'pooled' ? width * (width + 1) : width;
  return 1e-9 * (rows * (padded * (width * product + pair) + cells * cell) + kernel.shards * call);
}
