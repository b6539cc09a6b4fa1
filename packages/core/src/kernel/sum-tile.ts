import type { RowBlock } from '../contracts/index.ts';

/** Adds `Σₙ R_nk S_n` of a tile to `sums` `[K, P]`, for linear statistics held as rows. */
export function sumLinear(
  { data, stride }: RowBlock,
  start: number,
  count: number,
  R: Float64Array,
  K: number,
  P: number,
  sums: Float64Array,
): void {
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      const at = k * P;
      for (let p = 0; p < P; p++) sums[at + p]! += r * data[row + p]!;
    }
  }
}

/** Adds `Σₙ R_nk [x_n ; vec x_n x_nᵀ]` of a tile to `sums` `[K, D + D²]`; only the lower triangle of xxᵀ, see `mirror`. */
export function sumOuter(
  { data, stride }: RowBlock,
  start: number,
  count: number,
  R: Float64Array,
  K: number,
  D: number,
  sums: Float64Array,
): void {
  const P = D + D * D;
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      const at = k * P;
      for (let i = 0; i < D; i++) {
        const rx = r * data[row + i]!;
        sums[at + i]! += rx;
        const line = at + D + i * D;
        for (let j = 0; j <= i; j++) sums[line + j]! += rx * data[row + j]!;
      }
    }
  }
}

/** Copies the lower triangle of each `[D, D]` block of `sums` `[K, D + D²]` to the upper one. */
export function mirror(sums: Float64Array, K: number, D: number): void {
  for (let k = 0; k < K; k++) {
    const at = k * (D + D * D) + D;
    for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) sums[at + j * D + i] = sums[at + i * D + j]!;
  }
}
