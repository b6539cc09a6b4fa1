import type { Backend, Matrix } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import { rotate } from '../attend/rotary.ts';
import { joinColumns, splitColumns } from '../layers/head-columns.ts';
import type { Architecture } from './architecture.ts';
import { linear } from './linear.ts';
import { activate, add, normalize } from './pointwise.ts';
import type { LayerWeights, Norm, WeightReader } from './weights.ts';

/** A Transformer whose weights are read layer by layer, as they are used. */
export type Transformer = { readonly architecture: Architecture; readonly weights: WeightReader };

/** The heads of a layer as they enter attention: rotary positions are in queries and keys. */
export type LayerHeads = {
  readonly layer: number;
  /** `[H]` of `[N, d]` */
  readonly q: readonly Matrix[];
  /** Fewer than queries where they are grouped. */
  readonly k: readonly Matrix[];
  readonly v: readonly Matrix[];
  /** The map from the outputs of all heads, side by side, to the stream: `[width, H·d]`. */
  readonly output: Matrix;
  /** What all heads together add to the stream, without the layer's offset, `[N, width]`. */
  readonly added: Matrix;
};

/** What a Transformer computes on its way, with its shape, the last dimension running fastest. */
export type TransformerActivation = { readonly shape: readonly number[]; readonly data: Float64Array };

/** Hears of every activation, by name; it is made a copy where that is asked for. */
export type Note = (name: string, make: () => TransformerActivation) => void;

export type Pass = {
  readonly where: string;
  readonly backend: Backend;
  readonly onLayer?: ((heads: LayerHeads) => void) | undefined;
  readonly note?: Note | undefined;
};

/**
 * One pass over one text.
 *
 * @returns hidden states `[layers + 1]` of `[N, width]`
 */
export function forward({ architecture, weights }: Transformer, ids: readonly number[], pass: Pass): readonly Matrix[] {
  const { note } = pass;
  checkTokens(ids, architecture, pass.where);
  const states: Matrix[] = [];
  let stream = embed(weights, architecture, ids, note);
  for (let layer = 0; layer < architecture.layers; layer++) {
    states.push({ ...stream, data: stream.data.slice() });
    stream = runLayer(stream, weights.layer(layer), { ...pass, layer, architecture, at: `blocks.${layer}` });
  }
  const finalNorm = weights.finalNorm();
  if (finalNorm !== null) {
    normalize(stream, finalNorm, architecture);
    note?.('ln_final.hook_normalized', rowsOf(stream));
  }
  return [...states, stream];
}

function checkTokens(ids: readonly number[], { vocabulary, positions }: Architecture, where: string): void {
  if (ids.length === 0) fail(where, 'BAD_DATA', 'the text has no tokens');
  if (ids.length > positions)
    fail(where, 'BAD_DATA', `the text has ${counted(ids.length, 'token')}, the model reads ${positions} at most`);
  const bad = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (bad !== undefined)
    fail(
      where,
      'BAD_DATA',
      `token ${bad} is not in a vocabulary of ${vocabulary}; was it made by the tokenizer of another model?`,
    );
}

type Stream = Matrix & { readonly data: Float64Array };

function rowsOf({ data, rows, cols }: Matrix): () => TransformerActivation {
  return () => ({ shape: [rows, cols], data: Float64Array.from(data) });
}

function embed(weights: WeightReader, architecture: Architecture, ids: readonly number[], note?: Note): Stream {
  const { words, places, segment, norm } = weights.embeddings();
  const { width } = architecture;
  const N = ids.length;
  const made = (cell: (n: number, c: number) => number): Stream => ({
    data: Float64Array.from({ length: N * width }, (_, i) => cell(Math.floor(i / width), i % width)),
    rows: N,
    cols: width,
  });
  const parts = [
    { name: 'hook_embed', stream: made((n, c) => words.data[ids[n]! * width + c]!) },
    places && { name: 'hook_pos_embed', stream: made((n, c) => places.data[n * width + c]!) },
    segment && { name: 'hook_token_type_embed', stream: made((_, c) => segment[c]!) },
  ].filter((part) => part !== null);
  for (const { name, stream } of parts) note?.(name, rowsOf(stream));
  const sum = made(() => 0);
  for (const { stream } of parts) add(sum.data, stream.data);
  if (norm !== null) {
    normalize(sum, norm, architecture);
    note?.('hook_full_embed', rowsOf(sum));
  }
  return sum;
}

type Place = Pass & { readonly layer: number; readonly architecture: Architecture; readonly at: string };

/** Norms stand before attention and hidden layer in decoders, behind them and the sum in BERT. */
function runLayer(stream: Stream, weights: LayerWeights, place: Place): Stream {
  const { architecture, note, at } = place;
  const isBefore = architecture.kind !== 'bert';
  const normalized = (x: Stream, norm: Norm, name: string): Stream => {
    const own = { ...x, data: x.data.slice() };
    normalize(own, norm, architecture);
    note?.(`${at}.${name}.hook_normalized`, rowsOf(own));
    return own;
  };
  note?.(`${at}.hook_resid_pre`, rowsOf(stream));
  const entering = isBefore ? normalized(stream, weights.attentionNorm, 'ln1') : stream;
  const middle = runAttention(entering, weights, place);
  note?.(`${at}.hook_attn_out`, rowsOf(middle));
  add(middle.data, stream.data);
  note?.(`${at}.hook_resid_mid`, rowsOf(middle));
  const told = isBefore ? weights.hiddenNorm : weights.attentionNorm;
  const read = normalized(middle, told, isBefore ? 'ln2' : 'ln1');
  const left = runHidden(read, weights, place);
  note?.(`${at}.hook_mlp_out`, rowsOf(left));
  add(left.data, (isBefore ? middle : read).data);
  note?.(`${at}.hook_resid_post`, rowsOf(left));
  if (isBefore) return left;
  const after = normalized(left, weights.hiddenNorm, 'ln2');
  note?.(`${at}.hook_normalized_resid_post`, rowsOf(after));
  return after;
}

