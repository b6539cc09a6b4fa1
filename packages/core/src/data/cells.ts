import type { Cells, CellType } from '../contracts/index.ts';

const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const satisfies { readonly [T in CellType]: unknown };

/** Bytes of one cell. */
export function bytesOfCell(type: CellType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/** The type of cells. */
export function cellTypeOf(cells: Cells): CellType {
  const found = Object.entries(ARRAYS).find(([, Type]) => cells instanceof Type);
  return found![0] as CellType;
}

/** New cells, all 0. */
export function makeCells(type: CellType, count: number): Cells {
  return new ARRAYS[type](count);
}

/** Cells of memory that is there already: `count` from cell `from` on. */
export function viewCells(type: CellType, buffer: SharedArrayBuffer | ArrayBuffer, from: number, count: number): Cells {
  return new ARRAYS[type](buffer as ArrayBuffer, from * bytesOfCell(type), count);
}
