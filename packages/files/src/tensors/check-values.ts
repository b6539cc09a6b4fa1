import { DataError } from '../data-error.ts';
import { shown, type Tensor } from './tensor.ts';

export type Kind = 'real' | 'integer' | 'boolean';

/**
 * Refuses what is no number: NaN and infinities (but −∞ where `hidden` allows it), 64-bit integers that float64 would round (NaN here), booleans
 * that are neither 0 nor 1.
 *
 * @param what  the tensor, as messages call it
 */
export function checkTensor(
  { shape, data }: Tensor,
  { kind, hidden = false, what, name }: { kind: Kind; hidden?: boolean | undefined; what: string; name: string },
): void {
  const least = hidden ? Number.NEGATIVE_INFINITY : -Number.MAX_VALUE;
  const most = kind === 'boolean' ? 1 : Number.MAX_VALUE;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= least && value <= most) continue;
    const place = `${what} of shape ${shown(shape)} has ${value} at ${shown(indexOf(i, shape))} (counted from 0)`;
    if (kind === 'real')
      throw new DataError('NOT_FINITE', name, `${place}, a finite number${hidden ? ' or −∞' : ''} was due`);
    if (kind === 'boolean') throw new DataError('BAD_CELL', name, `${place}, a boolean 0 or 1 was due`);
    const at = `${what} of shape ${shown(shape)} holds at ${shown(indexOf(i, shape))} (counted from 0)`;
    throw new DataError('BAD_CELL', name, `${at} a 64-bit integer beyond ±(2⁵³ − 1), which float64 would round`);
  }
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}
