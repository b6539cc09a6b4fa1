import { elementwise } from './elementwise.ts';
import { type Scope, writeLoop } from './emit-loop.ts';
import type { Item, Operand, Plan } from './plan-types.ts';

/**
 * Lines of one function. Engines leave what is much longer unoptimised (V8 beyond 60 kB of bytecode), and run out of stack for its locals.
 */
const LINES = 600;

/**
 * A plan as JavaScript: the body of a function that returns another, of the random source `R`, in whose scope are `m` and `x` (memory), `F` (functions) and `K` (kernels). Long programs are
 * functions one after another, which hand single numbers on in memory.
 *
 * @returns the source, and the items whose kernels it calls, in the order of `K`
 */
export function emit(plan: Plan): { readonly source: string; readonly kernels: readonly Item[] } {
  const { items, segments } = plan;
  const kernels: Item[] = [];
  const parts: string[][] = [[]];
  // Single numbers that the part at hand has in a local.
  const local = new Set<number>();
  const write = (...lines: string[]): void => {
    parts.at(-1)!.push(...lines);
  };
  const endPart = (): void => {
    if (!plan.isLong || parts.at(-1)!.length < LINES) return;
    parts.push([]);
    local.clear();
  };
  const scalar = (item: Item): string => {
    if (item.data !== undefined && !item.varies) return literal(item.data[0]!);
    if (!local.has(item.id)) {
      local.add(item.id);
      write(`const s${item.id}=m[${item.place}];`);
    }
    return `s${item.id}`;
  };
  const store = (item: Item): void => {
    local.add(item.id);
    if (item.place >= 0) write(`m[${item.place}]=s${item.id};`);
  };
  const scope: Scope = { plan, scalar };
  for (const segment of segments) {
    const own = segment.items.map((id) => items[id]!);
    if (segment.kind === 'kernel')
      for (const item of own) {
        write(`K[${kernels.length}](m,x,R);`);
        kernels.push(item);
      }
    else if (segment.kind === 'loop') {
      // Single numbers that the loop reads are loaded before it.
      for (const { operands } of own)
        for (const { base } of operands) if (items[base]!.size === 1) scalar(items[base]!);
      write(...writeLoop(segment, scope));
      for (const item of own) if (item.size === 1 && item.kind === 'reduce') store(item);
    } else
      for (const item of own) {
        const [a = '', b = '', c = ''] = item.operands.map(({ base }) => scalar(items[base]!));
        write(`const s${item.id}=${elementwise[item.node.op]!.write(a, b, c)};`);
        store(item);
        endPart();
      }
    endPart();
  }
  plan.outputs.forEach((operand, i) => {
    const line = copied(operand, plan.outputPlaces[i]!, scope);
    if (line !== null) write(line);
  });
  return { source: joined(parts), kernels };
}

function joined(parts: readonly (readonly string[])[]): string {
  if (parts.length === 1) return `return function(R){\n${parts[0]!.join('\n')}\n}`;
  const functions = parts.map((lines, i) => `function p${i}(R){\n${lines.join('\n')}\n}`);
  return `${functions.join('\n')}\nreturn function(R){${parts.map((_, i) => `p${i}(R);`).join('')}}`;
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
