import type { Machine } from './machine.ts';
import { widthOf } from './panels.ts';

/** Where numbers lie: number i of row k is `data[first + k·rowStep + i·step]`, less the center of its row and over its unit, where there are such. */
type Lines = {
  readonly first?: number;
  readonly rowStep: number;
  readonly step: number;
  readonly center?: Float64Array;
  readonly unit?: Float64Array;
};

/** What `writePanels` does, at an address of a machine, for numbers that lie in an array: five times faster than by a function, and faster still by its verb. */
export function packPanels(
  { reals, size, reach, verbs }: Pick<Machine, 'reals' | 'size' | 'reach' | 'verbs'>,
  at: number,
  { rows, packed, length, panel }: { rows: number; packed: number; length: number; panel: number },
  data: Float32Array | Float64Array,
  { first = 0, rowStep, step, center, unit }: Lines,
): void {
  if (reach !== null && verbs.pack !== undefined && data instanceof Float64Array) {
    const [centers, units] = center === undefined || unit === undefined ? [0, 0] : [reach(center), reach(unit)];
    verbs.pack(reach(data) + first * 8, rowStep, step, rows, length, packed, centers, units, at);
    return;
  }
  let to = at / size;
  for (let from = 0, wide = 0; from < packed; from += wide) {
    wide = widthOf(packed - from, panel);
    const some = Math.max(0, Math.min(wide, rows - from));
    for (let i = 0; i < length; i++, to += wide) {
      let own = first + from * rowStep + i * step;
      if (center === undefined || unit === undefined)
        for (let k = 0; k < some; k++, own += rowStep) reals[to + k] = data[own]!;
      else
        for (let k = 0; k < some; k++, own += rowStep)
          reals[to + k] = (data[own]! - center[from + k]!) / unit[from + k]!;
      for (let k = some; k < wide; k++) reals[to + k] = 0;
    }
  }
}
