import { placesAt, rows, takeFlat } from './arrange.ts';
import { elementwise } from './elementwise.ts';
import { reshape } from './reduce.ts';
import { type Shape, sizeOf } from './shape.ts';
import { constant, type Value } from './value.ts';

/** Rows of numbers that are known for all members: `rows(table, index)`, and what it costs to make the table of one that is there. */
type Tabled = {
  readonly table: Value;
  readonly index: Value;
  readonly cost: number;
  readonly leaves: ReadonlySet<Value>;
};

/** Cost from which a table of its own pays: to look up a number takes as long as some additions. */
const PAYS = 4;
const COSTS: { readonly [op: string]: number } = {
  add: 1,
  sub: 1,
  mul: 1,
  neg: 1,
  hold: 1,
  maximum: 1,
  minimum: 1,
  less: 1,
  equal: 1,
  where: 1,
  abs: 1,
  sign: 1,
  floor: 1,
  reshape: 0,
  take: 0,
  div: 4,
  sqrt: 4,
};

/**
 * Full passes compute what depends on data alone before the first run. Of minibatches the same holds once what is done to rows of tables is done to the tables:
 *
 *     f(rows(a, i), rows(b, i), c) = rows(f(a, b, c), i)      for known a, b, c, and f that works row by row
 */
export function rowHoister(): {
  readonly settle: (node: Value) => Value;
  readonly materialize: (node: Value) => Value;
} {
  const known = new Map<Value, boolean>();
  const tabled = new Map<Value, Tabled>();
  const looked = new Map<Value, Value>();
  const isKnown = (node: Value): boolean => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const is = node.op === 'constant' || (node.op !== 'random' && node.inputs.length > 0 && node.inputs.every(isKnown));
    known.set(node, is);
    return is;
  };

  /** The node itself, or a look-up of what it comes to. */
  const materialize = (node: Value): Value => {
    const own = tabled.get(node);
    if (own === undefined || (own.cost < PAYS && own.leaves.size < 2)) return node;
    let made = looked.get(node);
    if (made === undefined) looked.set(node, (made = rows(own.table, own.index)));
    return made;
  };

  const settle = (node: Value): Value => {
    const short = shorter(node, isKnown);
    if (short !== node) return short;
    if (node.op === 'rows' && isKnown(node.inputs[0]!)) {
      const [table, index] = node.inputs as [Value, Value];
      tabled.set(node, { table, index, cost: 0, leaves: new Set([table]) });
      return node;
    }
    const own = tableOf(node);
    if (own !== null) {
      tabled.set(node, own);
      return node;
    }
    const inputs = node.inputs.map(materialize);
    return inputs.every((x, i) => x === node.inputs[i]) ? node : { ...node, inputs };
  };

  function tableOf(node: Value): Tabled | null {
    const parts = node.inputs.map((x) => tabled.get(x));
    const first = parts.find((part) => part !== undefined);
    if (first === undefined || !isRowwise(node, first)) return null;
    const { index, table } = first;
    const inputs = node.inputs.map((x, i) => {
      const part = parts[i];
      if (part === undefined) return isKnown(x) ? unstretched(x, node.shape) : null;
      const isAligned = elementwise[node.op] === undefined || x.shape.length === node.shape.length;
      return part.index === index && isAligned ? part.table : null;
    });
    if (!inputs.every((x) => x !== null)) return null;
    const shape = [table.shape[0]!, ...node.shape.slice(1)];
    const leaves = new Set(parts.flatMap((part) => (part === undefined ? [] : [...part.leaves])));
    // What is larger than all that it is made of is made of the rows that are there.
    if (sizeOf(shape) > Math.max(...[...leaves].map((leaf) => sizeOf(leaf.shape)))) return null;
    const cost = parts.reduce((total, part) => total + (part?.cost ?? 0), COSTS[node.op] ?? 10);
    return { table: onTables(node, inputs, shape), index, cost, leaves };
  }
  return { settle, materialize };
}

/** Whether each row of the result comes of the same rows of all inputs that have them. */
function isRowwise({ op, inputs, shape, axes, positions }: Value, { index }: Tabled): boolean {
  const [x] = inputs as [Value];
  const [taken] = index.shape;
  if (shape[0] !== taken) return false;
  if (op === 'reshape') return x.shape[0] === taken;
  if (op === 'sum' || op === 'max') return !axes!.includes(0);
  if (op === 'take') return columnsOf(positions!, sizeOf(shape.slice(1)), sizeOf(x.shape.slice(1))) !== null;
  return elementwise[op] !== undefined;
}

/** Which numbers of its own row each row takes; null where it does not. */
function columnsOf(positions: Int32Array, width: number, from: number): Int32Array | null {
  const columns = positions.slice(0, width);
  const isOwn =
    columns.every((c) => c < from) &&
    positions.every((p, i) => p === columns[i % width]! + Math.floor(i / width) * from);
  return isOwn ? columns : null;
}

/** The operation on all members. */
function onTables(node: Value, inputs: readonly Value[], shape: Shape): Value {
  const [x] = inputs as [Value];
  if (node.op === 'reshape') return reshape(x, shape);
  if (node.op !== 'take') return { ...node, inputs, shape };
  const [width, from] = [sizeOf(shape.slice(1)), sizeOf(x.shape.slice(1))];
  const columns = columnsOf(node.positions!, width, from)!;
  return takeFlat(
    x,
    Int32Array.from({ length: sizeOf(shape) }, (_, i) => columns[i % width]! + Math.floor(i / width) * from),
    shape,
  );
}

/** A known operand as it is, where it is the same for all rows; null where it is not. */
function unstretched(x: Value, shape: Shape): Value | null {
  const [taken] = shape as [number];
  if (x.shape.length < shape.length || x.shape[0] === 1) return x;
  if (x.op !== 'constant') return null;
  const width = x.data!.length / taken;
  if (!x.data!.every((v, i) => Object.is(v, x.data![i % width]))) return null;
  return constant(x.data!.slice(0, width), [1, ...x.shape.slice(1)]);
}

/** Rows of numbers that were themselves taken from some are taken from these at once, so that no step passes over all members; gradients likewise. */
function shorter(node: Value, isKnown: (x: Value) => boolean): Value {
  const [x, index] = node.inputs as [Value, Value];
  if (node.op === 'rows' && x.op === 'take' && !isKnown(x)) {
    const places = blocksOf(x.positions!, x.shape);
    return places === null ? node : { ...node, inputs: [x.inputs[0]!, placesAt(places, index)] };
  }
  if (node.op === 'scatter' && x.op === 'scatterRows') {
    const places = blocksOf(node.positions!, x.shape);
    if (places !== null)
      return { op: 'scatterRows', inputs: [x.inputs[0]!, placesAt(places, x.inputs[1]!)], shape: node.shape };
  }
  return node;
}

/** Which row each row is, where whole rows are taken. */
function blocksOf(positions: Int32Array, shape: Shape): Int32Array | null {
  const width = sizeOf(shape.slice(1));
  const places = Int32Array.from({ length: shape[0]! }, (_, r) => positions[r * width]! / width);
  return positions.every((p, i) => p === places[Math.floor(i / width)]! * width + (i % width)) ? places : null;
}
