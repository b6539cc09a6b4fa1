import type { Cells } from '../contracts/index.ts';

type Numbers = Float32Array | Float64Array;
type Kind = { new (length: number): Numbers; readonly BYTES_PER_ELEMENT: number };

/** Of each type, memory that nobody has: of one part, since a thread looks at one after another. */
const spare = new Map<Kind, Numbers>();

/** Memory for rows that are copied for one look. */
export type Lender = {
  /** What the numbers are is anybody's. */
  lend(like: Cells, length: number): Numbers;
  /** From here on others write to all that was lent. */
  takeBack(): void;
};

/**
 * Lends memory that was used before: pages of new memory would take longer than the copies that they are for, and a minibatch is copied at every step.
 *
 * @example
 * const lender = lendRows();
 * lender.lend(new Float32Array(0), 6).length; // 6
 * lender.takeBack();
 */
export function lendRows(): Lender {
  let lent: Numbers[] = [];
  return {
    lend(like, length) {
      const kind: Kind = like instanceof Float64Array ? Float64Array : Float32Array;
      const known = spare.get(kind);
      const memory = known !== undefined && known.length >= length ? known : new kind(length);
      if (memory === known) spare.delete(kind);
      lent.push(memory);
      return memory.subarray(0, length);
    },
    takeBack() {
      for (const memory of lent) {
        const kind: Kind = memory instanceof Float64Array ? Float64Array : Float32Array;
        if (memory.length > (spare.get(kind)?.length ?? 0)) spare.set(kind, memory);
      }
      lent = [];
    },
  };
}
