import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { attend } from '@mixtention/attention';
import { liveHead, liveRows } from '@mixtention/attention/page';
import { runTransformer } from '@mixtention/attention/transformer';
import { type Backend, plain } from '@mixtention/core';
import { percent } from '@mixtention/core/page';
import { loadBackend } from '@mixtention/core/threads';
import { beforeAll, describe, expect, test } from 'vitest';
import { type LoadedModel, loadModel } from './load-model.ts';
import fixture from './minilm.fixture.json' with { type: 'json' };
import { xrayModel } from './xray-model.ts';

const script = fileURLToPath(new URL('../../../../scripts/download-model.mjs', import.meta.url));
const { code, said } = await promisify(execFile)(process.execPath, [script]).then(
  ({ stdout }) => ({ code: 0, said: stdout.trim() }),
  (error: { code: number; stdout: string; message: string }) => ({
    code: error.code,
    said: error.stdout.trim() || error.message,
  }),
);

// Float64, and what `--backend auto` takes here: the suite of backends holds the others to these.
const backends = [plain, await loadBackend('auto')];

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, one, i) => Math.max(most, Math.abs(one - b[i]!)), 0);

test('all-MiniLM-L6-v2 is in the cache, or there is a reason why it is not', () => {
  if (code !== 0) console.log(`MiniLM is not tried: ${said}`);
  expect([0, 3]).toContain(code);
});

describe.skipIf(code !== 0)('all-MiniLM-L6-v2 is what transformers reads', () => {
  const N = fixture.ids.length;
  let model: LoadedModel;
  beforeAll(async () => {
    model = await loadModel(said);
  });

  /** Mean over tokens, of length 1. */
  const embed = (ids: readonly number[], backend: Backend): Float64Array => {
    const { data, rows, cols } = runTransformer(model.transformer, ids, { backend }).at(-1)!;
    const mean = Float64Array.from({ length: cols }, (_, c) =>
      Array.from({ length: rows }, (_, n) => data[n * cols + c]!).reduce((a, b) => a + b, 0),
    );
    const length = Math.hypot(...mean);
    return mean.map((one) => one / length);
  };

  test('its tokens', () => {
    expect(model.encode(fixture.text)).toEqual({ ids: fixture.ids, tokens: fixture.tokens });
    for (const { text, ids } of fixture.others) expect(model.encode(text).ids).toEqual(ids);
  });

  test.each(backends)(
    'on $name its hidden states after every layer within 1e-4, and its attention rows within 1e-5',
    (backend) => {
      const rows: number[][] = [];
      const hidden = runTransformer(model.transformer, fixture.ids, {
        backend,
        onLayer: ({ q, k }) =>
          void rows.push(
            q.flatMap((own, h) => [
              ...attend(own, k[h]!, null, { responsibilities: true, backend }).responsibilities!.data,
            ]),
          ),
      });
      expect(hidden.length).toBe(7);
      expect(Math.max(...hidden.map(({ data }, layer) => apart(data, floats(fixture.hidden[layer]!))))).toBeLessThan(
        1e-4,
      );
      expect(Math.max(...rows.map((own, layer) => apart(own, floats(fixture.attentions[layer]!))))).toBeLessThan(1e-5);
    },
  );

  test.each(backends)('on $name its sentence embeddings within 1e-5 in cosine', (backend) => {
    for (const { ids, embedding } of [fixture, ...fixture.others]) {
      const due = floats(embedding);
      const cosine = embed(ids, backend).reduce((sum, one, c) => sum + one * due[c]!, 0);
      expect(1 - cosine).toBeLessThan(1e-5);
    }
  });

  test.each(backends)('and on $name its X-ray has the entropies of those rows, for all 72 heads', async (backend) => {
    const { report } = await xrayModel(said, fixture.text, backend);
    expect(report.heads.length).toBe(72);
    expect(report.tokens).toEqual(fixture.tokens);
    for (const { layer, head, entropy, usage, mutualInformation } of report.heads) {
      const own = floats(fixture.attentions[layer]!).subarray(head * N * N, (head + 1) * N * N);
      const due = own.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0) / N;
      expect(entropy).toBeCloseTo(due, 4);
      const mean = Array.from({ length: N }, (_, k) => own.reduce((sum, p, i) => (i % N === k ? sum + p / N : sum), 0));
      expect(apart(usage as number[], mean)).toBeLessThan(1e-5);
      expect(mutualInformation).toBeCloseTo(mean.reduce((sum, p) => sum - p * Math.log(p), 0) - due, 4);
    }
  });

  test('the page of documentation has its numbers', async () => {
    const page = await readFile(
      fileURLToPath(new URL('../../../../docs/attention-is-a-mixture.md', import.meta.url)),
      'utf8',
    );
    const text = /--text "([^"]*)"/.exec(page)![1]!;
    const { report, tensors } = await xrayModel(said, text, plain);
    const { heads, layers, tokens } = report;
    expect(page).toContain(`The sentence has ${tokens.length} tokens`);
    const the = tokens.indexOf('on') + 1;
    expect(tokens.slice(the - 1, the + 2)).toEqual(['on', 'the', 'bank']);
    const after = liveRows(liveHead(tensors[12 + 8]!, false));
    expect(page).toContain(
      `(\`the\` in *on the bank* gives \`bank\` ${percent(after.data[the * after.cols + the + 1]!)})`,
    );
    for (const [layer, head] of [
      [0, 2],
      [1, 8],
      [4, 5],
      [5, 0],
    ] as const) {
      const one = heads[12 * layer + head]!;
      const row = [
        `layer ${layer}, head ${head}`,
        one.effectiveComponents.toFixed(2),
        one.distinguishableComponents.toFixed(2),
        percent(one.firstKeyShare),
      ];
      expect(page).toContain(`| ${row.join(' | ')} |`);
    }
    expect(page).toContain(
      layers.map(({ distinguishableComponents }) => distinguishableComponents.toFixed(2)).join(', '),
    );
    const sink = heads[12 * 4 + 5]!;
    const mean = (values: readonly (number | null)[]): string =>
      (values.reduce<number>((sum, one) => sum + one!, 0) / values.length).toFixed(2);
    expect(page).toContain(`(${mean(sink.queries.outputNorm!)} on average, of ${mean(layers[4]!.outputNorm!)} that`);
    expect(page).toContain(`(I = ${sink.mutualInformation.toFixed(2)} nats)`);
    expect(page).toContain(`moves by ${sink.keys.pruneMean![0]!.toFixed(2)}`);
  });
});
