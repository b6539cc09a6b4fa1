import type { RandomSource } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import type { Tensor } from '@tensorflow/tfjs-core';
import { inOrder } from '../graph/in-order.ts';
import { compile, sizeOf, type Value } from '../graph/index.ts';
import { tensorOpsOf } from './tensor-ops-of.ts';

/** A graph that runs as ops of tfjs. */
export type TensorProgram = {
  /** The outputs, differentiable by the inputs; draws are taken from the source. */
  readonly run: (
    inputs: readonly Tensor[],
    random?: RandomSource | null,
    rows?: ReadonlyMap<Value, Int32Array>,
  ) => Tensor[];
  /** Gives back the tensors of constants. */
  readonly dispose: () => void;
};

/**
 * A graph as ops of tfjs: the counterpart of `compile`, in float32, on whichever backend is set when it is run. What depends on constants alone is computed in float64 beforehand, and
 * becomes tensors once.
 */
export function onTensors(tf: Tf, outputs: readonly Value[], inputs: readonly Value[]): TensorProgram {
  const ops = tensorOpsOf(tf);
  const order = inOrder(outputs);
  const varying = new Set<Value>();
  for (const node of order)
    if (['input', 'index', 'random'].includes(node.op) || node.inputs.some((x) => varying.has(x))) varying.add(node);
  const read = new Set([...outputs, ...order.flatMap((node) => (varying.has(node) ? node.inputs : []))]);
  const known = [...read].filter((node) => !varying.has(node));
  const program = compile(known, []);
  program.run();
  const constants = new Map<Value, Tensor>();
  let next = 0;
  for (const node of known) {
    const size = sizeOf(node.shape);
    const numbers = Float32Array.from(program.outputs.subarray(next, next + size));
    constants.set(node, tf.keep(tf.tensor(numbers, [...node.shape])));
    next += size;
  }
  const steps = order.filter((node) => varying.has(node));
  for (const node of steps)
    if (!['input', 'index'].includes(node.op) && ops[node.op] === undefined)
      fail('svi/tensor', 'BAD_MODEL', `${node.op} has no op of tfjs`);
  return {
    run: (given, random = null, rows = new Map()) => {
      const made = new Map<Value, Tensor>(constants);
      inputs.forEach((node, i) => {
        made.set(node, given[i]!);
      });
      for (const node of steps) {
        if (made.has(node)) continue;
        if (node.op === 'index') made.set(node, tf.tensor1d(rows.get(node)!, 'int32'));
        else {
          const operands = node.inputs.map((x) => made.get(x)!);
          made.set(node, ops[node.op]!(node, operands, random));
        }
      }
      return outputs.map((node) => made.get(node)!);
    },
    dispose: () => {
      for (const tensor of constants.values()) tensor.dispose();
    },
  };
}
