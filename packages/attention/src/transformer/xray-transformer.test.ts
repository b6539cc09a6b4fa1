import { expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import type { LayerHeads } from './forward.ts';
import llama from './llama.fixture.json' with { type: 'json' };
import { readTransformer, runTransformer } from './transformer.ts';
import type { TensorSource } from './weights.ts';
import { xrayTransformer } from './xray-transformer.ts';

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const tensors = new Map(
  Object.entries(llama.tensors).map(([name, { shape, data }]) => [name, { shape, data: floats(data) }]),
);
const source: TensorSource = { name: 'model.safetensors', tensors, read: (name) => tensors.get(name)! };
const model = readTransformer(llama.config, source);

test('every head of every layer is read, under the names of TransformerLens', () => {
  const { heads, layers } = xrayTransformer(model, llama.ids);
  expect(heads.map(({ layer, head }) => [layer, head])).toEqual(
    [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head])),
  );
  expect(heads.at(-1)!.hook).toBe('blocks.1.attn.hook_pattern');
  expect(layers.map(({ layer, redundancy }) => [layer, redundancy.rows])).toEqual([
    [0, 4],
    [1, 4],
  ]);
  // The entropies of transformers' own rows.
  for (const { layer, head, entropy } of heads) {
    const rows = floats(llama.attentions[layer]!).subarray(head * 49, (head + 1) * 49);
    const due = rows.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0) / 7;
    expect(entropy).toBeCloseTo(due, 5);
  }
});

test('values are in the units of the stream: what a head adds to it is as long as its output of them', () => {
  const layers: LayerHeads[] = [];
  runTransformer(model, llama.ids, { onLayer: (own) => layers.push(own) });
  const { given } = xrayTransformer(model, llama.ids);
  for (const { layer, head, q, k, v } of given) {
    const { output, v: raw } = layers[layer]!;
    const inStream = attend(q, k, v, { mask: 'causal' }).output;
    const z = attend(q, k, raw[Math.floor(head / 2)]!, { mask: 'causal' }).output;
    for (let n = 0; n < 7; n++) {
      const added = Array.from({ length: output.rows }, (_, row) =>
        Array.from({ length: 6 }, (_, c) => z.data[n * 6 + c]! * output.data[row * 24 + head * 6 + c]!).reduce(
          (a, b) => a + b,
          0,
        ),
      );
      expect(Math.hypot(...inStream.data.subarray(n * 6, (n + 1) * 6))).toBeCloseTo(Math.hypot(...added), 5);
    }
  }
});
