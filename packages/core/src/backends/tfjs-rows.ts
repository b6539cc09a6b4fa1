import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { RowBlock, Rows } from '../contracts/index.ts';
import type { Tf } from './tf.ts';

/** Output widths of native products that are no multiple of 8 run 2–2.5 times slower (AVX2), so rows are padded to that. */
const WIDTH_MULTIPLE = 8;
const MOST_TILE_ROWS = 8192;
/** 16 rows of 8 float32 are 512 bytes: tiles that are a multiple of 16 rows start at multiples of 64 bytes. */
const TILE_ROW_MULTIPLE = 16;

/** Rows that a tfjs backend has taken in: tensors by tile size, made on first use and kept. */
export type TensorRows = Rows & {
  readonly stride: number;
  /** The rows cut into tiles of at most so many rows (16 at least). */
  tiles(mostRows: number): readonly TensorTile[];
  release(): void;
};

export type TensorTile = {
  readonly start: number;
  readonly count: number;
  /** `[count, stride]`, the padding zero */
  readonly x: () => Tensor2D;
  /** `[stride, count]`, for wasm, which is 12 times slower on transposed products */
  readonly transposed: () => Tensor2D;
  /** Column by column `[1; x]`, `[1 + D, count]` */
  readonly columns: () => Tensor2D;
};

/** Takes rows in without a copy where stride and precision fit; tensors wrap the memory, so it must not change afterwards. */
export function tensorRows(tf: Tf, block: RowBlock): TensorRows {
  const { data, stride } = aligned(block);
  const bySize = new Map<number, TensorTile[]>();
  const cut = (size: number): TensorTile[] => {
    const tiles: TensorTile[] = [];
    for (let start = 0; start < block.rows; start += size) {
      const count = Math.min(size, block.rows - start);
      tiles.push(
        tensorTile(tf, data.subarray(start * stride, (start + count) * stride), {
          start,
          count,
          stride,
          cols: block.cols,
        }),
      );
    }
    return tiles;
  };
  return {
    rows: block.rows,
    cols: block.cols,
    stride,
    tiles(mostRows): readonly TensorTile[] {
      const size = tileRows(block.rows, mostRows);
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

/** Rows per tile: even parts of the shard, so that no small remainder is left. */
function tileRows(rows: number, mostRows: number): number {
  const most = Math.max(TILE_ROW_MULTIPLE, Math.min(MOST_TILE_ROWS, Math.floor(mostRows)));
  const tiles = Math.ceil(rows / most);
  return Math.ceil(rows / tiles / TILE_ROW_MULTIPLE) * TILE_ROW_MULTIPLE;
}

type HeldTile = TensorTile & { dispose(): void };

/** Its tensors are made on first use, and kept: that is inside the tidy scope of a write, which they must outlive. */
function tensorTile(
  tf: Tf,
  data: Float32Array,
  { start, count, stride, cols }: { start: number; count: number; stride: number; cols: number },
): HeldTile {
  const held: Tensor2D[] = [];
  const once = (make: () => Tensor2D): (() => Tensor2D) => {
    let tensor: Tensor2D | null = null;
    return () => {
      if (tensor === null) held.push((tensor = tf.keep(tf.tidy(make))));
      return tensor;
    };
  };
  const upright = (): Tensor2D => tf.tensor2d(data, [count, stride]);
  const turned = (): Tensor2D => tf.transpose(upright());
  const columns = (): Tensor2D => tf.concat([tf.ones([1, count]), tf.slice(turned(), [0, 0], [cols, count])], 0);
  return {
    start,
    count,
    x: once(upright),
    transposed: once(turned),
    columns: once(columns),
    dispose: () => tf.dispose(held),
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
