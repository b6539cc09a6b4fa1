import { collectItems } from './collect-items.ts';
import type { Item, Operand, Plan, Segment } from './plan-types.ts';
import { type Shape, sameShape, sizeOf } from './shape.ts';
import type { Signature } from './signature.ts';
import type { Value } from './value.ts';

/** The axes that a loop runs over: those longer than 1. */
export const loopDims = (shape: Shape): Shape => shape.filter((size) => size !== 1);

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
  const segments = schedule(items);
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
  const kept = keepAll ? new Set(items.keys()) : read(items);
  for (const { base } of operands) if (items[base]!.data !== undefined) kept.add(base);
  for (const { id, varies, size } of items) if (varies && size === 1) kept.add(id);
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
    const needs = kept.has(item.id) || item.kind === 'kernel' || (item.kind === 'reduce' && item.size > 1);
    if (item.place < 0 && item.kind !== 'index' && needs) {
      item.place = free;
      free += item.size;
    }
    const places = item.kind === 'index' ? item.size : (item.node.positions?.length ?? 0);
    if (places === 0) continue;
    item.places = freePlaces;
    freePlaces += places;
  }
  for (const item of items)
    if (item.node.op === 'rows' || item.node.op === 'scatterRows') item.places = items[item.operands[1]!.base]!.places;
  return {
    items,
    segments,
    outputs: operands,
    outputPlaces,
    inputSize,
    outputSize,
    memorySize: free,
    placesSize: freePlaces,
  };
}

function schedule(items: readonly Item[]): Segment[] {
  const segments: Segment[] = [];
  for (const item of items) {
    if (item.kind === 'static' || item.kind === 'input' || item.kind === 'index') continue;
    const kind = item.kind === 'kernel' || item.kind === 'scalar' ? item.kind : 'loop';
    const dims = kind === 'loop' ? loopDims(item.kind === 'reduce' ? item.operands[0]!.shape : item.node.shape) : [];
    let earliest = 0;
    for (const operand of item.operands) {
      const base = items[operand.base]!;
      if (base.segment < 0) continue;
      earliest = Math.max(earliest, base.segment + (joins(item, dims, operand, base, segments) ? 0 : 1));
    }
    let at = kind === 'kernel' ? segments.length : earliest;
    while (at < segments.length && !(segments[at]!.kind === kind && sameShape(segments[at]!.dims, dims))) at++;
    if (at === segments.length) segments.push({ kind, dims, items: [] });
    segments[at]!.items.push(item.id);
    item.segment = at;
  }
  return segments;
}

/** Whether an item may be computed in the loop in which its input is. */
function joins(item: Item, dims: Shape, operand: Operand, base: Item, segments: readonly Segment[]): boolean {
  if (item.kind === 'kernel' || item.kind === 'take') return false;
  if (item.kind === 'scalar') return base.kind === 'scalar';
  if (base.kind !== 'loop' && base.kind !== 'take') return false;
  return sameShape(segments[base.segment]!.dims, dims) && sameShape(loopDims(operand.shape), dims);
}

/** The items whose numbers are read from memory: arrays in other segments, and whatever a kernel reads. */
function read(items: readonly Item[]): Set<number> {
  const kept = new Set<number>();
  for (const item of items)
    for (const { base } of item.operands) {
      const from = items[base]!;
      const whole = item.kind === 'kernel' || item.kind === 'take';
      // A place taken from an array is made in a loop, and read outside of it.
      const isOne = from.kind === 'input' || (from.kind === 'take' && from.size === 1);
      if (whole || isOne || (from.size > 1 && from.segment !== item.segment)) kept.add(base);
    }
  return kept;
}
