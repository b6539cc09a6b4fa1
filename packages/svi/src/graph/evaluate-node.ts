import type { Backend, RandomSource } from '@mixtention/core';
import { elementwise } from './elementwise.ts';
import type { Memory, Place } from './kernel-types.ts';
import { kernels } from './kernels.ts';
import { broadcastShapes, sizeOf, stridesIn } from './shape.ts';
import type { Value } from './value.ts';

/** What the interpreter does for one node. */
export function evaluator(
  node: Value,
  place: Place,
  memory: Memory,
  backend: Backend,
): (random: RandomSource | null) => void {
  const { m, x } = memory;
  const { at, out } = place;
  const known = elementwise[node.op];
  if (known !== undefined) return elementwiseEvaluator(node, place, m);
  if (node.op === 'sum' || node.op === 'max') return reducer(node, place, m);
  if (node.op === 'take') {
    const size = sizeOf(node.shape);
    return () => {
      for (let i = 0; i < size; i++) m[out + i] = m[at[0]! + x[place.places + i]!]!;
    };
  }
  const run = kernels(node, place, backend);
  return (random) => run(m, x, random);
}

function elementwiseEvaluator(node: Value, { at, out }: Place, m: Float64Array): () => void {
  const { apply } = elementwise[node.op]!;
  const size = sizeOf(node.shape);
  const maps = node.inputs.map((input) => positionsIn(input.shape, node.shape));
  const [a, b = a, c = a] = maps as [Int32Array, Int32Array?, Int32Array?];
  const [pa = 0, pb = pa, pc = pa] = at;
  return () => {
    for (let i = 0; i < size; i++) m[out + i] = apply(m[pa + a[i]!]!, m[pb + b[i]!]!, m[pc + c[i]!]!);
  };
}

function reducer(node: Value, { at, out }: Place, m: Float64Array): () => void {
  const [{ shape }] = node.inputs as [Value];
  const kept = shape.map((size, axis) => (node.axes!.includes(axis) ? 1 : size));
  const target = positionsIn(kept, shape);
  const from = at[0]!;
  const size = sizeOf(shape);
  const outSize = sizeOf(node.shape);
  if (node.op === 'sum')
    return () => {
      m.fill(0, out, out + outSize);
      for (let i = 0; i < size; i++) m[out + target[i]!]! += m[from + i]!;
    };
  return () => {
    m.fill(Number.NEGATIVE_INFINITY, out, out + outSize);
    for (let i = 0; i < size; i++) m[out + target[i]!] = Math.max(m[out + target[i]!]!, m[from + i]!);
  };
}

/** For each number of the shape that an array is broadcast to, its place in that array. */
function positionsIn(own: readonly number[], target: readonly number[]): Int32Array {
  const strides = stridesIn(own, broadcastShapes('svi/evaluate', own, target));
  return Int32Array.from({ length: sizeOf(target) }, (_, i) => {
    let rest = i;
    let position = 0;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      position += (rest % target[axis]!) * strides[axis]!;
      rest = Math.floor(rest / target[axis]!);
    }
    return position;
  });
}
