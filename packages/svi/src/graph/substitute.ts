import { inOrder } from './in-order.ts';
import type { Value } from './value.ts';

/**
 * All that the roots are made of that depends on a node, the node included.
 *
 * @example
 * const x = input('x', []);
 * const y = exp(x);
 * dependents([add(y, 1)], x).has(y); // true
 */
export function dependents(roots: readonly Value[], node: Value): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const each of inOrder(roots)) if (each === node || each.inputs.some((x) => found.has(x))) found.add(each);
  return found;
}

/**
 * A value with others in place of some that it is made of, of the same shapes; what does not depend on them is shared.
 *
 * @example
 * const x = input('x', []);
 * const { run, outputs } = compile([substitute(exp(x), new Map([[x, value(0)]]))], []);
 * run();
 * outputs; // [1]
 */
export function substitute(root: Value, replacements: ReadonlyMap<Value, Value>): Value {
  const made = new Map<Value, Value>(replacements);
  for (const node of inOrder([root])) {
    if (made.has(node)) continue;
    const isSame = node.inputs.every((x) => made.get(x) === x);
    made.set(node, isSame ? node : { ...node, inputs: node.inputs.map((x) => made.get(x)!) });
  }
  return made.get(root)!;
}
