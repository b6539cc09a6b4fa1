import type { RowBlock, Statistics } from '../contracts/index.ts';

/** Responsibilities `[count, K]` of rows `start … start + count`, weights included. */
export type WeighedTile = {
  readonly start: number;
  readonly count: number;
  readonly R: Float64Array;
};

/** Adds the sums of a tile to `sums`, laid out as `squares` says. */
export function sumTile(
  block: RowBlock,
  squares: Statistics['squares'],
  tile: WeighedTile,
  K: number,
  sums: Float64Array,
): void {
  if (squares === 'each') sumProducts(block, tile, K, sums);
  else sumRows(block, tile, K, sums);
  if (squares === 'pooled') sumPooled(block, tile, K, sums);
}

/** `Σₙ R_nk t_n` `[K, C]` */
function sumRows(
  { data, stride, cols: C }: RowBlock,
  { start, count, R }: WeighedTile,
  K: number,
  sums: Float64Array,
): void {
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      const at = k * C;
      for (let p = 0; p < C; p++) sums[at + p]! += r * data[row + p]!;
    }
  }
}

/** `Σₙ R_nk [t ; lower triangle of t tᵀ]` `[K, C + C(C+1)/2]` */
function sumProducts(
  { data, stride, cols: C }: RowBlock,
  { start, count, R }: WeighedTile,
  K: number,
  sums: Float64Array,
): void {
  const width = C + (C * (C + 1)) / 2;
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      const at = k * width;
      let line = at + C;
      for (let i = 0; i < C; i++) {
        const rt = r * data[row + i]!;
        sums[at + i]! += rt;
        for (let j = 0; j <= i; j++) sums[line + j]! += rt * data[row + j]!;
        line += i + 1;
      }
    }
  }
}

/** `Σₙ Σ_k R_nk` times the lower triangle of t tᵀ, after the K·C sums of rows. */
function sumPooled(
  { data, stride, cols: C }: RowBlock,
  { start, count, R }: WeighedTile,
  K: number,
  sums: Float64Array,
): void {
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    let weight = 0;
    for (let k = 0; k < K; k++) weight += R[n * K + k]!;
    if (weight === 0) continue;
    let line = K * C;
    for (let i = 0; i < C; i++) {
      const wt = weight * data[row + i]!;
      for (let j = 0; j <= i; j++) sums[line + j]! += wt * data[row + j]!;
      line += i + 1;
    }
  }
}
