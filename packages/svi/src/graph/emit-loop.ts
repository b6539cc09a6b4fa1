import { elementwise } from './elementwise.ts';
import type { Item, Operand, Plan, Segment } from './plan-types.ts';
import { type Shape, sizeOf, stridesIn } from './shape.ts';
import { evenStep } from './signature.ts';

/** Names of what is in scope while code is written. */
export type Scope = {
  readonly plan: Plan;
  /** The local that holds a single number, or the number itself. */
  readonly scalar: (item: Item) => string;
};

/** One nest of loops with all items of a segment in its innermost body; a single flat loop where every array is read in order. */
export function writeLoop(segment: Segment, scope: Scope): string[] {
  const { items } = scope.plan;
  const { dims } = segment;
  const flat = segment.items.every((id) => isFlat(items[id]!, segment, scope));
  const sizes = flat ? [sizeOf(dims)] : dims;
  const depth = sizes.length;
  const before: string[][] = Array.from({ length: depth + 1 }, () => []);
  const after: string[][] = Array.from({ length: depth + 1 }, () => []);
  const names = new Map<string, string>();
  const index = (strides: readonly number[], place: number): string =>
    [place, ...strides.flatMap((s, axis) => (s === 0 ? [] : [s === 1 ? `i${axis}` : `i${axis}*${s}`]))].join('+');
  const load = (place: number, strides: readonly number[], memory = 'm'): string => {
    const at = `${memory}[${index(strides, place)}]`;
    const known = names.get(at);
    if (known !== undefined) return known;
    const name = `l${names.size}_${segment.items[0]}`;
    names.set(at, name);
    before[1 + strides.findLastIndex((s) => s !== 0)]!.push(`const ${name}=${at};`);
    return name;
  };
  const operandName = (item: Item, operand: Operand): string => {
    const base = items[operand.base]!;
    if (base.size === 1) return scope.scalar(base);
    if (base.segment === item.segment) return `v${base.id}`;
    return load(base.place, strideOf(item, operand.shape));
  };
  const strideOf = (item: Item, shape: Shape): number[] => (flat ? [1] : inDims(shape, shapeOf(item)));
  const full = flat ? [1] : dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  for (const id of segment.items) {
    const item = items[id]!;
    if (item.kind === 'reduce') {
      writeReduction(item, operandName(item, item.operands[0]!));
      continue;
    }
    const [a = '', b = '', c = ''] =
      item.kind === 'take' ? [] : item.operands.map((operand) => operandName(item, operand));
    before[depth]!.push(
      `const v${id}=${item.kind === 'take' ? taken(item) : elementwise[item.node.op]!.write(a, b, c)};`,
    );
    if (item.place >= 0) before[depth]!.push(`m[${index(full, item.place)}]=v${id};`);
  }

  function taken(item: Item): string {
    const base = items[item.operands[0]!.base]!;
    if (item.node.op === 'rows') return rowOf(item, base);
    const positions = item.node.positions!;
    const [start, step] = [positions[0]!, evenStep(positions)];
    if (step !== null)
      return `m[${index(
        full.map((s) => s * step),
        base.place + start,
      )}]`;
    return `m[${base.place}+x[${index(full, item.places)}]]`;
  }

  /** A number of a row that an index names, which is looked up once a row. */
  function rowOf({ node, operands }: Item, base: Item): string {
    const count = node.shape[0]!;
    const width = sizeOf(node.shape) / count;
    const at = items[operands[1]!.base]!.places;
    const line = load(at, count === 1 ? [] : [1], 'x');
    const inner = count === 1 ? full : full.map((step, axis) => (axis === 0 ? 0 : step));
    const place = width === 1 ? String(base.place) : index(inner, base.place);
    return `m[${line}${width === 1 ? '' : `*${width}`}+${place}]`;
  }

  function writeReduction(item: Item, from: string): void {
    const [{ shape }] = item.operands as [Operand];
    const kept = shape.map((size, axis) => (item.node.axes!.includes(axis) ? 1 : size));
    const strides = item.size === 1 ? sizes.map(() => 0) : inDims(kept, shape);
    const level = 1 + strides.findLastIndex((s) => s !== 0);
    const start = item.node.op === 'sum' ? '0' : '-Infinity';
    const joined = (total: string): string =>
      item.node.op === 'sum' ? `${total}+=${from};` : `${total}=Math.max(${total},${from});`;
    if (strides.slice(0, level).every((s) => s !== 0)) {
      const total = item.size === 1 ? `s${item.id}` : `a${item.id}`;
      before[level]!.push(`let ${total}=${start};`);
      before[depth]!.push(joined(total));
      if (item.size > 1) after[level]!.push(`m[${index(strides, item.place)}]=${total};`);
    } else {
      before[0]!.push(`m.fill(${start},${item.place},${item.place + item.size});`);
      before[depth]!.push(joined(`m[${index(strides, item.place)}]`));
    }
  }

  const lines: string[] = [...before[0]!];
  for (let axis = 0; axis < depth; axis++)
    lines.push(`for(let i${axis}=0;i${axis}<${sizes[axis]};i${axis}++){`, ...before[axis + 1]!);
  for (let axis = depth; axis > 0; axis--) lines.push(...(axis < depth ? after[axis]! : []), '}');
  return lines;
}

const shapeOf = (item: Item): Shape => (item.kind === 'reduce' ? item.operands[0]!.shape : item.node.shape);

/** Steps through the memory of an array along the loops over a shape it broadcasts to. */
const inDims = (own: Shape, target: Shape): number[] => stridesIn(own, target).filter((_, axis) => target[axis] !== 1);

function isFlat(item: Item, segment: Segment, { plan }: Scope): boolean {
  if (item.kind === 'reduce' && item.size > 1) return false;
  const size = sizeOf(segment.dims);
  if (item.node.op === 'rows') return item.size === item.node.shape[0] || item.node.shape[0] === 1;
  return item.kind === 'take' || item.operands.every(({ base }) => [1, size].includes(plan.items[base]!.size));
}
