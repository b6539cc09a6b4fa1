import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { xray } from '@mixtention/attention';
import type { XrayReport } from '@mixtention/attention/page';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mixtention, runHere, workFolder } from '../testing.ts';
import { safetensors, writeModel } from '../xray/testing-model.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
beforeAll(async () => {
  folder = await workFolder();
  await writeModel(folder.path('model'));
});
afterAll(() => folder.remove());

const run = async (...args: string[]) => runHere(['xray', ...args]);
const report = async (...args: string[]): Promise<XrayReport> => {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as XrayReport;
};
const q = [
  [
    [1, 0.5],
    [0, 2],
    [1, 1],
  ],
  [
    [2, 0],
    [0, 1],
    [-1, 1],
  ],
];
const v = [[[1], [2], [3]]];

describe('a model folder and a sentence', () => {
  test('give every head of every layer, by number and by the name of its hook', async () => {
    const { model, kind, tokens, heads, layers } = await report(folder.path('model'), '--text', 'the cat sat on a mat');
    expect([model, kind, tokens]).toEqual(['model', 'gpt2', ['the', 'cat', 'sat', 'on', 'a', 'mat']]);
    expect(heads.map(({ layer, head, hook }) => [layer, head, hook])).toEqual([
      [0, 0, 'blocks.0.attn.hook_pattern'],
      [0, 1, 'blocks.0.attn.hook_pattern'],
      [1, 0, 'blocks.1.attn.hook_pattern'],
      [1, 1, 'blocks.1.attn.hook_pattern'],
    ]);
    expect(layers.length).toBe(2);
    for (const { entropy, queries, usage, mutualInformation, distinguishableComponents } of heads) {
      const entropies = queries.entropy as number[];
      expect(entropies[0]).toBe(0);
      expect(entropy).toBeCloseTo(entropies.reduce((a, b) => a + b, 0) / 6, 12);
      const of = (usage as number[]).reduce((sum, p) => sum - p * Math.log(p), 0);
      expect(mutualInformation).toBeCloseTo(of - entropy, 6);
      expect(distinguishableComponents).toBeCloseTo(Math.exp(mutualInformation), 9);
    }
  });

  test('give the number of the unknown to a word that the vocabulary does not have', async () => {
    const { tokens } = await report(folder.path('model'), '--text', 'the dog sat');
    expect(tokens).toEqual(['the', '[UNK]', 'sat']);
  });

  test('give a page, of which the same numbers are the data', async () => {
    const out = folder.path('page.html');
    const { code, stdout } = await mixtention(['xray', folder.path('model'), '--text', 'the cat', '--out', out]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('model (gpt2): 2 layers, 4 heads, 2 queries')]);
    const page = await readFile(out, 'utf8');
    const data = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!) as {
      report: XrayReport;
    };
    expect(data.report).toEqual(await report(folder.path('model'), '--text', 'the cat'));
  });
});

describe('tensors of a file', () => {
  test('are read in float32 on the best backend that works, where none is named', async () => {
    const path = await folder.put('best.json', JSON.stringify({ q, k: q, v }));
    const [best, exact] = [await report(path), await report(path, '--backend', 'plain')];
    best.heads.forEach(({ entropy, usage, evidence }, h) => {
      const due = exact.heads[h]!;
      expect(entropy).toBeCloseTo(due.entropy, 5);
      expect(evidence!.logEvidence).toBeCloseTo(due.evidence!.logEvidence, 5);
      for (const [k, share] of usage.entries()) expect(share).toBeCloseTo(due.usage[k]!, 5);
    });
  });

  test('are read as xray reads them, of JSON and safetensors alike', async () => {
    const json = await folder.put('heads.json', JSON.stringify({ q, k: q, v }));
    const flat = (nested: number[][][]) => ({ shape: [nested.length, 3, nested[0]![0]!.length], data: nested.flat(2) });
    const tensors = await folder.put('heads.safetensors', safetensors({ q: flat(q), k: flat(q), v: flat(v) }));
    const due = xray({ q, k: q, v, mask: 'causal', scale: 0.5 });
    for (const path of [json, tensors]) {
      const { heads, kind } = await report(path, '--causal', '--scale', '0.5', '--backend', 'plain');
      expect(kind).toBe('queries and keys');
      heads.forEach(({ entropy, usage }, h) => {
        expect(entropy).toBeCloseTo(due.heads[h]!.entropy, 12);
        expect(usage).toEqual([...due.heads[h]!.usage]);
      });
    }
  });

  test('may have a sink a head, which becomes the last key, of the page as well', async () => {
    const path = await folder.put('sink.json', JSON.stringify({ q, k: q, v, sink: [0.5, -1] }));
    const out = folder.path('sink.html');
    const { heads, keyTokens } = await report(path, '--causal', '--backend', 'plain', '--out', out);
    expect(keyTokens).toEqual(['0', '1', '2', '∅ null component']);
    xray({ q, k: q, v, mask: 'causal', sink: [0.5, -1] }).heads.forEach(({ nullComponent, usage }, h) => {
      expect(heads[h]!.nullComponent).toEqual({ ...nullComponent!, share: [...nullComponent!.share] });
      expect(heads[h]!.usage).toEqual([...usage]);
      expect(heads[h]!.queries.outputNorm).toHaveLength(3);
    });
    expect(await readFile(out, 'utf8')).toContain('∅ null component');
  });

  test('may have a mask of keys or of pairs, with axes of 1 in front as frameworks keep them', async () => {
    const seen = [true, true, false];
    const all = [seen, seen, seen];
    const due = xray({ q, k: q, v, mask: all }).heads.map(({ usage }) => [...usage]);
    for (const [at, mask] of [seen, [seen], all, [[all]], [[[seen]]]].entries()) {
      const path = await folder.put(`masked-${at}.json`, JSON.stringify({ q, k: q, v, mask }));
      expect((await report(path, '--backend', 'plain')).heads.map(({ usage }) => usage)).toEqual(due);
    }
  });

  test('may be one array: probabilities where rows are such, else logits', async () => {
    const rows = await folder.put('rows.json', '[[[0.5, 0.5], [0, 1]]]');
    const first = await report(rows);
    expect([first.kind, first.heads[0]!.absent.evidence]).toEqual([
      'probabilities',
      expect.stringContaining('give logits, or q and k'),
    ]);
    expect((await report(rows, '--as', 'logits')).kind).toBe('logits');
    const out = folder.path('rows.html');
    expect((await run(rows, '--out', out)).code).toBe(0);
    expect(await readFile(out, 'utf8')).toContain('X-ray of rows.json');
  });
});

