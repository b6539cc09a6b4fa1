import type { Executor, Tree } from '@mixtention/core';

/** Arrays that are larger are not kept for the next portion. */
const MOST_KEPT = 2 ** 20;

/** Memory of messages and statistics of an executor: shared memory weighs nothing to the garbage collector, so it is used again. */
type Workspace = { readonly numbers: Float64Array[]; readonly lent: WeakSet<Float64Array>; parts: readonly Tree[] };
const workspaces = new WeakMap<Executor, Workspace>();

/** What the messages of a portion are written to. */
export type Loan = {
  /** So many numbers, of any value, in memory that workers see too, where there is such memory */
  readonly room: (count: number) => Float64Array;
  /** A copy of numbers there, or they themselves, where `room` of this executor gave them */
  readonly share: (numbers: ArrayLike<number>) => Float64Array;
  /** Statistics of earlier portions, whose memory is free; once */
  readonly free: () => readonly Tree[];
  /** No worker reads the messages any more, and nobody the statistics. */
  readonly giveBack: (parts: readonly Tree[]) => void;
};

export function borrow(executor: Executor): Loan {
  let space = workspaces.get(executor);
  if (space === undefined) workspaces.set(executor, (space = { numbers: [], lent: new WeakSet(), parts: [] }));
  const { numbers } = space;
  const lent: Float64Array[] = [];
  const room = (count: number): Float64Array => {
    const at = numbers.findIndex(({ length }) => length === count);
    const own = at < 0 ? sharedNumbers(count) : numbers.splice(at, 1)[0]!;
    lent.push(own);
    space.lent.add(own);
    return own;
  };
  return {
    room,
    share(given) {
      if (given instanceof Float64Array && space.lent.has(given)) return given;
      const own = room(given.length);
      own.set(given);
      return own;
    },
    free: () => {
      const { parts } = space;
      space.parts = [];
      return parts;
    },
    giveBack(parts) {
      numbers.push(...lent.splice(0).filter(({ length }) => length <= MOST_KEPT));
      space.parts = [...space.parts, ...parts];
    },
  };
}

function sharedNumbers(count: number): Float64Array {
  return typeof SharedArrayBuffer === 'undefined'
    ? new Float64Array(count)
    : new Float64Array(new SharedArrayBuffer(8 * count));
}