/** `W_down f(W_up x)`, or `W_down (f(W_gate x) · W_up x)`. */
function runHidden(x: Stream, { up, gate, down }: LayerWeights, { architecture, backend, note, at }: Place): Stream {
  const hidden = linear(x, up, backend);
  const gates = gate && linear(x, gate, backend);
  note?.(`${at}.mlp.hook_pre`, rowsOf(gates ?? hidden));
  if (gates !== null) note?.(`${at}.mlp.hook_pre_linear`, rowsOf(hidden));
  activate(hidden, gates, architecture.activation);
  note?.(`${at}.mlp.hook_post`, rowsOf(hidden));
  return linear(hidden, down, backend);
}

function runAttention(x: Stream, weights: LayerWeights, place: Place): Stream {
  const { layer, architecture, backend, onLayer } = place;
  const { heads, keyHeads, rotaryBase, headWidth, isCausal } = architecture;
  const places = Float64Array.from({ length: x.rows }, (_, n) => n);
  const turned = (rows: Matrix): Matrix =>
    rotaryBase === null ? rows : rotate(rows, places, { base: rotaryBase, pairs: 'halves', columns: headWidth }, 1);
  const raw = {
    q: splitColumns(linear(x, weights.query, backend), heads),
    k: splitColumns(linear(x, weights.key, backend), keyHeads),
  };
  const [q, k] = [raw.q.map(turned), raw.k.map(turned)];
  const v = splitColumns(linear(x, weights.value, backend), keyHeads);
  const z = attend(q, k, v, { backend, ...(isCausal && { mask: 'causal' }) }).map(({ output }) => output);
  noteHeads({ raw, q, k, v, z }, place);
  const { weight, bias } = weights.output;
  const added = linear(joinColumns(z), { weight, bias: null }, backend);
  onLayer?.({ layer, q, k, v, output: weight, added });
  const sum = { ...added, data: added.data.slice() };
  if (bias !== null) for (let i = 0; i < sum.data.length; i++) sum.data[i]! += bias[i % sum.cols]!;
  return sum;
}

type Heads = Pick<LayerHeads, 'q' | 'k' | 'v'> & {
  readonly raw: Pick<LayerHeads, 'q' | 'k'>;
  readonly z: readonly Matrix[];
};

/** Queries, keys, values and outputs `[N, heads, d]`, scores and rows `[heads, N, N]`. */
function noteHeads({ raw, q, k, v, z }: Heads, { architecture, backend, note, at }: Place): void {
  if (note === undefined) return;
  const sideBySide = (parts: readonly Matrix[]) => (): TransformerActivation => {
    const { rows, data } = joinColumns(parts);
    return { shape: [rows, parts.length, parts[0]!.cols], data: Float64Array.from(data) };
  };
  note(`${at}.attn.hook_q`, sideBySide(raw.q));
  note(`${at}.attn.hook_k`, sideBySide(raw.k));
  note(`${at}.attn.hook_v`, sideBySide(v));
  if (architecture.rotaryBase !== null) {
    note(`${at}.attn.hook_rot_q`, sideBySide(q));
    note(`${at}.attn.hook_rot_k`, sideBySide(k));
  }
  const { isCausal } = architecture;
  note(`${at}.attn.hook_attn_scores`, () => scoresOf(q, k, isCausal));
  note(`${at}.attn.hook_pattern`, () => {
    const readings = attend(q, k, null, { backend, responsibilities: true, ...(isCausal && { mask: 'causal' }) });
    const rows = readings.flatMap(({ responsibilities }) => [...responsibilities!.data]);
    return { shape: [q.length, q[0]!.rows, q[0]!.rows], data: Float64Array.from(rows) };
  });
  note(`${at}.attn.hook_z`, sideBySide(z));
}

/** `q·k/√d`, −∞ where a causal mask hides, `[heads, N, N]`. */
function scoresOf(q: readonly Matrix[], k: readonly Matrix[], isCausal: boolean): TransformerActivation {
  const { rows: N, cols: d } = q[0]!;
  const data = new Float64Array(q.length * N * N).fill(Number.NEGATIVE_INFINITY);
  q.forEach(({ data: own }, h) => {
    const keys = k[Math.floor((h * k.length) / q.length)]!.data;
    for (let n = 0; n < N; n++)
      for (let j = 0; j < (isCausal ? n + 1 : N); j++) {
        let product = 0;
        for (let c = 0; c < d; c++) product += own[n * d + c]! * keys[j * d + c]!;
        data[(h * N + n) * N + j] = product / Math.sqrt(d);
      }
  });
  return { shape: [q.length, N, N], data };
}
