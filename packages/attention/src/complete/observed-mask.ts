import type { Matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { type FlagList, type FlagTable, readFlags } from '../read-flags.ts';

/**
 * Which cells are observed: true (or 1) is seen, false (or 0) is to be predicted. One value a column `[D]` for all rows, or one a cell
 * `[N, D]`. `observedColumns` makes the mask of a run of columns.
 */
export type ObservedMask = FlagList | FlagTable;

/** Rows that see the same columns. */
export type MaskGroup = { readonly rows: Int32Array; readonly observed: Int32Array; readonly hidden: Int32Array };

/** 1 where a cell is seen: `cells` `[N, D]`, or `[D]` when all rows share one mask. */
export type Mask = { readonly cells: Uint8Array; readonly shared: boolean };

/** A mask of N rows and D columns, checked. */
export function readMask(mask: ObservedMask, rows: number, width: number, where: string): Mask {
  const { data: cells, shape } = readFlags(mask, { where });
  const fits = (height: number): boolean =>
    cells.length === height * width && (shape === null || (shape[0] === height && shape[1] === width));
  const shared = fits(1);
  if (!shared && !fits(rows)) {
    const came = shape === null ? counted(cells.length, 'value') : shape.join(' × ');
    fail(
      where,
      'BAD_SHAPE',
      `the mask holds ${came}; ${width} (one a column) or ${rows} × ${width} (one a cell) were due`,
    );
  }
  return { cells, shared };
}

/** The mask of some columns of D in an order of their own; the mask itself for null. */
export function maskColumns(mask: Mask, width: number, order: Int32Array | null): Mask {
  if (order === null) return mask;
  const cells = new Uint8Array((mask.cells.length / width) * order.length);
  for (let i = 0; i < cells.length; i++) {
    const row = Math.floor(i / order.length);
    cells[i] = mask.cells[row * width + order[i % order.length]!]!;
  }
  return { cells, shared: mask.shared };
}

/** Seen cells as they came, the others from `hidden`, or 0. */
export function seenCells(
  { cells, shared }: Mask,
  { data: seen, rows, cols, columns }: Matrix,
  hidden: Matrix | null = null,
): Matrix & { data: Float64Array } {
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < data.length; i++) {
    if (cells[shared ? i % cols : i] === 1) data[i] = seen[i]!;
    else if (hidden !== null) data[i] = hidden.data[i]!;
  }
  return { data, rows, cols, ...(columns && { columns }) };
}

/** Rows grouped by equal masks, in order of first appearance. */
export function groupRows({ cells, shared }: Mask, rows: number, width: number): MaskGroup[] {
  const all = Int32Array.from({ length: rows }, (_, n) => n);
  if (shared) return [{ rows: all, ...columnsOf(cells) }];
  const groups = new Map<string, number[]>();
  for (let n = 0; n < rows; n++) {
    const name = cells.subarray(n * width, (n + 1) * width).join('');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [n]);
    else group.push(n);
  }
  return [...groups.values()].map((group) => ({
    rows: Int32Array.from(group),
    ...columnsOf(cells.subarray(group[0]! * width, (group[0]! + 1) * width)),
  }));
}

function columnsOf(cells: Uint8Array): { observed: Int32Array; hidden: Int32Array } {
  const all = Array.from(cells.keys());
  return {
    observed: Int32Array.from(all.filter((d) => cells[d] === 1)),
    hidden: Int32Array.from(all.filter((d) => cells[d] === 0)),
  };
}
