import type { Value } from './value.ts';

const none = (): boolean => false;

/** All that the roots are made of, each after its inputs; but for nodes that are passed over, with what only these are made of. */
export function inOrder(roots: readonly Value[], isPassedOver: (node: Value) => boolean = none): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const pending: { node: Value; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root) || isPassedOver(root)) continue;
    seen.add(root);
    pending.push({ node: root, next: 0 });
    while (pending.length > 0) {
      const top = pending.at(-1)!;
      const child = top.node.inputs[top.next++];
      if (child === undefined) {
        order.push(top.node);
        pending.pop();
      } else if (!seen.has(child) && !isPassedOver(child)) {
        seen.add(child);
        pending.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}
