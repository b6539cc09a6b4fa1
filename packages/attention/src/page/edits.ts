import type { Matrix } from '@mixtention/core';
import { attend } from '../attend/attend.ts';
import type { ScoredHead } from '../xray/head.ts';
import { mergeKeys } from '../xray/merge-keys.ts';
import { mixRows } from '../xray/mix-rows.ts';
import { pruneKeys } from '../xray/prune-keys.ts';
import { decodeFloats } from './floats.ts';
import type { HeadReport, HeadTensors } from './report.ts';

/** A head by its queries and keys, as `attend` takes it. */
export type ScoredLive = {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix | null;
  /** Log prior of the pairs `[N, K]`, −∞ where a key is hidden. */
  readonly bias?: Matrix | undefined;
  readonly mask: 'causal' | undefined;
  readonly scale: number;
};

/** A head that can be computed with; by its rows alone keys can be removed, and no more. */
export type LiveHead = ScoredLive | { readonly probabilities: Matrix; readonly v: Matrix | null };

/**
 * A head as a page holds it, made ready to compute with: floats are decoded from base64.
 *
 * @param isCausal  whether queries see no later keys; heads that come with a prior of pairs, or by their rows alone, have that in it
 * @returns q, k `[N, d]`, `[K, d]` and v `[K, e]`, or the rows `[N, K]` where queries and keys are not there
 *
 * @example
 * const [q, k] = [matrix([[1, 0]]), matrix([[1, 0], [0, 1]])];
 * liveHead(headTensors({ layer: 0, head: 0, q, k, v: null }, 1), false).k; // { data: [1, 0, 0, 1], rows: 2, cols: 2 }
 */
export function liveHead({ tensors, rows, scale }: HeadTensors, isCausal: boolean): LiveHead {
  const matrix = ({ shape, values }: { shape: readonly [number, number]; values: string }): Matrix => ({
    data: decodeFloats(values),
    rows: shape[0],
    cols: shape[1],
  });
  const { q, k, v, bias } = tensors;
  const values = v === undefined ? null : matrix(v);
  if (q === undefined || k === undefined) return { probabilities: matrix(rows!), v: values };
  const prior =
    bias === undefined ? { mask: isCausal ? ('causal' as const) : undefined } : { bias: matrix(bias), mask: undefined };
  return { q: matrix(q), k: matrix(k), v: values, ...prior, scale };
}

/**
 * R `[N, K]` of a head, by the kernel where it has queries and keys.
 *
 * @example
 * const [q, k] = [matrix([[1, 0]]), matrix([[1, 0], [0, 1]])];
 * liveRows({ q, k, v: null, mask: undefined, scale: Math.log(3) }); // { data: [0.75, 0.25], rows: 1, cols: 2 }
 */
export function liveRows(head: LiveHead): Matrix {
  if ('probabilities' in head) return head.probabilities;
  const { q, k, bias, mask, scale } = head;
  return attend(q, k, null, { bias, mask, scale, responsibilities: true }).responsibilities!;
}

/** What the page lets be done to a head. */
export type Edit =
  | { readonly kind: 'head' }
  | { readonly kind: 'prune'; readonly keys: readonly number[] }
  | { readonly kind: 'merge'; readonly i: number; readonly j: number; readonly weight: number }
  | { readonly kind: 'scale'; readonly factor: number };

/** A change as it was told and as it was found; means are over the queries that see a key before it. */
export type EditOutcome = {
  /** How exact the prediction claims to be. */
  readonly claim: 'exact' | 'first order';
  readonly told: Change;
  readonly found: Change;
  /** The largest distance between a change of output that was told and the one that was found, over queries. */
  readonly apart: number;
};

export type Change = {
  /** Mean of ‖o′ − o‖; null without values. */
  readonly output: number | null;
  /** Mean of L′ − L, nats; null where evidence is gone. */
  readonly logEvidence: number | null;
};

/**
 * Makes an edit: predicts it from what the head reads now, reads the edited head, and puts the two side by side.
 *
 * @returns null where the head does not tell what the edit needs
 *
 * @example
 * const head = { q: matrix([[1, 0]]), k: matrix([[1, 0], [0, 1]]), v: matrix([[1], [2]]), scale: Math.log(3) };
 * const report = xrayReport({ read: xray(head), model: 'mine', kind: 'tensors' }).heads[0];
 * const { claim, found } = tryEdit(head, { kind: 'prune', keys: [1] }, report);
 * claim; // 'exact'
 * found; // { output: 0.25, logEvidence: -0.288 }
 */
