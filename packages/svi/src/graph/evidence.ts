import type { Backend, Scores } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { takeFlat } from './arrange.ts';
import type { Kernel, Place } from './kernel-types.ts';
import { mul } from './ops.ts';
import { reshape } from './reduce.ts';
import { showShape, sizeOf } from './shape.ts';
import type { Value } from './value.ts';

/**
 * Σ_n w_n log Σ_k exp(b_k + T_n·η_k), the log evidence of rows under a mixture: the kernel of this library, whose `write` tells value and gradient in one pass.
 *
 * @param statistics  T `[N, P]`; it gets no gradient
 * @param bias        b `[K]`
 * @param natural     η `[K, P]`
 * @param weights     w `[N]`, as often as each row counts (default: once); they get no gradient
 * @throws BAD_SHAPE where these do not agree
 *
 * Cost: 2·N·K·P multiply–adds and N·K exponentials for both, N×K is never held.
 *
 * @example
 * const { run, outputs } = compile([evidence(value([[1], [2]]), value([0, 0]), value([[1], [1]]))], []);
 * run();
 * outputs; // [4.386]: 1 + 2 + 2 log 2
 */
export function evidence(statistics: Value, bias: Value, natural: Value, weights: Value | null = null): Value {
  const [n, p] = statistics.shape;
  const [k] = bias.shape;
  const agrees = n !== undefined && k !== undefined && natural.shape[0] === k && natural.shape[1] === p;
  const isWeighed = weights === null || (weights.shape.length === 1 && weights.shape[0] === n);
  const inputs = [statistics, bias, natural, ...(weights === null ? [] : [weights])];
  if (!agrees || !isWeighed || statistics.shape.length !== 2 || bias.shape.length !== 1)
    fail(
      'svi/evidence',
      'BAD_SHAPE',
      `${inputs.map(({ shape }) => showShape(shape)).join(', ')} came, [N, P], [K] and [K, P]${weights === null ? '' : ', and [N] for weights'} were due`,
    );
  const written: Value = { op: 'write', inputs, shape: [1 + sizeOf([k!, p! + 1])] };
  return takeFlat(written, Int32Array.of(0), []);
}

/** Gradients of the evidence: counts are those of biases, sums those of natural parameters. */
export function evidenceSlopes(written: Value, g: Value): readonly (Value | null)[] {
  const isEvidence = g.op === 'scatter' && g.positions!.length === 1 && g.positions![0] === 0;
  if (!isEvidence)
    return fail('svi/differentiate', 'BAD_MODEL', 'the evidence of a mixture has no second gradient here');
  const slope = reshape(g.inputs[0]!, []);
  let next = 1;
  const parts = written.inputs.slice(1, 3).map(({ shape }) => {
    const from = next;
    next += sizeOf(shape);
    return mul(
      slope,
      takeFlat(
        written,
        Int32Array.from({ length: next - from }, (_, i) => from + i),
        shape,
      ),
    );
  });
  return [null, ...parts];
}

const asTheyAre = { key: 'svi: rows', squares: 'none', width: (columns: number) => columns } as const;

/** One `write` of the kernel in float64: evidence, counts and sums, one after another. Rows that do not change are taken in once. */
export function writeKernel(node: Value, { at: [from, bias, natural, weights], out }: Place, backend: Backend): Kernel {
  const [rows, cols] = node.inputs[0]!.shape as [number, number];
  const components = node.inputs[1]!.shape[0]!;
  const width = components * cols;
  const statistics = { ...asTheyAre, statistics: (x: never) => x, logBaseMeasure: () => null };
  return (m) => {
    const scores: Scores = {
      components,
      bias: m.slice(bias!, bias! + components),
      terms: [{ form: 'linear', statistics, columns: null, width: cols, natural: m.slice(natural!, natural! + width) }],
    };
    if (!scores.bias.every((b) => b < Number.POSITIVE_INFINITY) || !scores.terms.every(isFiniteTerm)) {
      m.fill(Number.NaN, out, out + 1 + components + width);
      return;
    }
    const data = m.subarray(from!, from! + rows * cols);
    const taken = backend.take({ data, rows, cols, stride: cols });
    const { logEvidence, counts, sums } = backend.write(
      [taken],
      scores,
      weights === undefined ? {} : { rowWeights: m.subarray(weights, weights + rows) },
    );
    backend.release(taken);
    m[out] = logEvidence;
    m.set(counts, out + 1);
    m.set(sums[0]!, out + 1 + components);
  };
}

const isFiniteTerm = (term: Scores['terms'][number]): boolean =>
  term.form === 'linear' && term.natural.every(Number.isFinite);
