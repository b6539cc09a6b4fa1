import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import bert from './bert.fixture.json' with { type: 'json' };
import { erf } from './erf.ts';
import gpt2 from './gpt2.fixture.json' with { type: 'json' };
import llama from './llama.fixture.json' with { type: 'json' };
import { readTransformer, runTransformer } from './transformer.ts';
import type { TensorSource } from './weights.ts';

type Fixture = {
  readonly config: { readonly [name: string]: unknown };
  readonly tensors: { readonly [name: string]: { readonly shape: readonly number[]; readonly data: string } };
  readonly ids: readonly number[];
  readonly hidden: readonly string[];
  readonly attentions: readonly string[];
};
const fixtures = { bert, gpt2, llama } as unknown as { readonly [kind: string]: Fixture };

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

/** The tensors of a fixture, perhaps under names with a prefix. */
function sourceOf({ tensors }: Fixture, prefix = ''): TensorSource {
  const named = new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => [prefix + name, { shape, data: floats(data) }]),
  );
  return { name: 'model.safetensors', tensors: named, read: (name) => named.get(name)! };
}

describe.each(await backends())('on $backend.name', ({ backend, tolerance }) => {
  // References are kept in float32, and transformers makes the angles of rotary positions in float32.
  const least = Math.max(tolerance, 2e-6);

  test.each(Object.entries(fixtures))(
    'a %s model has the hidden states and attention rows of transformers',
    (_, fixture) => {
      const rows: Float64Array[] = [];
      const hidden = runTransformer(readTransformer(fixture.config, sourceOf(fixture)), fixture.ids, {
        backend,
        onLayer({ q, k }) {
          const group = q.length / k.length;
          const isCausal = fixture.config.model_type !== 'bert';
          const layer = q.flatMap((own, h) => [
            ...attend(own, k[Math.floor(h / group)]!, null, {
              responsibilities: true,
              ...(isCausal && { mask: 'causal' }),
            }).responsibilities!.data,
          ]);
          rows.push(Float64Array.from(layer));
        },
      });
      expect(hidden.length).toBe(fixture.hidden.length);
      for (const [layer, { data }] of hidden.entries())
        expect(difference(data, floats(fixture.hidden[layer]!)), `layer ${layer}`).toBeLessThan(10 * least);
      for (const [layer, own] of rows.entries())
        expect(difference(own, floats(fixture.attentions[layer]!))).toBeLessThan(least);
    },
  );
});

test.each([
  ['bert', 'bert.'],
  ['gpt2', 'transformer.'],
  ['llama', 'model.'],
])('a %s with a head on top is found behind its prefix', (kind, prefix) => {
  const fixture = fixtures[kind]!;
  const run = (name: string) =>
    runTransformer(readTransformer(fixture.config, sourceOf(fixture, name)), fixture.ids).at(-1)!.data;
  expect(run(prefix)).toEqual(run(''));
});

test('erf is that of tables, odd, and 1 far out', () => {
  // Abramowitz & Stegun, table 7.1; and erfc(3) = 2.209049699858544e-5.
  expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
  expect(erf(1)).toBeCloseTo(0.8427007929497149, 14);
  expect(1 - erf(3)).toBeCloseTo(2.209049699858544e-5, 14);
  expect(erf(-2)).toBe(-erf(2));
  expect([erf(0), erf(7), erf(-50)]).toEqual([0, 1, -1]);
});

const tiny = fixtures.llama!;
test.each([
  [{ model_type: 'mamba' }, /the model is of kind "mamba"; supported are bert, gpt2, llama/],
  [{}, /the model is of kind undefined; supported are bert, gpt2, llama/],
  [
    { ...tiny.config, rope_parameters: { rope_type: 'llama3' } },
    /rotary positions are scaled by "llama3", "default" was due/,
  ],
  [{ ...tiny.config, num_key_value_heads: 3 }, /4 heads of queries cannot share 3 of keys evenly/],
  [
    { ...tiny.config, hidden_size: 32 },
    /tensor "embed_tokens.weight" of model.safetensors has shape \[32,16\], \[32,32\] was due/,
  ],
  [{ ...tiny.config, hidden_act: 'mish' }, /the activation is "mish", one of gelu, gelu_new/],
  [
    { ...tiny.config, num_hidden_layers: 3 },
    /model.safetensors has no tensor "layers.2.self_attn.q_proj.weight", shape \[24,16\] was due/,
  ],
  [{ ...fixtures.gpt2!.config }, /model.safetensors has no tensor "wte.weight", which a model of kind gpt2 has/],
  [{ ...fixtures.bert!.config, hidden_size: 15 }, /a width of 15 cannot be shared by 4 heads evenly/],
])('a model that is another than it says is refused: %#', (config, sentence) => {
  expect(() => runTransformer(readTransformer(config, sourceOf(tiny)), tiny.ids)).toThrow(sentence);
});

test.each([
  [[], /the text has no tokens/],
  [[40], /token 40 is not in a vocabulary of 32/],
  [new Array<number>(17).fill(1), /the text has 17 tokens, the model reads 16 at most/],
])('tokens %j are refused', (ids, sentence) => {
  const { config } = fixtures.gpt2!;
  expect(() => runTransformer(readTransformer(config, sourceOf(fixtures.gpt2!)), ids)).toThrow(sentence);
});
