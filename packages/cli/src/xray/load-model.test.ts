import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { workFolder } from '../testing.ts';
import { loadModel } from './load-model.ts';
import { writeModel } from './testing-model.ts';

const folder = await workFolder();
afterAll(() => folder.remove());

test('a tokenizer whose regular expression never ends for a text is given up in one sentence, and goes on for others', async () => {
  const model = folder.path('model');
  await writeModel(model);
  const path = join(model, 'tokenizer.json');
  const split = { type: 'Split', pattern: { Regex: '(a+)+b' }, behavior: 'Isolated', invert: false };
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), pre_tokenizer: split }));
  const { encode } = await loadModel(model, 300);
  expect(() => encode('a'.repeat(60))).toThrow(
    `${path}: is no tokenizer that can be used: its regular expressions took longer than 0.3 s for this text`,
  );
  expect(encode('a').tokens).toEqual(['a']);
});
