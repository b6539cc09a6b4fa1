import type { Dataset, Matrix, Precision, RowBlock } from '../contracts/index.ts';
import { FARTHEST } from '../kernel/pivots.ts';
import type { RowReader } from './reader.ts';
import { strideOf } from './stride-of.ts';
import type { Tiles } from './tiles.ts';
import { fillRows, isIdentity } from './transform.ts';

/** Rows in the space of a fit, made when asked for. */
export type RowSupply = {
  readonly rows: number;
  readonly cols: number;
  /** `float64`: the rows themselves, packed; `float32`: rounded after the transform, padded to a multiple of 8 columns. */
  block(precision: Precision): RowBlock;
};

/** Rows `start … start + rows` of a data set: the transform is applied in float64 on the way. */
export function shardRows(
  data: Dataset,
  index: number,
  { reader, tiles }: { readonly reader: RowReader; readonly tiles: Tiles | null },
): RowSupply {
  const { cuts, transform, width: cols } = data;
  const start = cuts[index]!;
  const end = cuts[index + 1]!;
  const rows = end - start;
  const isSame = isIdentity(transform);
  const wide = (): RowBlock => {
    const table = reader.read(start, end);
    if (isSame && table.data instanceof Float64Array)
      return { data: reader.lasting ? table.data : table.data.slice(), rows, cols, stride: cols };
    const target = new Float64Array(rows * cols);
    fillRows(target, cols, table, transform);
    return { data: target, rows, cols, stride: cols };
  };
  const narrow = (): RowBlock => {
    const stride = strideOf(cols);
    const room = tiles?.room(index) ?? null;
    if (room?.isFull()) return { data: room.data, rows, cols, stride };
    const table = reader.read(start, end);
    if (isSame && stride === cols && table.data instanceof Float32Array)
      return { data: reader.lasting ? table.data : table.data.slice(), rows, cols, stride };
    const target = room?.data ?? new Float32Array(rows * stride);
    fillRows(target, stride, table, transform);
    if (data.sides.weights !== null && !isSame) bound(target);
    room?.fill();
    return { data: target, rows, cols, stride };
  };
  return { rows, cols, block: (precision) => (precision === 'float64' ? wide() : narrow()) };
}

/** Rows that somebody holds, as they are. */
export function heldRows({ data, rows, cols }: Matrix): RowSupply {
  return { rows, cols, block: () => ({ data, rows, cols, stride: cols }) };
}

/** Rows of weight 0 may lie anywhere, yet float32 must hold their squares. */
function bound(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.max(-FARTHEST, Math.min(FARTHEST, values[i]!));
}
