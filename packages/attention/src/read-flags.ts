import type { TensorLike } from '@mixtention/core';
import { counted, fail, show } from '@mixtention/core/base';

/** Arrays of integers, which may hold the 0 and 1 of a mask. */
export type IntegerArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** Booleans, or 0 and 1 in integers. */
export type FlagList = readonly (number | boolean)[] | IntegerArray;

/** Flags with their shape: rows of them, an array with its shape, or a tensor of bool or int32. */
export type FlagTable =
  | readonly FlagList[]
  | { readonly data: FlagList; readonly rows: number; readonly cols: number }
  | { readonly data: FlagList; readonly shape: readonly number[] }
  | TensorLike;

/** Bytes 0 and 1; `shape` where the mask came with one. */
export type ReadFlags = { readonly data: Uint8Array; readonly shape: readonly [rows: number, cols: number] | null };

/** Who reads a mask, for messages: package and function, and where numbers that are none belong, as "; … are a bias". */
export type FlagReader = { readonly where: string; readonly advice?: string };

/**
 * A mask as bytes, 1 where it is true.
 *
 * Only true, false, 1 and 0 are read. Arrays of floats are refused whatever they hold: 0 and −∞ that are meant to be added to scores would
 * be read the other way round, and a probability as a yes.
 *
 * @throws BAD_OPTION naming the first value that is no flag, BAD_SHAPE on ragged rows or a shape that the values do not fill
 *
 * Cost: one pass over the cells.
 */
export function readFlags(mask: FlagList | FlagTable, reader: FlagReader): ReadFlags {
  if (typeof mask !== 'object' || mask === null) return refuse(`is ${show(mask)}`, reader);
  if (ArrayBuffer.isView(mask)) return { data: toBytes(mask as FlagList, reader), shape: null };
  if (Array.isArray(mask))
    return isRow(mask[0]) ? fromRows(mask, reader) : { data: toBytes(mask, reader), shape: null };
  const table = mask as Exclude<FlagTable, readonly FlagList[]>;
  const cells = 'dataSync' in table ? (table.dataSync() as FlagList) : table.data;
  if (!isRow(cells)) return refuse('is an object without an array of values', reader);
  return fromShape(toBytes(cells, reader), 'shape' in table ? table.shape : [table.rows, table.cols], reader);
}

function fromShape(data: Uint8Array, shape: readonly number[], { where }: FlagReader): ReadFlags {
  const sizes = Array.isArray(shape) ? (shape as number[]) : [];
  if (sizes.length !== 1 && sizes.length !== 2)
    fail(where, 'BAD_SHAPE', `the mask has shape [${sizes}], one or two dimensions were due`);
  if (sizes.reduce((a, b) => a * b, 1) !== data.length)
    fail(where, 'BAD_SHAPE', `the mask has shape [${sizes}], but holds ${counted(data.length, 'value')}`);
  if (sizes.length === 1) return { data, shape: null };
  const [rows, cols] = sizes as [number, number];
  return { data, shape: [rows, cols] };
}

function fromRows(rows: readonly FlagList[], reader: FlagReader): ReadFlags {
  const cols = rows[0]!.length;
  const data = new Uint8Array(rows.length * cols);
  rows.forEach((row, n) => {
    if (!isRow(row) || row.length !== cols)
      fail(
        reader.where,
        'BAD_SHAPE',
        `row ${n} of the mask (counted from 0) has ${row === undefined ? 'no values' : counted(row.length, 'value')}, row 0 has ${cols}`,
      );
    data.set(toBytes(row, reader, `row ${n}, column `), n * cols);
  });
  return { data, shape: [rows.length, cols] };
}

function toBytes(cells: FlagList, reader: FlagReader, place = ''): Uint8Array {
  if (ArrayBuffer.isView(cells) && FLOATS.test(cells.constructor.name))
    refuse(`is a ${cells.constructor.name}`, reader);
  // A loop: Uint8Array.from with a function is ten times slower on millions of cells.
  const bytes = new Uint8Array(cells.length);
  for (let i = 0; i < bytes.length; i++) {
    const cell: unknown = cells[i];
    const flag = flagOf(cell);
    if (flag === null) refuse(`holds ${show(cell)} at ${place}${i} (counted from 0)`, reader);
    bytes[i] = flag ? 1 : 0;
  }
  return bytes;
}

const FLOATS = /^(Float\d+Array|DataView)$/;

/** What a function of the pair says, checked. */
export function checkFlag(cell: unknown, place: string, reader: FlagReader): boolean {
  return flagOf(cell) ?? refuse(`is ${show(cell)} at ${place} (counted from 0)`, reader);
}

function flagOf(cell: unknown): boolean | null {
  if (cell === true || cell === 1 || cell === 1n) return true;
  return cell === false || cell === 0 || cell === 0n ? false : null;
}

function isRow(value: unknown): value is FlagList {
  return typeof value === 'object' && value !== null && 'length' in value;
}

function refuse(came: string, { where, advice = '' }: FlagReader): never {
  return fail(where, 'BAD_OPTION', `the mask ${came}; booleans, or 0 and 1 in integers, were due${advice}`);
}
