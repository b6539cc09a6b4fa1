import type { Matrix } from '@mixtention/core';
import { attend } from '../attend/attend.ts';
import { mergeKeys } from '../xray/merge-keys.ts';
import { pruneKeys } from '../xray/prune-keys.ts';
import { decodeFloats } from './floats.ts';
import type { HeadReport, HeadTensors } from './report.ts';

/** A head as `attend` takes it. */
export type LiveHead = {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix | null;
  readonly mask: 'causal' | undefined;
  readonly scale: number;
};

export function liveHead({ shapes, q, k, v, scale }: HeadTensors, isCausal: boolean): LiveHead {
  const matrix = (text: string, [rows, cols]: readonly [number, number]): Matrix => ({
    data: decodeFloats(text),
    rows,
    cols,
  });
  return {
    q: matrix(q, shapes.q),
    k: matrix(k, shapes.k),
    v: v === null ? null : matrix(v, shapes.v!),
    mask: isCausal ? 'causal' : undefined,
    scale,
  };
}

/** What the page lets be done to a head. */
export type Edit =
  | { readonly kind: 'head' }
  | { readonly kind: 'prune'; readonly keys: readonly number[] }
  | { readonly kind: 'merge'; readonly i: number; readonly j: number; readonly weight: number }
  | { readonly kind: 'scale'; readonly factor: number };

/** A change as it was told and as it was found; lengths are means over queries. */
export type Outcome = {
  /** How exact the prediction claims to be. */
  readonly claim: 'exact' | 'first order';
  readonly told: Change;
  readonly found: Change;
  /** The largest distance between a change of output that was told and the one that was found, over queries. */
  readonly apart: number;
};

export type Change = {
  /** Mean over queries of ‖o′ − o‖; null without values. */
  readonly output: number | null;
  /** Mean over queries of L′ − L, nats; null where evidence is gone. */
  readonly logEvidence: number | null;
};

/** Makes an edit: predicts it from what the head reads now, reads the edited head, and puts the two side by side. */
export function tryEdit(head: LiveHead, edit: Edit, report: Pick<HeadReport, 'queries'>): Outcome {
  const before = read(head, head.scale);
  if (edit.kind === 'scale')
    return outcome(
      'first order',
      firstOrder(head, edit.factor),
      difference(read(head, head.scale * edit.factor), before),
    );
  if (edit.kind === 'head') return removal(before, report.queries.outputNorm);
  const told =
    edit.kind === 'prune' ? pruneKeys(head, edit.keys) : mergeKeys(head, edit.i, edit.j, { weight: edit.weight });
  const after = told.after as {
    readonly q: Matrix;
    readonly k: Matrix;
    readonly v: Matrix | null;
    readonly bias?: never;
    readonly mask?: never;
    readonly scale: number;
  };
  const { output, logEvidence } = attend(after.q, after.k, after.v, {
    bias: after.bias,
    mask: after.mask,
    scale: after.scale,
  });
  return outcome('exact', told, difference({ output, logEvidence }, before));
}

type Read = { readonly output: Matrix | null; readonly logEvidence: Float64Array };

function read({ q, k, v, mask }: LiveHead, scale: number): Read {
  const { output, logEvidence } = attend(q, k, v, { mask, scale });
  return { output: v === null ? null : output, logEvidence };
}

function difference(after: Read, before: Read): Read {
  return {
    output: before.output && {
      ...before.output,
      data: before.output.data.map((one, i) => after.output!.data[i]! - one) as Float64Array,
    },
    logEvidence: after.logEvidence.map((one, n) => (one === before.logEvidence[n] ? 0 : one - before.logEvidence[n]!)),
  };
}

/** Without a head the layer lacks its output: told by the lengths in the report, found by reading the head here. */
function removal({ output }: Read, told: HeadReport['queries']['outputNorm']): Outcome {
  const found = output && norms(output);
  const mean = (values: ArrayLike<number> | null): number | null =>
    values && Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  const lengths = told && Float64Array.from(told, (one) => one ?? 0);
  const apart = lengths && found ? lengths.reduce((most, one, n) => Math.max(most, Math.abs(one - found[n]!)), 0) : 0;
  return {
    claim: 'exact',
    told: { output: mean(lengths), logEvidence: null },
    found: { output: mean(found), logEvidence: null },
    apart,
  };
}

/**
 * What a small change of the scale does: `o′ − o ≈ (T − 1)(Σ r s v − (Σ r s) o)` and `L′ − L ≈ (T − 1) Σ r s`.
 */
function firstOrder({ q, k, v, mask, scale }: LiveHead, factor: number): Read {
  const { responsibilities, output } = attend(q, k, v, { mask, scale, responsibilities: true });
  const r = responsibilities!;
  const logEvidence = new Float64Array(q.rows);
  const change = v && { data: new Float64Array(q.rows * v.cols), rows: q.rows, cols: v.cols };
  for (let n = 0; n < q.rows; n++) {
    const scores = Float64Array.from({ length: k.rows }, (_, key) => {
      let product = 0;
      for (let c = 0; c < q.cols; c++) product += q.data[n * q.cols + c]! * k.data[key * q.cols + c]!;
      return scale * product;
    });
    const mean = scores.reduce((sum, s, key) => sum + r.data[n * k.rows + key]! * s, 0);
    logEvidence[n] = (factor - 1) * mean;
    if (change === null || v === null) continue;
    for (let c = 0; c < v.cols; c++) {
      let moment = 0;
      for (let key = 0; key < k.rows; key++)
        moment +=
          r.data[n * k.rows + key]! *
          (scores[key]! - mean) *
          (v.data[key * v.cols + c]! - output.data[n * v.cols + c]!);
      change.data[n * v.cols + c] = (factor - 1) * moment;
    }
  }
  return { output: change, logEvidence };
}

function outcome(claim: Outcome['claim'], told: Read, found: Read): Outcome {
  const changeOf = ({ output, logEvidence }: Read): Change => ({
    output: meanNorm(output),
    logEvidence: finiteMean(logEvidence),
  });
  return { claim, told: changeOf(told), found: changeOf(found), apart: mostApart(told.output, found.output) };
}

function meanNorm(matrix: Matrix | null): number | null {
  if (matrix === null) return null;
  return norms(matrix).reduce((a, b) => a + b, 0) / matrix.rows;
}

/** Lengths of rows. */
export function norms({ data, rows, cols }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, n) => Math.hypot(...data.subarray(n * cols, (n + 1) * cols)));
}

function finiteMean(values: Float64Array): number | null {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Number.isFinite(mean) ? mean : null;
}

function mostApart(a: Matrix | null, b: Matrix | null): number {
  if (a === null || b === null) return 0;
  return norms({ ...a, data: (a.data as Float64Array).map((one, i) => one - b.data[i]!) }).reduce(
    (most, one) => Math.max(most, one),
    0,
  );
}
