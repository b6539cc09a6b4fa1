import { describe, expect, test } from 'vitest';
import { difference } from '../testing/difference.ts';
import { activationsOf } from './activations-of.ts';
import bert from './bert.fixture.json' with { type: 'json' };
import gpt2 from './gpt2.fixture.json' with { type: 'json' };
import llama from './llama.fixture.json' with { type: 'json' };
import { readTransformer } from './transformer.ts';

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const [N, heads, width, hidden] = [7, 4, 16, 24];

/** `x·Wᵀ + b`, one number after another. */
function mapped(x: Float64Array, W: Float32Array, b: Float32Array | null, out: number): Float64Array {
  const from = W.length / out;
  return Float64Array.from({ length: (x.length / from) * out }, (_, i) => {
    let sum = b?.[i % out] ?? 0;
    for (let c = 0; c < from; c++) sum += x[Math.floor(i / out) * from + c]! * W[(i % out) * from + c]!;
    return sum;
  });
}

const kinds = [
  { kind: 'bert', fixture: bert, keyHeads: 4, d: 4, down: (at: number) => `encoder.layer.${at}.output.dense` },
  { kind: 'gpt2', fixture: gpt2, keyHeads: 4, d: 4, down: null },
  { kind: 'llama', fixture: llama, keyHeads: 2, d: 6, down: (at: number) => `layers.${at}.mlp.down_proj` },
];

