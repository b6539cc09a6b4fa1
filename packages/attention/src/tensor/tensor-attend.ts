import type { Backend } from '@mixtention/core';
import type { Tf } from '@mixtention/core/backends';
import { fail } from '@mixtention/core/base';
import { fusedBackend } from '@mixtention/core/fused';
import { tensorOps } from '@mixtention/core/tensor';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { attend } from '../attend/attend.ts';
import { attendGradient } from '../attend/attend-gradient.ts';
import type { AttendHeadsOptions, AttentionReading } from '../attend/types.ts';

export type TensorAttendOptions = Omit<
  AttendHeadsOptions,
  'bias' | 'variance' | 'valueVariance' | 'responsibilities' | 'labels'
> & {
  /** Log prior of the keys `[K]`, or of pairs `[N, K]`; a tensor, by which the op is differentiable too. */
  readonly bias?: Tensor1D | Tensor2D | undefined;
};

/** `output` `[…, N, V]` and `logEvidence` `[…, N]`, both differentiable. */
export type TensorReading = { readonly output: Tensor; readonly logEvidence: Tensor };

/**
 * `attend` as an op of tfjs, with gradients by queries, keys, values and bias: tile by tile, so that N×K is held neither forwards nor backwards, as it would be
 * between the ops of a softmax.
 *
 * Leading axes are heads (and samples); keys and values may have fewer, as `attend` says. Biases are for all heads.
 *
 * @param tf  tfjs-core, or a union that carries it, with a backend set
 * @param q   `[…, N, d]`
 * @param k   `[…, K, d]`
 * @param v   `[…, K, V]`
 * @param options  those of `attend` for heads; `backend` is where the kernel runs, by default the fused one in float32
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
 *
 * Cost: as `attend` and `attendGradient`, and copies of the tensors to the host and back.
 *
 * @example
 * const [q, k, v] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[4, 0], [0, 4]]), tf.tensor2d([[10], [20]])];
 * const { output } = tensorAttend(tf, q, k, v); // [[10.56]]
 * tf.grad((values) => tf.sum(tensorAttend(tf, q, k, values).output))(v); // [[0.94], [0.06]]: the responsibilities
 */
export function tensorAttend(
  tf: Tf,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { bias, backend, ...options }: TensorAttendOptions = {},
): TensorReading {
  const where = 'attention/tensorAttend';
  tensorOps(tf);
  for (const [name, tensor] of Object.entries({ queries: q, keys: k, values: v }))
    if (tensor.rank < 2) fail(where, 'BAD_SHAPE', `the ${name} have shape [${tensor.shape}], rank 2 or more was due`);
  return tf.tidy(() => {
    const [N, V] = [q.shape.at(-2)!, v.shape.at(-1)!];
    const heads = (tensor: Tensor): Tensor3D =>
      tf.reshape(tensor, [-1, tensor.shape.at(-2)!, tensor.shape.at(-1)!]) as Tensor3D;
    const own = { ...options, backend: backend ?? (kernel ??= fusedBackend()) };
    const packed = attentionOp(tf, own)(heads(q), heads(k), heads(v), bias ?? tf.zeros([k.shape.at(-2)!]));
    const leading = q.shape.slice(0, -2);
    const H = packed.shape[0]!;
    return {
      output: tf.reshape(tf.slice(packed, [0, 0, 0], [H, N, V]), [...leading, N, V]),
      logEvidence: tf.reshape(tf.slice(packed, [0, 0, V], [H, N, 1]), [...leading, N]),
    };
  });
}

let kernel: Backend | null = null;

type Op = (q: Tensor3D, k: Tensor3D, v: Tensor3D, bias: Tensor) => Tensor;

/** Output and evidence side by side, `[H, N, V + 1]`: an op of tfjs has one result. */
function attentionOp(tf: Tf, options: AttendHeadsOptions): Op {
  return tf.customGrad((...given) => {
    const [q, k, v, bias] = given as unknown as [Tensor3D, Tensor3D, Tensor3D, Tensor];
    const own = { ...options, bias: bias.rank === 1 ? Float64Array.from(bias.dataSync()) : (bias as Tensor2D) };
    const inputs = [hostOf(q), hostOf(k), hostOf(v)] as const;
    const readings = attend(...inputs, own);
    const gradFunc = (upstream: Tensor): Tensor[] => {
      const [H, N, wide] = upstream.shape as [number, number, number];
      const all = upstream.dataSync<'float32'>();
      const downstream = readings.map((reading, h) => ({ reading, gradient: unpack(all, h, N, wide - 1) }));
      const gradients = attendGradient(...inputs, downstream, own);
      const G = k.shape[0];
      const ofGroups = Array.from({ length: G }, (_, g) => gradients[(g * H) / G]!);
      const stack = (parts: readonly Float64Array[], like: Tensor): Tensor => tf.tensor(joined(parts), like.shape);
      const ofBias = gradients.map((own) => own.pairBias?.data ?? own.bias);
      return [
        stack(
          gradients.map(({ queries }) => queries.data),
          q,
        ),
        stack(
          ofGroups.map(({ keys }) => keys.data),
          k,
        ),
        stack(
          ofGroups.map(({ values }) => values.data),
          v,
        ),
        tf.tensor(Float32Array.from(summed(ofBias)), bias.shape),
      ];
    };
    return { value: tf.tensor(packed(readings), [q.shape[0], q.shape[1], v.shape[2] + 1]), gradFunc };
  }) as Op;
}

type Host = { readonly data: Float32Array; readonly shape: readonly [number, number, number] };

/** A copy: the memory of a tensor may be another's by the time gradients are asked for. */
function hostOf(tensor: Tensor3D): Host {
  return { data: Float32Array.from(tensor.dataSync()), shape: tensor.shape };
}

function packed(readings: readonly AttentionReading[]): Float32Array {
  return joined(
    readings.map(({ output, logEvidence }) => {
      const { rows: N, cols: V, data } = output;
      const own = new Float64Array(N * (V + 1));
      for (let n = 0; n < N; n++) {
        own.set(data.subarray(n * V, (n + 1) * V), n * (V + 1));
        own[n * (V + 1) + V] = logEvidence[n]!;
      }
      return own;
    }),
  );
}

function unpack(
  all: Float32Array,
  head: number,
  N: number,
  V: number,
): {
  readonly output: { readonly data: Float64Array; readonly rows: number; readonly cols: number };
  readonly logEvidence: Float64Array;
} {
  const output = new Float64Array(N * V);
  const logEvidence = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const from = (head * N + n) * (V + 1);
    output.set(all.subarray(from, from + V), n * V);
    logEvidence[n] = all[from + V]!;
  }
  return { output: { data: output, rows: N, cols: V }, logEvidence };
}

function joined(parts: readonly Float64Array[]): Float32Array {
  const size = parts[0]!.length;
  const all = new Float32Array(parts.length * size);
  parts.forEach((part, h) => {
    all.set(part, h * size);
  });
  return all;
}

function summed(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts[0]!.length);
  for (const part of parts)
    part.forEach((value, i) => {
      all[i]! += value;
    });
  return all;
}
