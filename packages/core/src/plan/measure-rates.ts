import type { Backend, RowBlock, Scores, Statistics, Term } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { type KernelRates, type Problem, passSeconds, type Rate } from './rates.ts';

/** Problems each of which one part of a rate decides: products, pairs, cells, the call itself. */
const PROBES = {
  none: [
    { rows: 1024, columns: 256, components: 64 },
    { rows: 1024, columns: 8, components: 64 },
    { rows: 1024, columns: 256, components: 8 },
    { rows: 16, columns: 8, components: 8 },
  ],
  each: [
    { rows: 512, columns: 32, components: 16 },
    { rows: 1024, columns: 4, components: 64 },
    { rows: 1024, columns: 32, components: 1 },
    { rows: 16, columns: 4, components: 8 },
  ],
  pooled: [
    { rows: 1024, columns: 64, components: 64 },
    { rows: 1024, columns: 8, components: 64 },
    { rows: 1024, columns: 64, components: 8 },
    { rows: 16, columns: 8, components: 8 },
  ],
} as const;

type Probe = { readonly rows: number; readonly columns: number; readonly components: number };

const WARMING = 3;
const ROUNDS = 9;
/** Sweeps over the four equations, whose diagonal is what is large in them. */
const SWEEPS = 50;

/**
 * Measures what a backend takes here, on this thread: the least times of twelve small problems.
 *
 * Cost: 0.05 to 0.3 s; a second or more on `plain`.
 *
 * @example
 * measureRates(float64).none.product < 10; // true: nanoseconds
 */
export function measureRates(backend: Backend): KernelRates {
  const sides = (['none', 'each', 'pooled'] as const).flatMap((squares) =>
    PROBES[squares].map((probe) => openSide(backend, squares, probe)),
  );
  // In turns, so that what else the machine does meets all of them alike.
  for (let round = -WARMING; round < ROUNDS; round++) for (const side of sides) side.turn(round >= 0);
  for (const side of sides) side.release();
  const rateOf = (own: Statistics['squares']): Rate =>
    solve(
      backend,
      sides.filter(({ problem }) => problem.squares === own),
    );
  return { none: rateOf('none'), each: rateOf('each'), pooled: rateOf('pooled') };
}

function widthOf(squares: Statistics['squares'], columns: number): number {
  return squares === 'each' ? columns + columns ** 2 : columns;
}

/** Gauss–Seidel: each equation gives the part that decides it, which is never below 0. */
function solve(
  { name, precision }: Backend,
  probes: readonly { readonly problem: Problem; readonly nanoseconds: number }[],
): Rate {
  const rate = { product: 0, pair: 0, cell: 0, call: 0 };
  const parts = ['product', 'pair', 'cell', 'call'] as const;
  const told = (problem: Problem, own: Rate): number =>
    1e9 * passSeconds(problem, { backend: name, precision, rates: { none: own, each: own, pooled: own }, shards: 1 });
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    parts.forEach((part, i) => {
      const { problem, nanoseconds } = probes[i]!;
      const unit = told(problem, { product: 0, pair: 0, cell: 0, call: 0, [part]: 1 });
      rate[part] = Math.max(0, (nanoseconds - told(problem, { ...rate, [part]: 0 })) / unit);
    });
  return rate;
}

type Side = {
  readonly problem: Problem;
  /** The least so far */
  nanoseconds: number;
  turn(counts: boolean): void;
  release(): void;
};

function openSide(backend: Backend, squares: Statistics['squares'], probe: Probe): Side {
  const { block, scores } = problemOn(squares, probe);
  const data = backend.precision === 'float32' ? Float32Array.from(block.data) : block.data;
  const rows = backend.take({ ...block, data });
  const { rows: count, components, columns } = probe;
  const side: Side = {
    problem: { rows: count, components, width: widthOf(squares, columns), squares },
    nanoseconds: Number.POSITIVE_INFINITY,
    turn(counts) {
      const begun = performance.now();
      // Another object, as in every pass of a fit: what is made of scores is made anew.
      backend.write([rows], { ...scores });
      if (counts) side.nanoseconds = Math.min(side.nanoseconds, 1e6 * (performance.now() - begun));
    },
    release: () => backend.release(rows),
  };
  return side;
}

function problemOn(
  squares: Statistics['squares'],
  { rows, columns: D, components: K }: Probe,
): { readonly block: RowBlock; readonly scores: Scores } {
  const random = generator(key(1));
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => scale * random.normal());
  const stand = { statistics: identity[squares], columns: null, width: D };
  const factors = squares === 'each' ? K : 1;
  const term: Term =
    squares === 'none'
      ? { ...stand, form: 'linear', natural: draw(K * D, 1 / Math.sqrt(D)) }
      : { ...stand, form: 'whitened', factor: unitFactors(factors, D), offset: draw(K * D, 1), triangular: true };
  return {
    block: { data: draw(rows * D, 1), rows, cols: D, stride: D },
    scores: { components: K, bias: new Float64Array(K), terms: [term] },
  };
}

function unitFactors(count: number, D: number): Float64Array {
  const W = new Float64Array(count * D * D);
  for (let k = 0; k < count; k++) for (let i = 0; i < D; i++) W[(k * D + i) * D + i] = 1;
  return W;
}
