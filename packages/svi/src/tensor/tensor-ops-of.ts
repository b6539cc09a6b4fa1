import { plain, type RandomSource } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import { tensorOps } from '@mixtention/core/tensor';
import type { Tensor } from '@tensorflow/tfjs-core';
import { elementwise } from '../graph/elementwise.ts';
import { type Shape, sizeOf, type Value } from '../graph/index.ts';
import { kernels } from '../graph/kernels.ts';
import { normalLogCdf } from './normal-log-cdf.ts';

/** One node of a graph as ops of tfjs. */
export type TensorOp = (node: Value, inputs: readonly Tensor[], random: RandomSource | null) => Tensor;

/** Every operation of graphs on tensors, by name: those of a forward pass; gradients are those of tfjs. */
export function tensorOpsOf(tf: Tf): { readonly [op: string]: TensorOp } {
  const { cholesky, triangularSolve, lgamma, digamma } = tensorOps(tf);
  const unary =
    (op: (x: Tensor) => Tensor): TensorOp =>
    (_, [x]) =>
      op(x!);
  const binary =
    (op: (a: Tensor, b: Tensor) => Tensor): TensorOp =>
    (_, [a, b]) =>
      op(a!, b!);
  /** Comparisons, which tfjs has no gradients of: it is 0 everywhere. */
  const comparison = (compare: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor): Tensor =>
    tf.customGrad((x, y) => ({
      value: compare(x as Tensor, y as Tensor),
      gradFunc: () => [tf.zerosLike(a), tf.zerosLike(b)],
    }))(a, b);
  const flags =
    (compare: (a: Tensor, b: Tensor) => Tensor): TensorOp =>
    (_, [a, b]) =>
      comparison((x, y) => tf.cast(compare(x, y), 'float32'), a!, b!);
  const { gather, scatter, hold } = moves(tf);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1]);
  /** Leading axes as one, stretched where one side has none. */
  const batched = (x: Tensor, count: number): Tensor => {
    const [n, k] = x.shape.slice(-2) as [number, number];
    const own = tf.reshape(x, [-1, n, k]);
    return own.shape[0] === count ? own : tf.broadcastTo(own, [count, n, k]);
  };
  const batchOf = (shape: Shape): number => sizeOf(shape.slice(0, -2));
  return {
    add: binary(tf.add),
    sub: binary(tf.sub),
    mul: binary(tf.mul),
    div: binary(tf.div),
    pow: binary(tf.pow),
    maximum: binary(tf.maximum),
    minimum: binary(tf.minimum),
    less: flags(tf.less),
    equal: flags(tf.equal),
    where: (_, [c, a, b]) => tf.where(comparison(tf.notEqual, c!, tf.scalar(0)), a!, b!),
    neg: unary(tf.neg),
    exp: unary(tf.exp),
    log: unary(tf.log),
    log1p: unary(tf.log1p),
    expm1: unary(tf.expm1),
    sqrt: unary(tf.sqrt),
    abs: unary(tf.abs),
    sign: unary(tf.sign),
    tanh: unary(tf.tanh),
    sin: unary(tf.sin),
    cos: unary(tf.cos),
    atan: unary(tf.atan),
    floor: unary(tf.floor),
    sigmoid: unary(tf.sigmoid),
    softplus: unary(tf.softplus),
    normalLogCdf: unary((x) => normalLogCdf(tf, x, comparison(tf.less, x, tf.scalar(-3)))),
    lgamma: unary(lgamma),
    digamma: unary(digamma),
    logBeta: binary((a, b) => tf.sub(tf.add(lgamma(a), lgamma(b)), lgamma(tf.add(a, b)))),
    hold: unary(hold),
    sum: ({ axes, shape }, [x]) => tf.reshape(tf.sum(x!, [...axes!]), [...shape]),
    max: ({ axes, shape }, [x]) => hold(tf.reshape(tf.max(x!, [...axes!]), [...shape])),
    reshape: ({ shape }, [x]) => tf.reshape(x!, [...shape]),
    take: ({ positions, shape }, [x]) => tf.reshape(gather(flat(x!), positions!), [...shape]),
    scatter: ({ positions, shape }, [x]) => tf.reshape(scatter(flat(x!), positions!, sizeOf(shape)), [...shape]),
    concat: ({ shape }, inputs) => tf.reshape(tf.concat(inputs.map(flat)), [...shape]),
    places: ({ positions }, [which]) =>
      tf.tensor1d(
        Int32Array.from(which!.dataSync(), (row) => positions![row]!),
        'int32',
      ),
    rows: ({ inputs: [from], shape }, [x, which]) => {
      const width = sizeOf(from!.shape.slice(1));
      const places = Array.from(which!.dataSync()).flatMap((row) =>
        Array.from({ length: width }, (_, j) => row * width + j),
      );
      return tf.reshape(gather(flat(x!), Int32Array.from(places)), [...shape]);
    },
    cumulative: ({ transposed }, [x]) => tf.cumsum(x!, x!.rank - 1, false, transposed![0]),
    matmul: ({ transposed, shape }, [a, b]) => {
      const count = batchOf(shape);
      const [ta, tb] = transposed as readonly [boolean, boolean];
      return tf.reshape(tf.matMul(batched(a!, count), batched(b!, count), ta, tb), [...shape]);
    },
    solve: ({ transposed, shape }, [l, b]) => {
      const count = batchOf(shape);
      const adjoint = transposed![0]!;
      return tf.reshape(triangularSolve(batched(l!, count), batched(b!, count), { adjoint }), [...shape]);
    },
    cholesky: (_, [a]) => cholesky(a!),
    // Evidence, counts and sums of a mixture, as `write` of the kernel tells them; here N×K is held.
    write: (_, [rows, bias, natural, weights]) => {
      const scores = tf.add(tf.matMul(rows!, natural!, false, true), bias!);
      const evidence = tf.logSumExp(scores, -1);
      const shares = tf.exp(tf.sub(scores, tf.expandDims(evidence, -1)));
      const counted = weights === undefined ? shares : tf.mul(shares, tf.expandDims(weights, -1));
      const total = tf.sum(weights === undefined ? evidence : tf.mul(evidence, weights));
      return tf.concat([flat(total), flat(tf.sum(counted, 0)), flat(tf.matMul(counted, rows!, true))]);
    },
    random: (node, inputs, random) => drawn(tf, node, inputs, random),
  };
}

