/** A count with padding: to a multiple of 4, what a tile of rows or components is, unless another is given. */
export function pad(count: number, multiple = 4): number {
  return Math.ceil(count / multiple) * multiple;
}

/** Rows of the next panel: what is left over whole panels is in one of half the width, and in one of a quarter. */
function widthOf(left: number, panel: number): number {
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

/** Where numbers lie: number i of row k is `data[first + k·rowStep + i·step]`, less the center of its row and over its unit, where there are such. */
type Lines = {
  readonly first?: number;
  readonly rowStep: number;
  readonly step: number;
  readonly center?: Float64Array;
  readonly unit?: Float64Array;
};

/** The same for numbers that lie in an array, five times faster than by a function. */
export function packPanels(
  out: Float32Array | Float64Array,
  at: number,
  { rows, packed, length, panel }: { rows: number; packed: number; length: number; panel: number },
  data: Float32Array | Float64Array,
  { first = 0, rowStep, step, center, unit }: Lines,
): void {
  let to = at;
  for (let from = 0, wide = 0; from < packed; from += wide) {
    wide = widthOf(packed - from, panel);
    const some = Math.max(0, Math.min(wide, rows - from));
    for (let i = 0; i < length; i++, to += wide) {
      let own = first + from * rowStep + i * step;
      if (center === undefined || unit === undefined)
        for (let k = 0; k < some; k++, own += rowStep) out[to + k] = data[own]!;
      else
        for (let k = 0; k < some; k++, own += rowStep) out[to + k] = (data[own]! - center[from + k]!) / unit[from + k]!;
      for (let k = some; k < wide; k++) out[to + k] = 0;
    }
  }
}
