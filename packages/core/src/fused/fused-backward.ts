import { type Float32Values, float32Values } from '../backends/float32-values.ts';
import { levelOf, unitOf } from '../backends/slope-units.ts';
import type {
  BackwardOptions,
  Downstream,
  Gradients,
  LinearTerm,
  Matrix,
  RowBlock,
  Scores,
} from '../contracts/index.ts';
import { emptyGradients } from '../kernel/backward-tile.ts';
import { type Block, reserve } from './blocks.ts';
import { eachBlock, type Tile } from './each-tile.ts';

import { fusedSums } from './fused-sums.ts';
import { mixValues, packValues } from './fused-values.ts';
import { SUMMED_ROWS } from './fused-write.ts';
import { columnsOf, type Machine, packedOf, panelOf } from './machine.ts';
import { packPanels } from './pack-panels.ts';
import type { FusedSums, Lines } from './term.ts';

/** The gradients of `backwardTile`, by products over tiles, block by block of the components. */
export function backward(
  machine: Machine,
  { scores, parts }: { readonly scores: Scores; readonly parts: readonly Block[] },
  blocks: readonly RowBlock[],
  values: Matrix | null,
  downstream: Downstream,
  options: BackwardOptions,
): Gradients {
  const { verbs, size } = machine;
  const { components: K, terms: linear } = scores;
  const { padded, mostRows, someCounts, top, sum, weights, evidence } = parts[0]!.layout;
  const gradients = emptyGradients(blocks, scores, values, machine.precision);
  const narrow = values === null || downstream.gradient.output === undefined ? null : narrowed(machine, values);
  const slopes = openSlopes(machine, parts, narrow, downstream);
  const terms = (linear as readonly LinearTerm[]).map(({ natural, width: C }) => ({
    C,
    natural: openSums(machine, parts, C),
    queries: mixValues(machine, parts, packValues(machine, parts, { data: natural, rows: K, cols: C })),
  }));
  const bias = openSums(machine, parts, 1);
  const ones = { at: machine.take(mostRows * size), stride: size };
  machine.reals.fill(1, ones.at / size, ones.at / size + mostRows);
  const counts = machine.take(padded * 8);
  machine.reals.fill(1, weights / size, weights / size + mostRows);
  const shown = options.slopes === undefined ? null : openShown(machine, parts);
  let [added, unit] = [0, 0];
  const flush = (): void => {
    bias.flush(unit, gradients.bias, 1);
    terms.forEach(({ C, natural }, t) => {
      natural.flush(unit, gradients.natural[t]!, C);
    });
    slopes.flush(unit, gradients.values);
    added = 0;
  };
  const begin = ({ start, count }: Tile): void => {
    if (added + count > SUMMED_ROWS) flush();
    if (added === 0) unit = unitOf(downstream, narrow, start, Math.min(SUMMED_ROWS, blocks[0]!.rows - start));
    added += count;
    for (const { queries } of terms) queries.begin(count);
    shown?.begin(count);
    if (unit !== 0) slopes.begin({ start, count }, unit);
  };
  eachBlock(machine, parts, blocks, options, {
    isWide: shown !== null,
    isAlone: shown === null && options.pairBias === undefined,
    begin,
    visit(tile, b) {
      if (unit === 0) return;
      const { L, padded } = parts[b]!.layout;
      const { count, rows, x } = tile;
      verbs.softmax(L.at, L.stride, rows, padded, weights, someCounts, counts, top, sum);
      if (parts.length > 1) verbs.evidences(top, sum, rows, evidence);
      slopes.add(tile, b);
      shown?.add(count, b, unit);
      bias.add(b, ones, count);
      terms.forEach(({ natural, queries }, t) => {
        natural.add(b, x[t]!, count);
        queries.add(tile, b);
      });
    },
    end({ start, count }) {
      terms.forEach(({ C, queries: { means } }, t) => {
        const own = gradients.queries[t]!.data;
        for (let n = 0, i = start * C; n < count; n++)
          for (let c = 0; c < C; c++, i++) own[i] = unit * machine.doubles[(means.at + n * means.stride) / 8 + c]!;
      });
      if (shown !== null) options.slopes!(start, count, shown.slopes.subarray(0, count * K));
    },
  });
  flush();
  return gradients;
}

/** Sums over rows, of each block by itself: `Σₙ r_nk t_n`, `[K, width]`. */
function openSums(machine: Machine, parts: readonly Block[], width: number) {
  const last = parts.at(-1)!;
  reserve(machine, last.from + last.layout.components, columnsOf(machine, width));
  const sums: readonly FusedSums[] = parts.map(({ layout: { components, mostRows } }) =>
    fusedSums(machine, { squares: 'none', width, exactly: false }, components, mostRows),
  );
  return {
    add(block: number, x: Lines, count: number): void {
      const { L, weights } = parts[block]!.layout;
      sums[block]!.add(x, count, L, weights);
    },
    flush(unit: number, to: Float64Array, width: number): void {
      parts.forEach(({ from, layout }, b) => {
        sums[b]!.flush(unit, to.subarray(from * width, (from + layout.components) * width));
      });
    },
  };
}

