import type { Downstream } from '../contracts/index.ts';
import type { Float32Values } from './float32-values.ts';

/** `g_n − G_n·(o_n − c)`: what all components of a row have in common */
export function levelOf({ reading, gradient }: Downstream, narrow: Float32Values | null, row: number): number {
  // A row that sees no component has no responsibilities; whatever its level is, it must be a number.
  if (reading.logEvidence[row] === Number.NEGATIVE_INFINITY) return 0;
  const own = gradient.logEvidence?.[row] ?? 0;
  if (narrow === null) return own;
  const V = narrow.values.cols;
  return narrow.center.reduce(
    (level, center, v) => level - gradient.output!.data[row * V + v]! * (reading.output.data[row * V + v]! - center),
    own,
  );
}

/** The power of two next to the largest gradient of a tile, that of the output in units of the values; 0 where all of them are. */
export function unitOf({ gradient }: Downstream, narrow: Float32Values | null, start: number, count: number): number {
  let most = 0;
  for (let n = start; n < start + count; n++) {
    most = Math.max(most, Math.abs(gradient.logEvidence?.[n] ?? 0));
    narrow?.unit.forEach((unit, v) => {
      most = Math.max(most, Math.abs(unit * gradient.output!.data[n * narrow.unit.length + v]!));
    });
  }
  return most > 0 ? 2 ** Math.floor(Math.log2(most)) : 0;
}
