import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { RowBlock, Rows } from '../types.ts';
import type { Tf } from './tfjs.ts';

/** Output widths of native products that are no multiple of 8 run 2–2.5 times slower (AVX2), so rows are padded to that. */
const WIDTH_MULTIPLE = 8;
/** Tiles of about this many scores keep all of a tile's passes near the cache and the cost of a native call (10 µs) small. */
const TILE_SCORES = 524_288;
const MOST_TILE_ROWS = 8192;
/** 16 rows of 8 float32 are 512 bytes: tiles that are a multiple of 16 rows start at multiples of 64 bytes. */
const TILE_ROW_MULTIPLE = 16;

/** Rows that a tfjs backend has taken in: tensors by tile size, made on first use and kept. */
export type TensorRows = Rows & {
  readonly stride: number;
  tiles(scoreWidth: number): readonly TensorTile[];
  release(): void;
};

export type TensorTile = {
  readonly start: number;
  readonly count: number;
  /** `[count, stride]`, the padding zero */
  readonly x: Tensor2D;
  /** `[stride, count]`, kept: the wasm backend is 12 times slower on transposed products */
  readonly transposed: () => Tensor2D;
};

/** Takes rows in without a copy where stride and precision fit; tensors wrap the memory, so it must not change afterwards. */
export function tensorRows(tf: Tf, block: RowBlock): TensorRows {
  const { data, stride } = aligned(block);
  const bySize = new Map<number, TensorTile[]>();
  const cut = (size: number): TensorTile[] => {
    const tiles: TensorTile[] = [];
    for (let start = 0; start < block.rows; start += size) {
      const count = Math.min(size, block.rows - start);
      tiles.push(tensorTile(tf, data, start, count, stride));
    }
    return tiles;
  };
  return {
    rows: block.rows,
    cols: block.cols,
    stride,
    tiles(scoreWidth): readonly TensorTile[] {
      const size = tileRows(block.rows, scoreWidth);
      let tiles = bySize.get(size);
      if (tiles === undefined) bySize.set(size, (tiles = cut(size)));
      return tiles;
    },
    release(): void {
      for (const tile of [...bySize.values()].flat()) (tile as HeldTile).dispose();
      bySize.clear();
    },
  };
}

/** Rows per tile for scores of a width: even parts of the shard, so that no small remainder is left. */
export function tileRows(rows: number, scoreWidth: number): number {
  const most = Math.max(TILE_ROW_MULTIPLE, Math.min(MOST_TILE_ROWS, Math.floor(TILE_SCORES / scoreWidth)));
  const tiles = Math.ceil(rows / most);
  return Math.ceil(rows / tiles / TILE_ROW_MULTIPLE) * TILE_ROW_MULTIPLE;
}

type HeldTile = TensorTile & { dispose(): void };

function tensorTile(tf: Tf, data: Float32Array, start: number, count: number, stride: number): HeldTile {
  // Kept: tiles are made inside the tidy scope of a write, and must outlive it.
  const x = tf.keep(tf.tensor2d(data.subarray(start * stride, (start + count) * stride), [count, stride]));
  let turned: Tensor2D | null = null;
  return {
    start,
    count,
    x,
    transposed: () => (turned ??= tf.keep(tf.transpose(x))),
    dispose: () => tf.dispose(turned === null ? [x] : [x, turned]),
  };
}

function aligned(block: RowBlock): { data: Float32Array; stride: number } {
  const fits = block.data instanceof Float32Array && block.stride % WIDTH_MULTIPLE === 0;
  if (fits) return { data: block.data as Float32Array, stride: block.stride };
  const stride = Math.ceil(block.cols / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
  const data = new Float32Array(block.rows * stride);
  for (let n = 0; n < block.rows; n++) {
    data.set(block.data.subarray(n * block.stride, n * block.stride + block.cols), n * stride);
  }
  return { data, stride };
}
