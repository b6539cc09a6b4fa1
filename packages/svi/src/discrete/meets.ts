import { inOrder } from '../graph/in-order.ts';
import type { Value } from '../graph/index.ts';

/** Which of some values a node depends on. */
export type Meets = {
  readonly of: (node: Value) => ReadonlySet<Value>;
  /** Nodes that have been looked at so far. */
  readonly seen: () => number;
  /** With others in place of some of these values; what depends on none is shared, and not walked over. */
  readonly put: (root: Value, others: ReadonlyMap<Value, Value>, make?: (node: Value) => Value) => Value;
};

const NONE: ReadonlySet<Value> = new Set();

/** Keeps what nodes depend on, so that a chain is walked over once, not once for each of its links. */
export function meetsOf(values: readonly Value[]): Meets {
  const known = new Map<Value, ReadonlySet<Value>>(values.map((own) => [own, new Set([own])]));
  const of = (root: Value): ReadonlySet<Value> => {
    for (const node of inOrder([root], (x) => known.has(x)))
      known.set(node, union(node.inputs.map((x) => known.get(x)!)));
    return known.get(root)!;
  };
  return {
    of,
    seen: () => known.size,
    put: (root, others, make = (node) => node) => {
      const isFree = (node: Value): boolean => {
        for (const met of of(node)) if (others.has(met)) return false;
        return true;
      };
      const made = new Map<Value, Value>(others);
      const now = (x: Value): Value => made.get(x) ?? x;
      for (const node of inOrder([root], isFree))
        if (!made.has(node)) made.set(node, make({ ...node, inputs: node.inputs.map(now) }));
      return now(root);
    },
  };
}

function union(sets: readonly ReadonlySet<Value>[]): ReadonlySet<Value> {
  const [first = NONE, ...rest] = sets.filter(({ size }) => size > 0);
  if (rest.every((set) => set === first)) return first;
  return new Set([...first, ...rest.flatMap((set) => [...set])]);
}
