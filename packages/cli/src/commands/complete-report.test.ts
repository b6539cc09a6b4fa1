import { readFile } from 'node:fs/promises';
import { complete, observedColumns } from '@mixtention/attention';
import type { CompletionData } from '@mixtention/attention/page';
import { matrix } from '@mixtention/core';
import { bernoulli, MixtureModel } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, runHere, workFolder } from '../testing.ts';

const [K, D, N] = [3, 36, 40];
const model = new MixtureModel({
  family: bernoulli,
  params: {
    width: D,
    probabilities: Float64Array.from({ length: K * D }, (_, i) => 0.1 + 0.8 * Number((i * 7) % 5 < 1 + i / D)),
  },
  logWeights: Float64Array.of(0.5, 0.3, 0.2).map(Math.log),
});
const { x } = model.sample(N, 3);
const rows = Array.from({ length: N }, (_, n) => [...x.data.subarray(n * D, (n + 1) * D)]);

let folder: Awaited<ReturnType<typeof workFolder>>;
let [modelPath, dataPath] = ['', ''];
beforeAll(async () => {
  folder = await workFolder();
  modelPath = await folder.put('model.json', JSON.stringify(model));
  dataPath = await folder.put('bits.csv', `${rows.map((row) => row.join(',')).join('\n')}\n`);
});
afterAll(() => folder.remove());

async function report(...args: string[]): Promise<{ data: CompletionData; summary: { [name: string]: number } }> {
  const out = folder.path('page.html');
  const { code, stdout, stderr } = await runHere(['complete', ...args, '--report', out, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const page = await readFile(out, 'utf8');
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
  return { data: JSON.parse(json) as CompletionData, summary: JSON.parse(stdout) as { [name: string]: number } };
}

describe('the page of mixtention complete', () => {
  test('holds the model to the bit, rows evenly spread, the mask that was asked for, and means over the rows', async () => {
    const { data, summary } = await report(modelPath, dataPath, '--observed', '0:18', '--logit-scale', '0.5');
    expect(data.model).toEqual(JSON.parse(JSON.stringify(model)));
    expect(data.picture).toEqual({ width: 6, height: 6 });
    expect(data.rows.map(({ name }) => name)).toEqual(
      Array.from({ length: 12 }, (_, i) => `row ${Math.floor(((i + 0.5) * N) / 12)}`),
    );
    for (const { name, cells } of data.rows) expect(cells).toEqual(rows[Number(name.slice(4))]);
    expect(data.mask).toEqual([...observedColumns(D, 0, 18)]);
    expect(data.logitScale).toBe(0.5);
    expect(summary.logitScale).toBe(0.5);
    expect(data.scores!.rows).toBe(N);
    for (const { logitScale, joint, marginal } of data.scores!.at) {
      const due = complete(model, matrix(rows), observedColumns(D, 0, 18), { truth: matrix(rows), logitScale });
      const mean = (values: Float64Array): number => -values.reduce((a, b) => a + b, 0) / N;
      expect(joint).toBeCloseTo(mean(due.jointLogProbability!), 6);
      expect(marginal).toBeCloseTo(mean(due.marginalLogProbability!), 6);
      if (logitScale === 0.5) expect(joint).toBeCloseTo(-summary.jointLogProbabilityPerRow!, 9);
    }
  });

  test('takes lines of another length, and tables as they are', async () => {
    const { data } = await report(modelPath, dataPath, '--observed', '0', '--width', '12');
    expect([data.picture, data.title]).toEqual([{ width: 12, height: 3 }, 'An image through Bayes']);
    const csv = await folder.put('geyser.csv', faithfulCsv());
    const fitted = folder.path('geyser.json');
    await runHere(['fit', csv, '--components', '2', '--out', fitted, '--json']);
    const table = await report(fitted, csv, '--observed', 'waiting');
    expect(table.data).toMatchObject({
      title: 'A row through Bayes',
      picture: null,
      isBinary: false,
      columns: ['eruptions', 'waiting'],
      mask: [0, 1],
    });
  });
});

test.each([
  [['--width', '6'], '--width is for the page of --report'],
  [['--report', 'page.pdf'], '--report is page.pdf; a page (.html) can be written'],
  [['--report', 'page.html', '--width', '5'], '--width is 5, which does not divide the 36 columns'],
  [['--logit-scale', '0'], 'A positive number was due'],
])('%j is refused in one sentence', async (args, sentence) => {
  const { code, stderr } = await runHere(['complete', modelPath, dataPath, '--observed', '0:18', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