describe.each(kinds)('activations of a $kind', ({ kind, fixture, keyHeads, d, down }) => {
  const weights = new Map(
    Object.entries(fixture.tensors).map(([name, { shape, data }]) => [name, { shape, data: floats(data) }]),
  );
  const source = { name: 'model.safetensors', tensors: weights, read: (name: string) => weights.get(name)! };
  const model = readTransformer(fixture.config, source);
  const all = activationsOf(model, fixture.ids);
  const of = (name: string): Float64Array => all.get(name)!.data;

  test('have the names and shapes of TransformerLens', () => {
    const block = (at: number): { readonly [name: string]: readonly number[] } => {
      const named = Object.entries({
        ...{ hook_resid_pre: [N, width], 'ln1.hook_normalized': [N, width], 'attn.hook_q': [N, heads, d] },
        ...{ 'attn.hook_k': [N, keyHeads, d], 'attn.hook_v': [N, keyHeads, d], 'attn.hook_z': [N, heads, d] },
        ...(kind === 'llama' && { 'attn.hook_rot_q': [N, heads, d], 'attn.hook_rot_k': [N, keyHeads, d] }),
        ...{ 'attn.hook_attn_scores': [heads, N, N], 'attn.hook_pattern': [heads, N, N] },
        ...{ hook_attn_out: [N, width], hook_resid_mid: [N, width], 'ln2.hook_normalized': [N, width] },
        ...{ 'mlp.hook_pre': [N, hidden], 'mlp.hook_post': [N, hidden] },
        ...(kind === 'llama' && { 'mlp.hook_pre_linear': [N, hidden] }),
        ...{ hook_mlp_out: [N, width], hook_resid_post: [N, width] },
        ...(kind === 'bert' && { hook_normalized_resid_post: [N, width] }),
      });
      return Object.fromEntries(named.map(([name, shape]) => [`blocks.${at}.${name}`, shape]));
    };
    expect(Object.fromEntries([...all].map(([name, { shape }]) => [name, shape]))).toEqual({
      hook_embed: [N, width],
      ...(kind !== 'llama' && { hook_pos_embed: [N, width] }),
      ...(kind === 'bert' && { hook_token_type_embed: [N, width], hook_full_embed: [N, width] }),
      ...block(0),
      ...block(1),
      ...(kind !== 'bert' && { 'ln_final.hook_normalized': [N, width] }),
    });
    for (const { shape, data } of all.values()) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
  });

  test('streams are the hidden states of transformers, patterns its rows', () => {
    const last = kind === 'bert' ? 'blocks.1.hook_normalized_resid_post' : 'ln_final.hook_normalized';
    for (const [at, name] of ['blocks.0.hook_resid_pre', 'blocks.1.hook_resid_pre', last].entries())
      expect(difference(of(name), floats(fixture.hidden[at]!))).toBeLessThan(2e-5);
    for (const at of [0, 1])
      expect(difference(of(`blocks.${at}.attn.hook_pattern`), floats(fixture.attentions[at]!))).toBeLessThan(2e-6);
  });

  test('follow from one another as they do there', () => {
    for (const at of [0, 1]) {
      const own = (name: string): Float64Array => of(`blocks.${at}.${name}`);
      const isBert = kind === 'bert';
      const plus = (a: string, b: string): Float64Array => own(a).map((x, i) => x + own(b)[i]!);
      expect(difference(plus('hook_resid_pre', 'hook_attn_out'), own('hook_resid_mid'))).toBeLessThan(1e-12);
      const left = plus(isBert ? 'ln1.hook_normalized' : 'hook_resid_mid', 'hook_mlp_out');
      expect(difference(left, own('hook_resid_post'))).toBeLessThan(1e-12);
      // Scores of the queries and keys that enter them; rows their softmax; z the rows times values.
      const rotated = kind === 'llama' ? 'rot_' : '';
      const [q, k, v] = [own(`attn.hook_${rotated}q`), own(`attn.hook_${rotated}k`), own('attn.hook_v')];
      const [scores, rows, z] = [own('attn.hook_attn_scores'), own('attn.hook_pattern'), own('attn.hook_z')];
      for (let h = 0; h < heads; h++)
        for (let n = 0; n < N; n++) {
          const g = Math.floor((h * keyHeads) / heads);
          const cells = Array.from({ length: N }, (_, j) => {
            if (!isBert && j > n) return Number.NEGATIVE_INFINITY;
            let sum = 0;
            for (let c = 0; c < d; c++) sum += q[(n * heads + h) * d + c]! * k[(j * keyHeads + g) * d + c]!;
            return sum / Math.sqrt(d);
          });
          const at0 = (h * N + n) * N;
          const total = cells.reduce((sum, s) => sum + Math.exp(s), 0);
          cells.forEach((s, j) => {
            expect(scores[at0 + j]).toBeCloseTo(s, 12);
            expect(rows[at0 + j]).toBeCloseTo(Math.exp(s) / total, 12);
          });
          for (let c = 0; c < d; c++) {
            const due = cells.reduce((sum, _, j) => sum + rows[at0 + j]! * v[(j * keyHeads + g) * d + c]!, 0);
            expect(z[(n * heads + h) * d + c]).toBeCloseTo(due, 12);
          }
        }
      if (down === null) continue;
      const name = down(at);
      const due = mapped(
        own('mlp.hook_post'),
        weights.get(`${name}.weight`)!.data,
        weights.get(`${name}.bias`)?.data ?? null,
        width,
      );
      expect(difference(own('hook_mlp_out'), due)).toBeLessThan(1e-12);
      if (kind !== 'llama') continue;
      const [pre, linear, post] = [own('mlp.hook_pre'), own('mlp.hook_pre_linear'), own('mlp.hook_post')];
      post.forEach((one, i) => {
        expect(one).toBeCloseTo((pre[i]! / (1 + Math.exp(-pre[i]!))) * linear[i]!, 12);
      });
    }
  });

  test('are kept by name, and a name that is none is refused by one sentence', () => {
    const kept = activationsOf(model, fixture.ids, { names: (name) => name.endsWith('hook_z') });
    expect([...kept.keys()]).toEqual(['blocks.0.attn.hook_z', 'blocks.1.attn.hook_z']);
    expect(() => activationsOf(model, fixture.ids, { names: ['blocks.2.attn.hook_z'] })).toThrow(
      /the model has no activation "blocks.2.attn.hook_z"; names are as /,
    );
  });
});
