import type { Value } from './value.ts';

/** All that the roots are made of, each after its inputs; what is passed over is not looked into. */
export function inOrder(roots: readonly Value[], isWanted: (x: Value) => boolean = () => true): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const pending: { node: Value; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root) || !isWanted(root)) continue;
    seen.add(root);
    pending.push({ node: root, next: 0 });
    while (pending.length > 0) {
      const top = pending.at(-1)!;
      const child = top.node.inputs[top.next++];
      if (child === undefined) {
        order.push(top.node);
        pending.pop();
      } else if (!seen.has(child) && isWanted(child)) {
        seen.add(child);
        pending.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}