/** `∂ℒ/∂L` `[count, K]`, in float64, which holds any unit. */
function openShown(machine: Machine, parts: readonly Block[]) {
  const { layout: last, from } = parts.at(-1)!;
  const K = from + last.components;
  let slopes = new Float64Array(0);
  return {
    get slopes() {
      return slopes;
    },
    begin(count: number): void {
      if (slopes.length < count * K) slopes = new Float64Array(count * K);
      slopes.fill(0);
    },
    add(count: number, block: number, unit: number): void {
      const { from, layout } = parts[block]!;
      const { reals, size } = machine;
      for (let n = 0; n < count; n++) {
        const line = (layout.L.at + n * layout.L.stride) / size;
        for (let k = 0; k < layout.components; k++) slopes[n * K + from + k] = unit * reals[line + k]!;
      }
    },
  };
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

type Slopes = {
  begin(rows: Pick<Tile, 'start' | 'count'>, unit: number): void;
  /** The responsibilities of a block, normalised by itself, become `∂ℒ/∂L / unit`; what they tell of values is added up. */
  add(tile: Tile, block: number): void;
  flush(unit: number, values: Matrix): void;
};

/**
 * What a row adds to all of its slopes, and what it does by the values. Under several blocks both come times the share of the block,
 * `e^(L_block − L)`, row by row.
 */
function openSlopes(
  machine: Machine,
  parts: readonly Block[],
  narrow: Float32Values | null,
  downstream: Downstream,
): Slopes {
  const { verbs, size } = machine;
  const { mostRows, evidence } = parts[0]!.layout;
  const level = machine.take(mostRows * size);
  const levels = new Float64Array(mostRows);
  const shares = new Float64Array(mostRows).fill(1);
  const { logEvidence } = downstream.reading;
  const begin: Slopes['begin'] = ({ start, count }, unit) => {
    for (let n = 0; n < count; n++) levels[n] = levelOf(downstream, narrow, start + n) / unit;
  };
  const fillLevels = ({ start, count, rows }: Tile): void => {
    if (parts.length > 1)
      for (let n = 0; n < count; n++) {
        const own = machine.doubles[evidence / 8 + n]!;
        shares[n] = own === Number.NEGATIVE_INFINITY ? 0 : Math.exp(own - logEvidence[start + n]!);
      }
    const at = level / size;
    for (let n = 0; n < count; n++) machine.reals[at + n] = shares[n]! * levels[n]!;
    machine.reals.fill(0, at + count, at + rows);
  };
  if (narrow === null)
    return {
      begin,
      add(tile, b) {
        const { L, padded } = parts[b]!.layout;
        fillLevels(tile);
        verbs.scale(L.at, L.stride, tile.rows, padded, level, size, L.at, L.stride);
      },
      flush: () => {},
    };
  const V = narrow.values.cols;
  const wide = columnsOf(machine, V);
  reserve(machine, narrow.values.rows, 2 * wide);
  const panels = parts.map(({ from, layout }) => packRows(machine, narrow.values, from, layout.components));
  const { padded: most, L: widest } = parts[0]!.layout;
  const zeros = machine.takeZeros(most);
  const M = machine.take(mostRows * widest.stride);
  const G: Lines = { at: machine.take(mostRows * wide * size), stride: wide * size };
  const given = new Float64Array(mostRows * V);
  const sums = openSums(machine, parts, V);
  return {
    begin(rows, unit) {
      begin(rows, unit);
      for (let n = 0; n < rows.count; n++)
        for (let v = 0; v < V; v++)
          given[n * V + v] = downstream.gradient.output!.data[(rows.start + n) * V + v]! * (narrow.unit[v]! / unit);
    },
    add(tile, b) {
      const { L, padded, components } = parts[b]!.layout;
      const { count, rows } = tile;
      fillLevels(tile);
      const first = G.at / size;
      machine.reals.fill(0, first, first + rows * wide);
      for (let n = 0; n < count; n++)
        for (let v = 0; v < V; v++) machine.reals[first + n * wide + v] = shares[n]! * given[n * V + v]!;
      sums.add(b, G, count);
      verbs.product(G.at, G.stride, rows, V, panels[b]!, packedOf(machine, components), zeros, 0, M, L.stride);
      verbs.slopes(L.at, L.stride, rows, padded, M, L.stride, level);
    },
    flush(unit, values) {
      const own = new Float64Array(values.data.length);
      sums.flush(unit, own, V);
      for (let i = 0; i < own.length; i++) values.data[i]! += own[i]! / narrow.unit[i % V]!;
    },
  };
}

/** Rows `first … first + count` side by side, as `product` reads them. */
function packRows(machine: Machine, { data, cols: V }: Matrix, first: number, count: number): number {
  const packed = packedOf(machine, count);
  const at = machine.take(packed * V * machine.size);
  const shape = { rows: count, packed, length: V, panel: panelOf(machine) };
  packPanels(machine, at, shape, data, { first: first * V, rowStep: V, step: 1 });
  return at;
}
