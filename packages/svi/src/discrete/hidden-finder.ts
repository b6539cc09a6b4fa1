import type { Value } from '../graph/index.ts';
import type { Hidden } from '../model/index.ts';

/** Which of some latents that are not known yet a value is made of. */
export type HiddenFinder = {
  readonly of: (x: Value) => ReadonlySet<Value>;
  /** How many values have been looked at. */
  readonly nodes: () => number;
};

/** Looks at every value once, whoever asks: graphs that grow along a chain are not walked anew for each of its members. */
export function hiddenFinder(hidden: readonly Hidden[]): HiddenFinder {
  const none: ReadonlySet<Value> = new Set();
  const known = new Map<Value, ReadonlySet<Value>>(hidden.map(({ value }) => [value, new Set([value])]));
  const unite = (inputs: readonly Value[]): ReadonlySet<Value> => {
    let all = none;
    for (const x of inputs) {
      const own = known.get(x)!;
      if (own === all || own.size === 0) continue;
      all = all.size === 0 ? own : new Set([...all, ...own]);
    }
    return all;
  };
  const of = (root: Value): ReadonlySet<Value> => {
    const pending = [root];
    while (pending.length > 0) {
      const node = pending.at(-1)!;
      const before = pending.length;
      if (!known.has(node)) for (const x of node.inputs) if (!known.has(x)) pending.push(x);
      if (pending.length > before) continue;
      pending.pop();
      if (!known.has(node)) known.set(node, unite(node.inputs));
    }
    return known.get(root)!;
  };
  return { of, nodes: () => known.size };
}
