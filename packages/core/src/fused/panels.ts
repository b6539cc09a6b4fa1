/** A count with padding: to a multiple of 4, what a tile of rows or components is, unless another is given. */
export function pad(count: number, multiple = 4): number {
  return Math.ceil(count / multiple) * multiple;
}

/** Rows of the next panel: what is left over whole panels is in one of half the width, and in one of a quarter. */
export function widthOf(left: number, panel: number): number {
  if (left >= panel) return panel;
  return left >= panel / 2 ? panel / 2 : left;
}

/**
 * Writes rows of numbers side by side, `[packed / panel][length][panel]`, the last panels narrower where `packed` is no multiple of it, see `widthOf`;
 * rows beyond `rows` are 0.
 *
 * @param packed  a multiple of half a panel, or of a quarter, see `packedOf`
 * @param panel   rows in a panel
 * @param value   number i of row k
 */
export function writePanels(
  out: Float32Array | Float64Array,
  at: number,
  { rows, packed, length, panel }: { rows: number; packed: number; length: number; panel: number },
  value: (k: number, i: number) => number,
): void {
  let to = at;
  for (let first = 0, wide = 0; first < packed; first += wide) {
    wide = widthOf(packed - first, panel);
    for (let i = 0; i < length; i++)
      for (let k = first; k < first + wide; k++, to++) out[to] = k < rows ? value(k, i) : 0;
  }
}
