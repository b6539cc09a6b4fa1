/** Rows of numbers: the address of the first, and bytes from one to the next. */
export type Lines = { readonly at: number; readonly stride: number };

/** A term of scores in the memory of a machine. */
export type FusedTerm = {
  /** Numbers that it needs for each row of a tile, beside the row */
  readonly rowNumbers: number;
  /** Takes room for tiles of so many rows. */
  open(mostRows: number): void;
  /** `out = base + scores`, `[rows, padded]`, for rows in a multiple of 4 */
  score(x: Lines, rows: number, base: Lines, out: Lines): void;
};

/** Sums of a term over tiles in the memory of a machine. */
export type FusedSums = {
  /** Adds a tile: R `[count, padded]`, and the weights of its rows `[count]` at an address, 0 for those that nobody owns. */
  add(x: Lines, count: number, R: Lines, weights: number): void;
  /** `sums += unit · ` what was added since the last time. */
  flush(unit: number, sums: Float64Array): void;
};