/** What tfjs has no gradient for on every backend: places of an array, and their inverse; and what is held. */
function moves(tf: Tf) {
  const indices = (positions: Int32Array): Tensor => tf.tensor2d(positions, [positions.length, 1], 'int32');
  const gather = (x: Tensor, positions: Int32Array): Tensor =>
    tf.customGrad((given) => {
      const from = given as Tensor;
      return {
        value: tf.gather(from, tf.tensor1d(positions, 'int32')),
        gradFunc: (g) => scatter(g as Tensor, positions, from.size),
      };
    })(x);
  const scatter = (x: Tensor, positions: Int32Array, size: number): Tensor =>
    tf.customGrad((given) => ({
      value: tf.scatterND(indices(positions), given as Tensor, [size]),
      gradFunc: (g) => gather(g as Tensor, positions),
    }))(x);
  const hold = (x: Tensor): Tensor =>
    tf.customGrad((given) => ({ value: tf.clone(given as Tensor), gradFunc: (g) => tf.zerosLike(g as Tensor) }))(x);
  return { gather, scatter, hold };
}

/** Draws are made on the host from the keyed stream, as in float64; a gamma variate has its implicit gradient. */
function drawn(tf: Tf, node: Value, inputs: readonly Tensor[], random: RandomSource | null): Tensor {
  if (random === null)
    return fail('svi/tensor', 'BAD_OPTION', `the model draws ${node.name} values, but no random source came`);
  const given = inputs.map((x) => x.dataSync());
  const starts = given.map((_, i) => given.slice(0, i).reduce((total, { length }) => total + length, 0));
  const out = given.reduce((total, { length }) => total + length, 0);
  const m = new Float64Array(out + sizeOf(node.shape));
  given.forEach((numbers, i) => {
    m.set(numbers, starts[i]!);
  });
  kernels(node, { at: starts, out, places: 0 }, plain)(m, new Int32Array(0), random);
  const numbers = m.subarray(out);
  const made = (x: Float64Array): Tensor => tf.tensor(Float32Array.from(x), [...node.shape]);
  if (node.name !== 'gamma') return made(numbers);
  const slope = elementwise.gammaSlope!.apply;
  const slopes = numbers.map((x, i) => slope(m[i]!, x, 0));
  return tf.customGrad(() => ({ value: made(numbers), gradFunc: (g) => tf.mul(g as Tensor, made(slopes)) }))(
    inputs[0]!,
  );
}
