import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions, countedWas, fail } from '@mixtention/core/base';
import { diameter } from './consequence.ts';
import { headsOf, type XrayInput } from './heads-of.ts';
import { mixRows } from './mix-rows.ts';
import { readHead } from './read-head.ts';

/** What an edit of the heads of a layer does to the sum of their outputs, told beforehand. */
export type HeadsConsequence = {
  /** `o′ − o` `[N, V]`, of o = Σ_h R_h V_h */
  readonly output: Matrix;
  /** What `‖o′ − o‖` can be at most, `[N]`, told without looking at outputs. */
  readonly bound: Float64Array;
  /** The heads after the edit, by their rows `[H, N, K]` and values `[H, K, V]`: `xray` them, and the change is the one that was told. */
  readonly after: { readonly probabilities: Stack; readonly v: Stack };
};

type Stack = { readonly data: Float64Array; readonly shape: readonly number[] };
type Options = { readonly backend?: Backend | undefined };

/**
 * What taking heads out of a layer changes: their outputs go.
 *
 *     o′ − o = −Σ_{h∈S} R_h V_h     ‖o′ − o‖ ≤ Σ_{h∈S} max_k ‖v_hk‖
 *
 * Heads add up, so values are to be in units of what they are added to: `xrayTransformer` gives them so, W_V W_O of each head together.
 *
 * @param input  the heads of one layer, with v
 * @param heads  S, counted from 0; one must be left
 * @throws BAD_OPTION for a head that is not there, or heads without values; as `xray` for the heads
 *
 * Cost: as one reading of each head with its responsibilities.
 *
 * @example
 * const layer = { q: [[[1, 0]], [[0, 1]]], k: [[[9, 0], [0, 9]], [[9, 0], [0, 9]]], v: [[[1], [2]], [[3], [5]]], scale: 1 };
 * pruneHeads(layer, [1]).output.data; // [-5.00]
 */
export function pruneHeads(input: XrayInput, heads: readonly number[], options: Options = {}): HeadsConsequence {
  const where = 'attention/pruneHeads';
  checkOptions(where, options, ['backend']);
  const all = readLayer(input, options, where);
  const removed = new Set(heads.map((head) => checkHead(head, all.length, where)));
  const left = all.filter((_, h) => !removed.has(h));
  if (left.length === 0)
    fail(
      where,
      'BAD_OPTION',
      `${countedWas(all.length, 'head')} to be taken out of ${all.length}, one at least has to be left`,
    );
  const gone = all.filter((_, h) => removed.has(h));
  const [{ r, v }] = all as [LayerHead];
  const output = { data: new Float64Array(r.rows * v.cols), rows: r.rows, cols: v.cols };
  for (const one of gone) {
    const own = mixRows(one.r.data, one.v).data;
    for (let i = 0; i < own.length; i++) output.data[i]! -= own[i]!;
  }
  const longest = gone.reduce((sum, one) => sum + longestRow(one.v), 0);
  return { output, bound: new Float64Array(r.rows).fill(longest), after: stacked(left) };
}

/**
 * What making two heads of a layer one changes: it reads the mean of their rows, and has the sum of their values.
 *
 *     r̄ = (r_a + r_b)/2     v̄_k = v_ak + v_bk     o′ − o = ½ Σ_k (r_ak − r_bk)(v_bk − v_ak)     ‖o′ − o‖ ≤ ½ TV(r_a, r_b) · diam(V_b − V_a)
 *
 * So heads that read alike (`redundancy` 0), or whose values differ by the same vector for all keys, are one without any change.
 *
 * @param input  the heads of one layer, with v
 * @returns the change, and the heads with the merged one in the place of a, and b gone
 * @throws BAD_OPTION for heads that are not there, or the same; as `xray` for the heads
 *
 * Cost: as one reading of each head with its responsibilities; K²·V for the bound.
 *
 * @example
 * const layer = { q: [[[1, 0]], [[0, 1]]], k: [[[9, 0], [0, 9]], [[9, 0], [0, 9]]], v: [[[1], [2]], [[3], [5]]], scale: 1 };
 * const { output, after } = mergeHeads(layer, 0, 1);
 * output.data; // [-0.50]
 * after.v; // { data: [4, 7], shape: [1, 2, 1] }
 */