/** `np.savez(file, q=np.zeros((1, 1), complex))` */
const COMPLEX =
  'UEsDBC0AAAAAAAAAIQCBWfTq//////////8FABQAcS5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxjMTYnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwgMSksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAAAAAAAAAAAAAAFBLAQItAy0AAAAAAAAAIQCBWfTqkAAAAJAAAAAFAAAAAAAAAAAAAACAAQAAAABxLm5weVBLBQYAAAAAAQABADMAAADHAAAAAAA=';

test.each([
  [['none'], /none: no such file/],
  [['model'], /a model reads a text: give --text "…"/],
  [['model', '--text', 'the dog '.repeat(9)], /the text has 18 tokens, the model reads 16 at most/],
  [
    ['model', '--text', 'a', '--out', 'page.pdf'],
    /--out is page.pdf; a page \(.html\) or its numbers \(.json\) can be written/,
  ],
  [['q.json'], /q.json holds q without k, both were due/],
  [['x.json'], /x.json holds x; q with k \(v, bias, mask, sink\), logits, or probabilities were due/],
  [['k.json'], /k.json holds k without q, both were due/],
  [['v.json'], /v.json holds neither q nor k, both were due/],
  [['both.json'], /both.json holds q and k beside logits; one of q with k, logits, or probabilities was due/],
  [['masked.json'], /masked.json holds logits beside a mask, which goes with q and k/],
  [['logits.json', '--causal'], /--causal is for q and k, and .*logits.json holds logits/],
  [['logits.json', '--scale', '2'], /--scale is for q and k, and .*logits.json holds logits/],
  [
    ['hidden.json'],
    /layer 0, head 0 \(counted from 0\): none of 2 queries sees any of 2 keys, mask or bias hides them all/,
  ],
  [['model', '--text', 'a', '--causal'], /--causal is for a file of tensors, and .*model is a model folder/],
  [['wide.json'], /q has shape \[1,2\] and k \[1,3\]: their last dimensions/],
  [['mamba', '--text', 'a'], /the model is of kind "mamba"; supported are bert, gpt2, llama/],
  [['regex', '--text', 'a'], /regex\/tokenizer.json: is no tokenizer that can be used: Invalid regular expression/],
  [['nothing', '--text', 'a'], /nothing\/tokenizer.json: is no tokenizer that can be used: /],
  [
    ['known', '--text', 'the dog'],
    /known\/tokenizer.json: has no number for the token "dog", and no token for words that are unknown/,
  ],
  [['cplx.npz'], /cplx.npz, array "q": holds type "<c16"/],
  [['deep', '--text', 'a'], /model.safetensors has no tensor "h.2.ln_1.weight"|has no tensor "h.2.attn/],
])('%j is refused in one sentence', async ([source, ...rest], sentence) => {
  await folder.put('q.json', '{"q": [[1, 2]]}');
  await folder.put('x.json', '{"x": [[1, 2]]}');
  await folder.put('k.json', '{"k": [[1, 2]]}');
  await folder.put('v.json', '{"v": [[1, 2]]}');
  await folder.put('both.json', '{"q": [[1, 2]], "k": [[1, 2]], "logits": [[1]]}');
  await folder.put('masked.json', '{"logits": [[1]], "mask": [true]}');
  await folder.put('logits.json', '{"logits": [[1, 2]]}');
  const one = { shape: [1, 1], data: [1] };
  const additive = { q: one, k: one, mask: { shape: [1], data: [Number.NEGATIVE_INFINITY] } };
  await folder.put('additive.safetensors', safetensors(additive));
  await folder.put('hidden.json', '{"q": [[1], [2]], "k": [[1], [2]], "mask": [[0, 0], [0, 0]]}');
  await folder.put('wide.json', '{"q": [[1, 2]], "k": [[1, 2, 3]]}');
  if (source === 'mamba') await writeModel(folder.path('mamba'), { model_type: 'mamba' });
  const tokenizer = async (name: string, change: object): Promise<void> => {
    await writeModel(folder.path(name));
    const path = join(folder.path(name), 'tokenizer.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
  };
  const split = { type: 'Split', pattern: { Regex: '(' }, behavior: 'Removed', invert: false };
  if (source === 'regex') await tokenizer('regex', { pre_tokenizer: split });
  if (source === 'nothing') await tokenizer('nothing', { model: null });
  if (source === 'known') await tokenizer('known', { model: { type: 'WordLevel', vocab: { the: 1 } } });
  if (source === 'cplx.npz') await writeFile(folder.path('cplx.npz'), Buffer.from(COMPLEX, 'base64'));
  if (source === 'deep') await writeModel(folder.path('deep'), { n_layer: 3 });
  const { code, stderr } = await run(folder.path(source!), ...rest);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  await rm(join(folder.path('mamba')), { recursive: true, force: true });
});
