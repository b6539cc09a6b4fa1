import type { Backend, RandomSource } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { sampleGamma } from '@mixtention/core/numeric';
import { writeKernel } from './evidence.ts';
import type { Kernel, Place } from './kernel-types.ts';
import { choleskyKernel, matmulKernel, solveKernel } from './matrix-kernels.ts';
import { sampleBinomial, samplePoisson } from './sample-counts.ts';
import { sizeOf } from './shape.ts';
import type { Value } from './value.ts';

/** The operations that are no loop over numbers; emitted code and the interpreter call the same. */
export function kernels(node: Value, place: Place, backend: Backend): Kernel {
  const make = table[node.op];
  return make === undefined
    ? fail('svi/compile', 'BAD_MODEL', `unknown operation ${node.op}`)
    : make(node, place, backend);
}

const table: { readonly [op: string]: (node: Value, place: Place, backend: Backend) => Kernel } = {
  write: writeKernel,
  matmul: matmulKernel,
  solve: solveKernel,
  cholesky: choleskyKernel,
  concat: (node, { at, out }) => {
    const sizes = node.inputs.map((part) => sizeOf(part.shape));
    return (m) => {
      let next = out;
      for (let part = 0; part < sizes.length; part++) {
        const from = at[part]!;
        const size = sizes[part]!;
        for (let i = 0; i < size; i++) m[next++] = m[from + i]!;
      }
    };
  },
  scatter: (node, { at: [from], out, places }) => {
    const size = sizeOf(node.shape);
    const count = node.positions!.length;
    return (m, x) => {
      m.fill(0, out, out + size);
      for (let i = 0; i < count; i++) m[out + x[places + i]!]! += m[from! + i]!;
    };
  },
  places: (node, { at: [index], places }) => {
    const count = sizeOf(node.shape);
    return (_, x) => {
      for (let r = 0; r < count; r++) x[places + r] = x[places + count + x[index! + r]!]!;
    };
  },
  rows: (node, { at: [from, places], out }) => {
    const count = node.inputs[1]!.shape[0]!;
    const width = sizeOf(node.shape) / count;
    return (m, x) => {
      for (let r = 0; r < count; r++) {
        const start = from! + x[places! + r]! * width;
        for (let j = 0; j < width; j++) m[out + r * width + j] = m[start + j]!;
      }
    };
  },
  scatterRows: (node, { at: [from, places], out }) => {
    const count = node.inputs[1]!.shape[0]!;
    const size = sizeOf(node.shape);
    const width = sizeOf(node.inputs[0]!.shape) / count;
    return (m, x) => {
      m.fill(0, out, out + size);
      for (let r = 0; r < count; r++) {
        const start = out + x[places! + r]! * width;
        for (let j = 0; j < width; j++) m[start + j]! += m[from! + r * width + j]!;
      }
    };
  },
  cumulative: (node, { at: [from], out }) => {
    const width = node.shape.at(-1) ?? 1;
    const count = sizeOf(node.shape) / width;
    const backward = node.transposed![0];
    return (m) => {
      for (let r = 0; r < count; r++) {
        let total = 0;
        for (let j = 0; j < width; j++) {
          const i = r * width + (backward ? width - 1 - j : j);
          m[out + i] = total += m[from! + i]!;
        }
      }
    };
  },
  random: (node, { at, out }) => {
    const size = sizeOf(node.shape);
    const drawn = draws[node.name!]!(node, at);
    return (m, _, random) => {
      if (random === null)
        fail('svi/run', 'BAD_OPTION', `the program draws ${node.name} values, but no random source came`);
      for (let i = 0; i < size; i++) m[out + i] = drawn(m, random!, i);
    };
  },
};

type Draw = (m: Float64Array, random: RandomSource, i: number) => number;

const draws: { readonly [kind: string]: (node: Value, at: readonly number[]) => Draw } = {
  normal: () => (_, random) => random.normal(),
  uniform: () => (_, random) => random.uniform(),
  gamma:
    (_, [a]) =>
    (m, random, i) => {
      const shape = m[a! + i]!;
      return shape > 0 && shape < Number.POSITIVE_INFINITY ? sampleGamma(random, Math.max(shape, 1e-300)) : Number.NaN;
    },
  poisson:
    (_, [rate]) =>
    (m, random, i) =>
      samplePoisson(random, m[rate! + i]!),
  binomial:
    (_, [count, p]) =>
    (m, random, i) =>
      sampleBinomial(random, m[count! + i]!, m[p! + i]!),
  categorical: (node, [logits]) => {
    const k = node.inputs[0]!.shape.at(-1)!;
    return (m, random, i) => {
      let best = -1;
      let top = Number.NEGATIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        const score = m[logits! + i * k + c]! - Math.log(-Math.log(random.uniform()));
        if (score > top) {
          top = score;
          best = c;
        }
      }
      return best < 0 ? Number.NaN : best;
    };
  },
};
