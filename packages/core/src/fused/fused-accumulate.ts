import type {
  Accumulated,
  AccumulateOptions,
  Accumulation,
  FillResponsibilities,
  RowBlock,
} from '../contracts/index.ts';
import { addGiven } from '../kernel/given-tile.ts';
import { sumsLength } from '../kernel/statistics.ts';
import { eachRows } from './each-tile.ts';
import { fusedSums, sumNumbers } from './fused-sums.ts';
import { SUMMED_ROWS } from './fused-write.ts';
import { openRoom, type Room } from './layout.ts';
import type { Machine } from './machine.ts';
import { pad } from './panels.ts';
import { openWeights } from './row-weights.ts';

/** Sums of rows under responsibilities that are given a tile at a time. */
export function accumulate(
  machine: Machine,
  blocks: readonly RowBlock[],
  { components: K, stands }: Accumulation,
  fill: FillResponsibilities,
  { rowWeights, cancel }: AccumulateOptions,
): Accumulated {
  const { verbs, precision } = machine;
  const squares = stands.map(({ statistics }) => statistics.squares);
  const numbers = squares.reduce((sum, own, t) => sum + sumNumbers(own, blocks[t]!.cols), 0);
  const strides = blocks.map(({ stride }) => stride);
  const room = openRoom(machine, K, strides, numbers);
  const { L, padded, mostRows } = room;
  const terms = squares.map((own, t) =>
    fusedSums(machine, { squares: own, width: blocks[t]!.cols, exactly: own === 'pooled' }, K, mostRows),
  );
  const sums = squares.map((own, t) => new Float64Array(sumsLength(own, blocks[t]!.cols, K)));
  const total = { counts: new Float64Array(K), weight: 0, entropy: 0 };
  const given = precision === 'float32' ? new Float32Array(mostRows * K) : new Float64Array(mostRows * K);
  const weights = openWeights(machine, room, rowWeights);
  let added = 0;
  const flush = (): void => {
    for (let t = 0; t < terms.length; t++) terms[t]!.flush(weights.unit(), sums[t]!);
    added = 0;
  };
  eachRows(machine, room, blocks, { cancel, isAlone: false }, (tile) => {
    const { start, count, rows, x } = tile;
    if (added + count > SUMMED_ROWS) flush();
    if (added === 0) weights.begin(start, start + SUMMED_ROWS);
    weights.fill(tile);
    const own = given.subarray(0, count * K).fill(0);
    fill(start, count, own);
    addGiven(own, count, rowWeights?.subarray(start, start + count) ?? null, total);
    copyIn(machine, room, own, count);
    if (rowWeights !== undefined) verbs.scale(L.at, L.stride, rows, padded, room.weights, machine.size, L.at, L.stride);
    for (let t = 0; t < x.length; t++) terms[t]!.add(x[t]!, count, L, room.weights);
    added += count;
  });
  flush();
  return { ...total, sums, precision };
}

/** Responsibilities `[count, K]` to lines with padding, 0, up to a multiple of 4 rows. */
function copyIn(
  { reals, size }: Machine,
  { L, components: K }: Room,
  given: Float32Array | Float64Array,
  count: number,
): void {
  const [at, step] = [L.at / size, L.stride / size];
  reals.fill(0, at, at + pad(count) * step);
  if (K === step) reals.set(given, at);
  else for (let n = 0; n < count; n++) reals.set(given.subarray(n * K, (n + 1) * K), at + n * step);
}
