import { collectItems } from './collect-items.ts';
import type { Item, Operand, Plan, Segment } from './plan-types.ts';
import { type Shape, sameShape, sizeOf } from './shape.ts';
import type { Signature } from './signature.ts';
import type { Value } from './value.ts';

/** The axes that a loop runs over: those longer than 1. */
export const loopDims = (shape: Shape): Shape => shape.filter((size) => size !== 1);

/** Items of one function at most. */
const LONG = 500;

/**
 * The order in which a graph is computed, and the memory it needs: loops over the same axes run as one where nothing between them is waited for, and
 * numbers that no other loop reads need no memory.
 *
 * @param outputs  what is to be computed; lies in `m` after the inputs, in this order
 * @param inputs   what is given; lies at the beginning of `m`, in this order
 * @param keepAll  memory for every item, as the interpreter needs it
 * @param bound    arrays and places that may be given anew
 */
export function planProgram(
  outputs: readonly Value[],
  inputs: readonly Value[],
  keepAll: boolean,
  bound: Signature | null = null,
): Plan {
  const { items, operands } = collectItems(outputs, inputs, bound);
  const needed = neededBy(operands, items);
  const segments = schedule(
    items.filter(({ id }) => needed.has(id)),
    items,
  );
  const inputSize = inputs.reduce((total, input) => total + sizeOf(input.shape), 0);
  const outputSize = outputs.reduce((total, output) => total + sizeOf(output.shape), 0);
  let next = 0;
  const inputNodes = new Set(inputs);
  for (const item of items) {
    if (!inputNodes.has(item.node)) continue;
    item.place = next;
    next += item.size;
  }
  let free = inputSize + outputSize;
  const isLong = items.length > LONG;
  const kept = keepAll
    ? needed
    : read(
        items.filter(({ id }) => needed.has(id)),
        items,
      );
  for (const { base } of operands) if (items[base]!.data !== undefined) kept.add(base);
  for (const { id, varies, size } of items) if ((varies || isLong) && size === 1) kept.add(id);
  const outputPlaces: number[] = [];
  next = inputSize;
  for (const { base } of operands) {
    const item = items[base]!;
    outputPlaces.push(next);
    if (item.place < 0 && item.kind !== 'static') item.place = next;
    next += item.size;
  }
  let freePlaces = 0;
  for (const item of items) {
    const isNumbers = item.kind !== 'index' && item.kind !== 'places';
    const isWhole = item.kind === 'kernel' || (item.kind === 'reduce' && item.size > 1);
    if (item.place < 0 && isNumbers && (kept.has(item.id) || (needed.has(item.id) && isWhole))) {
      item.place = free;
      free += item.size;
    }
    const places = (isNumbers ? 0 : item.size) + (item.node.positions?.length ?? 0);
    if (places === 0) continue;
    item.places = freePlaces;
    freePlaces += places;
  }
  return {
    items,
    segments,
    outputs: operands,
    outputPlaces,
    inputSize,
    outputSize,
    memorySize: free,
    placesSize: freePlaces,
    isLong,
  };
}

/** What the outputs are made of. */
function neededBy(outputs: readonly Operand[], items: readonly Item[]): Set<number> {
  const needed = new Set(outputs.map(({ base }) => base));
  for (let id = items.length - 1; id >= 0; id--)
    if (needed.has(id)) for (const { base } of items[id]!.operands) needed.add(base);
  return needed;
}

function schedule(own: readonly Item[], items: readonly Item[]): Segment[] {
  const segments: Segment[] = [];
  // Numbers of the segments of each kind over the same axes, in rising order.
  const alike = new Map<string, number[]>();
  for (const item of own) {
    if (item.kind === 'static' || item.kind === 'input' || item.kind === 'index') continue;
    const isKernel = item.kind === 'kernel' || item.kind === 'places';
    const kind = isKernel ? 'kernel' : item.kind === 'scalar' ? 'scalar' : 'loop';
    const dims = kind === 'loop' ? loopDims(item.kind === 'reduce' ? item.operands[0]!.shape : item.node.shape) : [];
    let earliest = 0;
    for (const operand of item.operands) {
      const base = items[operand.base]!;
      if (base.segment < 0) continue;
      earliest = Math.max(earliest, base.segment + (joins(item, dims, operand, base, segments) ? 0 : 1));
    }
    const key = `${kind} ${dims}`;
    const known = alike.get(key) ?? [];
    alike.set(key, known);
    const at = (kind === 'kernel' ? undefined : firstFrom(known, earliest)) ?? segments.length;
    if (at === segments.length) {
      segments.push({ kind, dims, items: [] });
      known.push(at);
    }
    segments[at]!.items.push(item.id);
    item.segment = at;
  }
  return segments;
}

/** The first of some rising numbers that is no less than another. */
function firstFrom(rising: readonly number[], least: number): number | undefined {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return rising[low];
}

/** Whether an item may be computed in the loop in which its input is. */
function joins(item: Item, dims: Shape, operand: Operand, base: Item, segments: readonly Segment[]): boolean {
  if (item.kind === 'kernel' || item.kind === 'places' || item.kind === 'take') return false;
  if (item.kind === 'scalar') return base.kind === 'scalar';
  if (base.kind !== 'loop' && base.kind !== 'take') return false;
  return sameShape(segments[base.segment]!.dims, dims) && sameShape(loopDims(operand.shape), dims);
}

/** The items whose numbers are read from memory: arrays in other segments, and whatever a kernel reads. */
function read(own: readonly Item[], items: readonly Item[]): Set<number> {
  const kept = new Set<number>();
  for (const item of own)
    for (const { base } of item.operands) {
      const from = items[base]!;
      const whole = item.kind === 'kernel' || item.kind === 'take';
      // A place taken from an array is made in a loop, and read outside of it.
      const isOne = from.kind === 'input' || (from.kind === 'take' && from.size === 1);
      if (whole || isOne || (from.size > 1 && from.segment !== item.segment)) kept.add(base);
    }
  return kept;
}
