import { type Float32Values, float32Values } from '../backends/float32-values.ts';
import { levelOf, unitOf } from '../backends/slope-units.ts';
import type { BackwardOptions, Downstream, Gradients, LinearTerm, Matrix, RowBlock } from '../contracts/index.ts';
import { emptyGradients } from '../kernel/backward-tile.ts';
import { eachTile, type Tile } from './each-tile.ts';
import { openValues } from './fused-read.ts';
import { fusedSums } from './fused-sums.ts';
import { SUMMED_ROWS } from './fused-write.ts';
import type { Layout } from './layout.ts';
import { columnsOf, type Machine, panelOf } from './machine.ts';
import { writePanels } from './panels.ts';
import type { FusedSums, Lines } from './term.ts';

/** The gradients of `backwardTile`, by products over tiles. */
export function backward(
  machine: Machine,
  layout: Layout,
  blocks: readonly RowBlock[],
  values: Matrix | null,
  downstream: Downstream,
  options: BackwardOptions,
): Gradients {
  const { verbs, size } = machine;
  const { scores, L, padded, components: K, mostRows, someCounts, top, sum, weights } = layout;
  const gradients = emptyGradients(blocks, scores, values, machine.precision);
  const narrow = values === null || downstream.gradient.output === undefined ? null : narrowed(machine, values);
  const slopes = openSlopes(machine, layout, narrow, downstream);
  const room = (width: number): FusedSums =>
    fusedSums(machine, { squares: 'none', width, exactly: false }, K, mostRows);
  const terms = (scores.terms as readonly LinearTerm[]).map(({ natural, width: C }) => ({
    C,
    natural: room(C),
    queries: openValues(machine, layout, { data: natural, rows: K, cols: C }),
  }));
  const bias = room(1);
  const ones = { at: machine.take(mostRows * size), stride: size };
  machine.reals.fill(1, ones.at / size, ones.at / size + mostRows);
  const counts = machine.take(padded * 8);
  machine.reals.fill(1, weights / size, weights / size + mostRows);
  let [added, unit] = [0, 0];
  const flush = (): void => {
    bias.flush(unit, gradients.bias);
    terms.forEach(({ natural }, t) => {
      natural.flush(unit, gradients.natural[t]!);
    });
    slopes.flush(unit, gradients.values);
    added = 0;
  };
  const isAlone = options.slopes === undefined && options.pairBias === undefined;
  const addTile = (tile: Tile): void => {
    const { start, count, rows, x } = tile;
    if (added + count > SUMMED_ROWS) flush();
    if (added === 0) unit = unitOf(downstream, narrow, start, Math.min(SUMMED_ROWS, blocks[0]!.rows - start));
    added += count;
    if (unit === 0) {
      options.slopes?.(start, count, new Float64Array(count * K));
      return;
    }
    verbs.softmax(L.at, L.stride, rows, padded, weights, someCounts, counts, top, sum);
    slopes.add(tile, unit);
    options.slopes?.(start, count, slopesOf(machine, layout, count, unit));
    bias.add(ones, count, L, weights);
    terms.forEach(({ C, natural, queries }, t) => {
      natural.add(x[t]!, count, L, weights);
      const own = gradients.queries[t]!.data.subarray(start * C, (start + count) * C) as Float64Array;
      queries(tile, own);
      for (let i = 0; i < own.length; i++) own[i]! *= unit;
    });
  };
  eachTile(machine, layout, blocks, options, addTile, isAlone);
  flush();
  return gradients;
}

/** `∂ℒ/∂L` `[count, K]`, in float64, which holds any unit */
function slopesOf({ reals, size }: Machine, { L, components: K }: Layout, count: number, unit: number): Float64Array {
  const slopes = new Float64Array(count * K);
  for (let n = 0; n < count; n++) {
    const from = (L.at + n * L.stride) / size;
    for (let k = 0; k < K; k++) slopes[n * K + k] = unit * reals[from + k]!;
  }
  return slopes;
}

/** Values as the machine reads them: in float64 as they are. */
function narrowed(machine: Machine, values: Matrix): Float32Values {
  if (machine.precision === 'float32') return float32Values(values);
  return {
    values,
    center: new Float64Array(values.cols),
    unit: new Float64Array(values.cols).fill(1),
    restore: () => {},
  };
}

/** Turns responsibilities into `∂ℒ/∂L / unit`, and adds up what rows tell of values. */
function openSlopes(
  machine: Machine,
  layout: Layout,
  narrow: Float32Values | null,
  downstream: Downstream,
): { add(tile: Tile, unit: number): void; flush(unit: number, values: Matrix): void } {
  const { verbs, size } = machine;
  const { L, padded, components: K, mostRows } = layout;
  const level = machine.take(mostRows * size);
  const fillLevels = ({ start, count, rows }: Tile, unit: number): void => {
    const at = level / size;
    for (let n = 0; n < count; n++) machine.reals[at + n] = levelOf(downstream, narrow, start + n) / unit;
    machine.reals.fill(0, at + count, at + rows);
  };
  if (narrow === null)
    return {
      add(tile, unit) {
        fillLevels(tile, unit);
        verbs.scale(L.at, L.stride, tile.rows, padded, level, size, L.at, L.stride);
      },
      flush: () => {},
    };
  const V = narrow.values.cols;
  const { data } = narrow.values;
  const wide = columnsOf(machine, V);
  const panels = machine.take(padded * V * size);
  const shape = { rows: K, padded, length: V, panel: panelOf(machine) };
  writePanels(machine.reals, panels / size, shape, (k, v) => data[k * V + v]!);
  const zeros = machine.takeZeros(padded);
  const M: Lines = { at: machine.take(mostRows * padded * size), stride: padded * size };
  const G: Lines = { at: machine.take(mostRows * wide * size), stride: wide * size };
  const sums = fusedSums(machine, { squares: 'none', width: V, exactly: false }, K, mostRows);
  return {
    add(tile, unit) {
      const { start, count, rows } = tile;
      fillLevels(tile, unit);
      const first = G.at / size;
      machine.reals.fill(0, first, first + rows * wide);
      for (let n = 0; n < count; n++)
        for (let v = 0; v < V; v++)
          machine.reals[first + n * wide + v] =
            downstream.gradient.output!.data[(start + n) * V + v]! * (narrow.unit[v]! / unit);
      sums.add(G, count, L, level);
      verbs.product(G.at, G.stride, rows, V, panels, padded, zeros, 0, M.at, M.stride);
      verbs.slopes(L.at, L.stride, rows, padded, M.at, M.stride, level);
    },
    flush(unit, values) {
      const own = new Float64Array(K * V);
      sums.flush(unit, own);
      for (let i = 0; i < own.length; i++) values.data[i]! += own[i]! / narrow.unit[i % V]!;
    },
  };
}
