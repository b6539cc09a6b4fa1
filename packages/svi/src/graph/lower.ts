import { rowHoister } from './hoist-rows.ts';
import { inOrder } from './in-order.ts';
import { abs, add, apply, div, exp, less, log1p, maximum, neg, where } from './ops.ts';
import type { Value } from './value.ts';

/**
 * The same outputs as they are best computed: what softplus and sigmoid have in common once, with the bits of the functions; and what minibatches know of their rows looked up, where it can be computed for all
 * rows beforehand.
 */
export function lower(outputs: readonly Value[]): readonly Value[] {
  const ops = new Set(inOrder(outputs).map(({ op }) => op));
  const isSpelt = Object.keys(rules).some((op) => ops.has(op));
  const spelt = isSpelt ? rewritten(outputs, (node) => rules[node.op]?.(node.inputs[0]!) ?? node) : outputs;
  if (!ops.has('rows') && !ops.has('scatterRows')) return spelt;
  const { settle, materialize } = rowHoister();
  return rewritten(spelt, settle).map(materialize);
}

function rewritten(outputs: readonly Value[], rewrite: (node: Value) => Value): Value[] {
  const made = new Map<Value, Value>();
  for (const node of inOrder(outputs)) {
    const inputs = node.inputs.map((x) => made.get(x)!);
    made.set(node, rewrite(inputs.every((x, i) => x === node.inputs[i]) ? node : { ...node, inputs }));
  }
  return outputs.map((output) => made.get(output)!);
}

const rules: { readonly [op: string]: (x: Value) => Value } = {
  softplus: (x) => add(maximum(x, 0), log1p(exp(neg(abs(x))))),
  sigmoid: (x) => {
    const small = exp(neg(abs(x)));
    return div(where(less(x, 0), small, 1), apply('add', 1, small));
  },
};
