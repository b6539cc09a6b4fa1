import { float64 } from '@mixtention/core';
import { elementwise } from './elementwise.ts';
import { evaluator } from './evaluate-node.ts';
import { inOrder } from './in-order.ts';
import type { Item, Operand } from './plan-types.ts';
import { sameShape, sizeOf } from './shape.ts';
import type { Signature } from './signature.ts';
import type { Value } from './value.ts';

/** The distinct nodes that the outputs need, each after its inputs: equal ones are one, and what depends on constants alone is computed here. */
export function collectItems(
  outputs: readonly Value[],
  inputs: readonly Value[],
  bound: Signature | null,
): { items: Item[]; operands: Operand[] } {
  const items: Item[] = [];
  const byKey = new Map<string, Operand>();
  const found = new Map<Value, Operand>();
  const identities = new Map<object, number>();
  const given = new Set<unknown>(bound === null ? [] : [...bound.arrays, ...bound.positions]);
  const identity = (object: object): number => {
    const known = identities.get(object);
    if (known !== undefined) return known;
    identities.set(object, identities.size);
    return identities.size - 1;
  };
  for (const node of inOrder([...inputs, ...outputs])) {
    const operands = node.inputs.map((input) => found.get(input)!);
    if (node.op === 'reshape') {
      found.set(node, { base: operands[0]!.base, shape: node.shape });
      continue;
    }
    const isGiven = given.has(node.data ?? node.positions);
    const key = keyOf(node, operands, { identity, isGiven });
    const known = byKey.get(key);
    if (known !== undefined) {
      found.set(node, known);
      continue;
    }
    const via = rowsReadBy(node, operands, items);
    if (via !== undefined) {
      const [table, index] = items[operands[0]!.base]!.operands;
      operands.splice(0, 1, table!);
      operands.push(index!);
    }
    const item = {
      id: items.length,
      node,
      operands,
      via,
      size: sizeOf(node.shape),
      segment: -1,
      place: -1,
      places: -1,
    };
    const from = operands.map(({ base }) => items[base]!);
    const data =
      node.op === 'constant'
        ? node.data
        : from.length > 0 && node.op !== 'random' && node.op !== 'places' && from.every((x) => x.data)
          ? evaluateStatic(
              node,
              from.map((x) => x.data!),
            )
          : undefined;
    const operand = { base: item.id, shape: node.shape };
    const varies = data !== undefined && (isGiven || from.some((x) => x.varies));
    items.push(data === undefined ? { ...item, kind: kindOf(node) } : { ...item, kind: 'static', data, varies });
    byKey.set(key, operand);
    found.set(node, operand);
  }
  return { items, operands: outputs.map((output) => found.get(output)!) };
}

/** The index of rows that a product with a vector reads where they lie. */
function rowsReadBy(node: Value, [first]: readonly Operand[], items: readonly Item[]): number | undefined {
  if (node.op !== 'matmul' || node.shape.length !== 2 || node.shape[1] !== 1 || first!.shape.length !== 2)
    return undefined;
  const from = items[first!.base]!;
  const isWhole = from.node.op === 'rows' && from.node.shape.length === 2 && sameShape(from.node.shape, first!.shape);
  return isWhole ? from.operands[1]!.base : undefined;
}

function kindOf(node: Value): Item['kind'] {
  if (node.op === 'input' || node.op === 'index' || node.op === 'places') return node.op;
  if (node.op === 'sum' || node.op === 'max') return 'reduce';
  if (node.op === 'take' || node.op === 'rows') return 'take';
  if (elementwise[node.op] === undefined) return 'kernel';
  return sizeOf(node.shape) === 1 ? 'scalar' : 'loop';
}

type Told = { readonly identity: (object: object) => number; readonly isGiven: boolean };

function keyOf(node: Value, operands: readonly Operand[], { identity, isGiven }: Told): string {
  const { op, shape, data, positions, axes, transposed } = node;
  if (op === 'input' || op === 'index' || op === 'random') return `${op} ${identity(node)}`;
  if (data !== undefined)
    return `constant ${shape} ${data.length === 1 ? `is ${Object.is(data[0], -0) ? '-0' : data[0]}` : identity(data)}`;
  const given = operands.map((operand) => `${operand.base}[${operand.shape}]`);
  // Places that may be given anew are one with none that happen to be equal now.
  const isShort = positions !== undefined && positions.length <= 64 && !isGiven;
  const moved = positions === undefined ? '' : isShort ? positions.join() : `of ${identity(positions)}`;
  return [op, shape, given, axes, transposed, moved].join(' ');
}

/** The numbers of a node whose inputs are known. */
export function evaluateStatic(
  node: Value,
  inputs: readonly Float64Array[],
  positions: Int32Array | undefined = node.positions,
): Float64Array {
  const size = sizeOf(node.shape);
  const m = new Float64Array(inputs.reduce((total, input) => total + input.length, size));
  let next = size;
  const at = inputs.map((input) => {
    m.set(input, next);
    next += input.length;
    return next - input.length;
  });
  evaluator(node, { at, out: 0, places: 0 }, { m, x: positions ?? new Int32Array(0) }, float64)(null);
  return m.slice(0, size);
}
