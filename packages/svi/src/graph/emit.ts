import { elementwise } from './elementwise.ts';
import { type Scope, writeLoop } from './emit-loop.ts';
import type { Item, Operand, Plan } from './plan-types.ts';

/**
 * A plan as JavaScript: the body of a function of the random source `R`, in whose scope are `m` and `x` (memory), `F` (functions) and `K` (kernels).
 *
 * @returns the source, and the items whose kernels it calls, in the order of `K`
 */
export function emit(plan: Plan): { readonly source: string; readonly kernels: readonly Item[] } {
  const { items, segments } = plan;
  const kernels: Item[] = [];
  const lines: string[] = [];
  const loaded = new Set<number>();
  const scalar = (item: Item): string => {
    if (item.data !== undefined && !item.varies) return literal(item.data[0]!);
    if (
      (item.varies || item.kind === 'input' || item.kind === 'kernel' || item.kind === 'take') &&
      !loaded.has(item.id)
    ) {
      loaded.add(item.id);
      lines.push(`const s${item.id}=m[${item.place}];`);
    }
    return `s${item.id}`;
  };
  const scope: Scope = { plan, scalar };
  for (const segment of segments) {
    if (segment.kind === 'kernel') {
      for (const id of segment.items) {
        lines.push(`K[${kernels.length}](m,x,R);`);
        kernels.push(items[id]!);
      }
      continue;
    }
    if (segment.kind === 'loop') {
      // Single numbers that the loop reads are loaded before it.
      for (const id of segment.items)
        for (const { base } of items[id]!.operands) if (items[base]!.size === 1) scalar(items[base]!);
      lines.push(...writeLoop(segment, scope));
    } else {
      for (const id of segment.items) {
        const item = items[id]!;
        const [a = '', b = '', c = ''] = item.operands.map(({ base }) => scalar(items[base]!));
        lines.push(`const s${id}=${elementwise[item.node.op]!.write(a, b, c)};`);
      }
    }
    for (const id of segment.items) {
      const item = items[id]!;
      if (item.size === 1 && item.place >= 0 && item.kind !== 'take') lines.push(`m[${item.place}]=s${id};`);
    }
  }
  plan.outputs.forEach((operand, i) => {
    const line = copied(operand, plan.outputPlaces[i]!, scope);
    if (line !== null) lines.push(line);
  });
  return { source: lines.join('\n'), kernels };
}

function copied({ base }: Operand, to: number, { plan, scalar }: Scope): string | null {
  const item = plan.items[base]!;
  if (item.place === to) return null;
  if (item.size === 1) return `m[${to}]=${scalar(item)};`;
  return `m.copyWithin(${to},${item.place},${item.place + item.size});`;
}

/** A number as source text that gives its bits. */
function literal(x: number): string {
  if (Object.is(x, -0)) return '(-0)';
  return x < 0 ? `(${x})` : String(x);
}