export function tryEdit(head: LiveHead, edit: Edit, report: Pick<HeadReport, 'queries'>): EditOutcome | null {
  const before = read(head);
  const seen = seenBy(head, before);
  if (edit.kind === 'head') return removal(before, report.queries.outputNorm, seen);
  if (edit.kind === 'prune') {
    const { after, ...told } = pruneKeys(head, edit.keys);
    // Rows do not hold L: its change can be told, and not be found.
    const found = difference(read(after), before);
    const known = 'q' in head ? found : { ...found, logEvidence: found.logEvidence.fill(Number.NaN) };
    return outcome('exact', { told, found: known, seen });
  }
  if (!('q' in head)) return null;
  if (edit.kind === 'scale')
    return outcome('first order', {
      told: firstOrder(head, edit.factor),
      found: difference(read({ ...head, scale: head.scale * edit.factor }), before),
      seen,
    });
  const { after, ...told } = mergeKeys(head, edit.i, edit.j, { weight: edit.weight });
  return outcome('exact', { told, found: difference(read(after), before), seen });
}

/** The queries that see a key: those from which all are hidden have no row that an edit could change. */
function seenBy(head: LiveHead, { logEvidence }: Read): readonly number[] {
  const sees = (n: number): boolean => {
    if ('q' in head) return logEvidence[n]! > Number.NEGATIVE_INFINITY;
    const { data, cols } = head.probabilities;
    return data.subarray(n * cols, (n + 1) * cols).some((share) => share > 0);
  };
  return Array.from(logEvidence.keys()).filter(sees);
}

type Read = { readonly output: Matrix | null; readonly logEvidence: Float64Array };

type Readable = LiveHead | Pick<ScoredHead, 'q' | 'k' | 'v' | 'bias' | 'mask' | 'scale'>;

function read(head: Readable): Read {
  if (keysOf(head) === 0) return nothing(head);
  if ('probabilities' in head)
    return {
      output: head.v && mixRows(head.probabilities.data, head.v),
      logEvidence: new Float64Array(head.probabilities.rows),
    };
  const { q, k, v, bias, mask, scale } = head;
  const { output, logEvidence } = attend(q, k, v, { bias, mask, scale });
  return { output: v === null ? null : output, logEvidence };
}

function keysOf(head: Readable): number {
  return 'probabilities' in head ? head.probabilities.cols : head.k.rows;
}

/** Of a head from which the last key has gone: an output of 0, and no evidence. */
function nothing(head: Readable): Read {
  const { rows } = 'probabilities' in head ? head.probabilities : head.q;
  return {
    output: head.v && { data: new Float64Array(rows * head.v.cols), rows, cols: head.v.cols },
    logEvidence: new Float64Array(rows).fill(Number.NEGATIVE_INFINITY),
  };
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
function removal({ output }: Read, told: HeadReport['queries']['outputNorm'], seen: readonly number[]): EditOutcome {
  const found = output && norms(output);
  const lengths = told && Float64Array.from(told, (one) => one ?? 0);
  const apart = lengths && found ? lengths.reduce((most, one, n) => Math.max(most, Math.abs(one - found[n]!)), 0) : 0;
  return {
    claim: 'exact',
    told: { output: lengths && meanOver(seen, lengths), logEvidence: null },
    found: { output: found && meanOver(seen, found), logEvidence: null },
    apart,
  };
}

/**
 * What a small change of the scale of q·k does, s being that part of the score: `o′ − o ≈ (T − 1)(Σ r s v − (Σ r s) o)` and `L′ − L ≈ (T − 1) Σ r s`.
 */
function firstOrder({ q, k, v, bias, mask, scale }: ScoredLive, factor: number): Read {
  const { responsibilities, output } = attend(q, k, v, { bias, mask, scale, responsibilities: true });
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

type Changes = { readonly told: Read; readonly found: Read; readonly seen: readonly number[] };

function outcome(claim: EditOutcome['claim'], { told, found, seen }: Changes): EditOutcome {
  const changeOf = ({ output, logEvidence }: Read): Change => {
    const change = meanOver(seen, logEvidence);
    return { output: output && meanOver(seen, norms(output)), logEvidence: Number.isFinite(change) ? change : null };
  };
  return { claim, told: changeOf(told), found: changeOf(found), apart: mostApart(told.output, found.output) };
}

function meanOver(queries: readonly number[], values: Float64Array): number {
  return queries.reduce((sum, n) => sum + values[n]!, 0) / queries.length;
}

/**
 * Euclidean lengths of rows, `[N]`.
 *
 * @example
 * norms(matrix([[3, 4], [0, 2]])); // [5, 2]
 */
export function norms({ data, rows, cols }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, n) => Math.hypot(...data.subarray(n * cols, (n + 1) * cols)));
}

function mostApart(a: Matrix | null, b: Matrix | null): number {
  if (a === null || b === null) return 0;
  return norms({ ...a, data: (a.data as Float64Array).map((one, i) => one - b.data[i]!) }).reduce(
    (most, one) => Math.max(most, one),
    0,
  );
}
