import { fail } from '@mixtention/core/base';
import { scatterFlat, takeFlat, transpose } from './arrange.ts';
import { evidenceSlopes } from './evidence.ts';
import { lowerMask, product, solveLower, sumBatch } from './linear.ts';
import { add, apply, cos, div, equal, exp, less, log, mul, neg, pow, sigmoid, sin, square, sub, where } from './ops.ts';
import { broadcastTo, reshape } from './reduce.ts';
import { sizeOf } from './shape.ts';
import type { Value } from './value.ts';

/** The gradients of the inputs of a node from that of the node; g broadcasts to the node's shape. `null` where there is none. */
type Rule = (node: Value, g: Value) => readonly (Value | null)[];

const of1 =
  (slope: (x: Value, y: Value) => Value): Rule =>
  (node, g) => [mul(g, slope(node.inputs[0]!, node))];
const none: Rule = (node) => node.inputs.map(() => null);
/** For operations that move numbers about, g is needed in full. */
const full =
  (rule: (node: Value, g: Value) => readonly (Value | null)[]): Rule =>
  (node, g) =>
    rule(node, broadcastTo(g, node.shape));

const swapLast = (x: Value): Value => {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
};

const elementwise: { readonly [op: string]: Rule } = {
  add: (_, g) => [g, g],
  sub: (_, g) => [g, neg(g)],
  mul: ({ inputs: [a, b] }, g) => [mul(g, b!), mul(g, a!)],
  div: (node, g) => {
    const a = div(g, node.inputs[1]!);
    return [a, neg(mul(a, node))];
  },
  pow: (node, g) => {
    const [a, b] = node.inputs as [Value, Value];
    // 0 · 0^−1 and 0 · log 0 are no numbers, where x⁰ and 0^b stand still.
    const moves = b.data?.every((x) => x !== 0) ?? false;
    const slope = mul(b, pow(a, sub(b, 1)));
    const byBase = mul(g, moves ? slope : where(equal(b, 0), 0, slope));
    return [byBase, b.op === 'constant' ? null : mul(g, node, log(where(equal(a, 0), 1, a)))];
  },
  maximum: ({ inputs: [a, b] }, g) => {
    const isB = less(a!, b!);
    return [mul(g, sub(1, isB)), mul(g, isB)];
  },
  minimum: ({ inputs: [a, b] }, g) => {
    const isB = less(b!, a!);
    return [mul(g, sub(1, isB)), mul(g, isB)];
  },
  less: none,
  equal: none,
  where: ({ inputs: [c] }, g) => [null, where(c!, g, 0), where(c!, 0, g)],
  neg: (_, g) => [neg(g)],
  exp: of1((_, y) => y),
  log: (node, g) => [div(g, node.inputs[0]!)],
  log1p: (node, g) => [div(g, add(1, node.inputs[0]!))],
  expm1: of1((_, y) => add(y, 1)),
  sqrt: (node, g) => [div(mul(g, 0.5), node)],
  abs: of1((x) => apply('sign', x)),
  sign: none,
  floor: none,
  tanh: of1((_, y) => sub(1, square(y))),
  sin: of1((x) => cos(x)),
  cos: of1((x) => neg(sin(x))),
  atan: (node, g) => [div(g, add(1, square(node.inputs[0]!)))],
  lgamma: of1((x) => apply('digamma', x)),
  logBeta: ({ inputs: [a, b] }, g) => {
    const both = apply('digamma', add(a!, b!));
    return [a, b].map((x) => mul(g, sub(apply('digamma', x!), both)));
  },
  digamma: of1((x) => apply('trigamma', x)),
  sigmoid: of1((_, y) => mul(y, sub(1, y))),
  softplus: of1((x) => sigmoid(x)),
  // φ(x)/Φ(x), which comes to −x far below 0, where the exponent would lose its digits.
  normalLogCdf: of1((x, y) =>
    where(less(x, -1e5), neg(x), exp(sub(mul(-0.5, square(x)), add(y, 0.5 * Math.log(2 * Math.PI))))),
  ),
  hold: none,
};

const others: { readonly [op: string]: Rule } = {
  write: evidenceSlopes,
  sum: (node, g) => {
    const [x] = node.inputs as [Value];
    if (sizeOf(g.shape) === 1) return [reshape(g, [])];
    const kept = x.shape.map((size, axis) => (node.axes!.includes(axis) ? 1 : size));
    return [reshape(broadcastTo(g, node.shape), kept)];
  },
  max: none,
  reshape: full((node, g) => [reshape(g, node.inputs[0]!.shape)]),
  take: full((node, g) => [scatterFlat(g, node.positions!, node.inputs[0]!.shape)]),
  scatter: full((node, g) => [takeFlat(g, node.positions!, node.inputs[0]!.shape)]),
  concat: full((node, g) => {
    let start = 0;
    return node.inputs.map((part) => {
      const from = start;
      start += sizeOf(part.shape);
      return takeFlat(
        g,
        Int32Array.from({ length: start - from }, (_, i) => from + i),
        part.shape,
      );
    });
  }),
  rows: full((node, g) => [{ op: 'scatterRows', inputs: [g, node.inputs[1]!], shape: node.inputs[0]!.shape }, null]),
  scatterRows: full((node, g) => [{ op: 'rows', inputs: [g, node.inputs[1]!], shape: node.inputs[0]!.shape }, null]),
  cumulative: full((node, g) => [
    { op: 'cumulative', inputs: [g], shape: node.shape, transposed: [!node.transposed![0]] },
  ]),
  matmul: full((node, g) => {
    const [a, b] = node.inputs as [Value, Value];
    const [ta, tb] = node.transposed as readonly [boolean, boolean];
    const byA = ta ? product(b, g, [tb, true]) : product(g, b, [false, !tb]);
    const byB = tb ? product(g, a, [true, ta]) : product(a, g, [!ta, false]);
    return [sumBatch(byA, a.shape), sumBatch(byB, b.shape)];
  }),
  solve: full((node, g) => {
    const [l, b] = node.inputs as [Value, Value];
    const [transposed] = node.transposed as readonly [boolean];
    const byB = solveLower(l, g, !transposed);
    const outer = transposed ? product(node, byB, [false, true]) : product(byB, node, [false, true]);
    return [sumBatch(neg(mul(outer, lowerMask(l.shape.at(-1)!))), l.shape), sumBatch(byB, b.shape)];
  }),
  // P = the lower part of LᵀG, diagonal halved; the gradient is the symmetric part of L⁻ᵀ P L⁻¹ (Smith, 1995; Murray, 2016).
  cholesky: full((node, g) => {
    const p = mul(product(node, g, [true, false]), lowerMask(node.shape.at(-1)!, 0.5));
    const half = solveLower(node, swapLast(solveLower(node, p, true)), true);
    return [mul(0.5, add(half, swapLast(half)))];
  }),
  random: (node, g) => {
    if (node.name !== 'gamma') return node.inputs.map(() => null);
    return [mul(g, apply('gammaSlope', node.inputs[0]!, node))];
  },
};

/** The rule of an operation. */
export function ruleOf(op: string): Rule {
  return (
    elementwise[op] ??
    others[op] ??
    (() => fail('svi/differentiate', 'BAD_MODEL', `${op} has no gradient; hold() keeps a value fixed`))
  );
}

/** Whether gradients flow through the operation at all. */
export const hasGradient = (op: string): boolean => ruleOf(op) !== none;
