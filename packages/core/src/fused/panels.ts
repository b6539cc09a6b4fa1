/** A count with padding: to a multiple of 4, what a tile of rows or components is, unless another is given. */
export function pad(count: number, multiple = 4): number {
  return Math.ceil(count / multiple) * multiple;
}

/**
 * Writes rows of numbers side by side, `[padded / panel][length][panel]`, the last panel half as wide where `padded` is no multiple of it; rows
 * beyond `rows` are 0.
 *
 * @param padded  a multiple of half a panel
 * @param panel   rows in a panel
 * @param value   number i of row k
 */
export function writePanels(
  out: Float32Array | Float64Array,
  at: number,
  { rows, padded, length, panel }: { rows: number; padded: number; length: number; panel: number },
  value: (k: number, i: number) => number,
): void {
  let to = at;
  for (let first = 0; first < padded; first += panel) {
    const wide = Math.min(panel, padded - first);
    for (let i = 0; i < length; i++)
      for (let k = first; k < first + wide; k++, to++) out[to] = k < rows ? value(k, i) : 0;
  }
}