export function mergeHeads(input: XrayInput, a: number, b: number, options: Options = {}): HeadsConsequence {
  const where = 'attention/mergeHeads';
  checkOptions(where, options, ['backend']);
  const all = readLayer(input, options, where);
  const [first, second] = [all[checkHead(a, all.length, where)]!, all[checkHead(b, all.length, where)]!];
  if (a === b) fail(where, 'BAD_OPTION', `head ${a} was to be merged with itself, two heads were due`);
  const apart = combined(second.v, first.v, -1);
  const halves = first.r.data.map((share, i) => (share - second.r.data[i]!) / 2);
  const merged = {
    r: { ...first.r, data: first.r.data.map((share, i) => (share + second.r.data[i]!) / 2) },
    v: combined(first.v, second.v, 1),
  };
  const width = diameter(apart);
  const { rows: N, cols: K } = first.r;
  return {
    output: signedMix(halves, apart),
    bound: Float64Array.from({ length: N }, (_, n) => {
      const distance = halves.subarray(n * K, (n + 1) * K).reduce((sum, own) => sum + Math.abs(own), 0);
      return (distance / 2) * width;
    }),
    after: stacked(all.map((one, h) => (h === a ? merged : one)).filter((_, h) => h !== b)),
  };
}

type LayerHead = { readonly r: Rows; readonly v: Rows };
type Rows = Matrix & { readonly data: Float64Array };

function readLayer(input: XrayInput, { backend = plain }: Options, where: string): LayerHead[] {
  const placed = headsOf(input, where);
  if (placed.some(({ layer }) => layer !== placed[0]!.layer))
    fail(where, 'BAD_SHAPE', 'heads of several layers came, those of one were due: give tensors of three dimensions');
  return placed.map(({ given }) => {
    const { queries, keys, values, rows } = readHead(given, { backend, where });
    if (values === null) return fail(where, 'BAD_OPTION', 'what heads add to a layer needs their values: give v');
    const v = { ...values, data: Float64Array.from(values.data) };
    return { r: { data: rows(0, queries).r, rows: queries, cols: keys }, v };
  });
}

function checkHead(head: number, heads: number, where: string): number {
  if (Number.isInteger(head) && head >= 0 && head < heads) return head;
  return fail(where, 'BAD_OPTION', `head ${head} is not there; heads are counted from 0 to ${heads - 1}`);
}

function combined(a: Rows, b: Rows, sign: number): Rows {
  return { ...a, data: a.data.map((own, i) => own + sign * b.data[i]!) };
}

/** As `mixRows`, of shares that may be negative. */
function signedMix(shares: Float64Array, { data, rows: K, cols }: Rows): Rows {
  const rows = shares.length / K;
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < shares.length; i++)
    for (let c = 0; c < cols; c++) out[Math.floor(i / K) * cols + c]! += shares[i]! * data[(i % K) * cols + c]!;
  return { data: out, rows, cols };
}

function longestRow({ data, rows, cols }: Rows): number {
  return Array.from({ length: rows }, (_, k) => Math.hypot(...data.subarray(k * cols, (k + 1) * cols))).reduce(
    (most, own) => Math.max(most, own),
    0,
  );
}

function stacked(heads: readonly LayerHead[]): HeadsConsequence['after'] {
  const stack = (parts: readonly Rows[]): Stack => {
    const [{ rows, cols }] = parts as [Rows];
    const data = new Float64Array(parts.length * rows * cols);
    parts.forEach((part, h) => {
      data.set(part.data, h * rows * cols);
    });
    return { data, shape: [parts.length, rows, cols] };
  };
  return { probabilities: stack(heads.map(({ r }) => r)), v: stack(heads.map(({ v }) => v)) };
}
