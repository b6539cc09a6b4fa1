import { fail } from '@mixtention/core/base';
import { hasGradient, ruleOf } from './gradient-rules.ts';
import { inOrder } from './in-order.ts';
import { add, mul } from './ops.ts';
import { broadcastTo, reshape, sum } from './reduce.ts';
import { type Shape, showShape, sizeOf } from './shape.ts';
import { constant, type Value } from './value.ts';

/**
 * Gradients of a number with respect to values it was made of, as values: they run, and are differentiated, like any other.
 *
 * @param y  of one element
 * @param by  values; inputs, or anything on the way
 * @returns of each the gradient, of its shape; zeros where y does not depend on it
 * @throws BAD_SHAPE when y is no single number
 *
 * Reverse mode: the graph of the gradient is at most some five times that of y.
 * Source: Griewank & Walther (2008), Evaluating derivatives, ch. 3.
 *
 * @example
 * const x = input('x', [3]);
 * const [slope] = differentiate(sum(mul(x, x)), [x]);
 * const program = compile([slope], [x]);
 * program.inputs.set([1, 2, 3]);
 * program.run();
 * program.outputs; // [2, 4, 6]
 */
export function differentiate(y: Value, by: readonly Value[]): Value[] {
  if (sizeOf(y.shape) !== 1)
    fail('svi/differentiate', 'BAD_SHAPE', `${showShape(y.shape)} came, a single number is what has a gradient`);
  const order = inOrder([y]);
  const targets = new Set(by);
  const depends = new Set<Value>();
  for (const node of order)
    if (targets.has(node) || (hasGradient(node.op) && node.inputs.some((x) => depends.has(x)))) depends.add(node);
  const gradients = new Map<Value, Value>([[y, constant(Float64Array.of(1), [])]]);
  for (const node of order.reverse()) {
    const g = gradients.get(node);
    if (g === undefined || !depends.has(node) || node.inputs.length === 0) continue;
    const parts = ruleOf(node.op)(node, g);
    node.inputs.forEach((x, i) => {
      const part = parts[i];
      if (part === null || part === undefined || !depends.has(x)) return;
      const own = elementwiseStretched(part, node, x);
      const before = gradients.get(x);
      gradients.set(x, before === undefined ? own : add(before, own));
    });
  }
  return by.map((x) => {
    const g = gradients.get(x);
    return g === undefined ? constant(new Float64Array(sizeOf(x.shape)), x.shape) : broadcastTo(g, x.shape);
  });
}

/** Of an operation that broadcasts: the gradient summed over the axes along which this input was stretched. */
function elementwiseStretched(g: Value, node: Value, x: Value): Value {
  const stretches = node.inputs.some((other) => other.shape.length > 0) && sizeOf(x.shape) !== sizeOf(node.shape);
  if (stretches && g.shape.length <= node.shape.length && BROADCASTS.has(node.op)) return sumTo(g, node.shape, x.shape);
  // Axes of size 1 that x does not have.
  return g.shape.length > x.shape.length && sizeOf(g.shape) === sizeOf(x.shape) ? reshape(g, x.shape) : g;
}

const BROADCASTS = new Set(['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'where', 'gammaSlope', 'logBeta']);

function sumTo(g: Value, from: Shape, to: Shape): Value {
  let count = 1;
  const summed: number[] = [];
  from.forEach((size, axis) => {
    const own = to[axis - from.length + to.length] ?? 1;
    if (own !== 1 || size === 1) return;
    const inG = axis - from.length + g.shape.length;
    if (inG >= 0 && g.shape[inG] !== 1) summed.push(inG);
    else count *= size;
  });
  const total = summed.length > 0 ? sum(g, summed, { keep: true }) : g;
  const scaled = mul(total, count);
  // What is left of axes that x does not have is of size 1.
  return scaled.shape.length > to.length
    ? reshape(scaled, scaled.shape.slice(scaled.shape.length - to.length))
    : scaled;
}
