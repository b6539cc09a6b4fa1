import { readFile } from 'node:fs/promises';
import { complete } from '@mixtention/attention';
import { plain } from '@mixtention/core';
import { readMatrix, writeNpy } from '@mixtention/files';
import { bernoulli, faithful, MixtureModel } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, runHere, workFolder } from '../testing.ts';

const { data: cells, rows: N } = faithful();
let folder: Awaited<ReturnType<typeof workFolder>>;
let [whole, path] = ['', ''];
let model: MixtureModel;
/** What the API predicts of `waiting` from `eruptions`, and its evidence a row. */
let due: Float64Array;
let evidence = 0;

beforeAll(async () => {
  folder = await workFolder();
  whole = await folder.put('whole.csv', faithfulCsv());
  path = folder.path('model.json');
  expect((await runHere(['fit', whole, '--components', '2', '--out', path])).code).toBe(0);
  model = MixtureModel.fromJSON(JSON.parse(await readFile(path, 'utf8')));
  const { completed, logEvidence } = complete(model, masked(), [true, false], { backend: plain });
  due = completed.data as Float64Array;
  evidence = logEvidence.reduce((sum, value) => sum + value, 0) / N;
});
afterAll(() => folder.remove());

/** Old Faithful without what was waited. */
function masked() {
  return { rows: N, cols: 2, data: cells.map((cell, i) => (i % 2 === 1 ? Number.NaN : cell)) };
}

/** Rows of Old Faithful as CSV. */
function lines(head: string, line: (eruptions: number, waiting: number, n: number) => string): string {
  return `${[head, ...Array.from({ length: N }, (_, n) => line(cells[2 * n]!, cells[2 * n + 1]!, n))].join('\n')}\n`;
}

async function completed(data: string, ...more: string[]) {
  const out = folder.path('out.csv');
  const args = ['complete', path, data, '--observed', 'eruptions', '--backend', 'plain', '--json', '--out', out];
  const { code, stdout, stderr } = await runHere([...args, ...more]);
  expect([code, stderr]).toEqual([0, '']);
  return { summary: JSON.parse(stdout), ...(await readMatrix(out, more.includes('--id') ? { id: 'id' } : {})) };
}

const WORDS = ['', 'NA', 'null', '?', 'NaN', '""'];

describe('what is not observed need not be there', () => {
  test.each<[string, string, () => string, number, string[]]>([
    ['cells', '', () => lines('eruptions,waiting', (e, _, n) => `${e},${WORDS[n % 6]}`), N, []],
    ['some cells', '', () => lines('eruptions,waiting', (e, w, n) => `${e},${n < 7 ? '' : w}`), 7, []],
    ['cells on the disk', '', () => lines('waiting,eruptions', (e) => `,${e}`), N, ['--stream']],
    ['cells by position', '', () => lines('a,b', (e) => `${e},`), N, ['--by-position']],
    ['cells without a header', '', () => lines('', (e) => `${e},`).slice(1), N, []],
    ['a column', ' (there is no column "waiting")', () => lines('eruptions', (e) => `${e}`), N, []],
    [
      'a column, with ids',
      ' (there is no column "waiting")',
      () => lines('x,eruptions,id', (e, _, n) => `-,${e},F${n}`),
      N,
      ['--id', 'id'],
    ],
    [
      'a column on the disk',
      ' (there is no column "waiting")',
      () => lines('x,eruptions', (e) => `-,${e}`),
      N,
      ['--stream'],
    ],
    [
      'a column that is not asked for',
      ' (there is no column "waiting")',
      () => lines('x,eruptions', (e) => `0,${e}`),
      N,
      ['--columns', 'eruptions'],
    ],
  ])('%s', async (_, which, text, missing, more) => {
    const { summary, data, columns } = await completed(await folder.put('gaps.csv', text()), ...more);
    expect(columns).toEqual(['eruptions', 'waiting']);
    expect(data).toEqual(due);
    expect(summary).toMatchObject({
      n: N,
      d: 2,
      observed: 1,
      jointLogProbabilityPerRow: null,
      marginalLogProbabilityPerRow: null,
      unscored: `not scored: ${missing} of 272 hidden cells are missing${which}`,
    });
    expect(summary.logEvidencePerRow).toBeCloseTo(evidence, 9);
  });

  test.each(['float64', 'float32'] as const)('NaN in .npy of %s', async (type) => {
    const { data } = masked();
    const table = { ...masked(), data: type === 'float64' ? data : Float32Array.from(data) };
    const came = await completed(await folder.put('gaps.npy', writeNpy(table)));
    expect(came.summary.unscored).toBe('not scored: 272 of 272 hidden cells are missing');
    for (let n = 0; n < N; n++) expect(came.data[2 * n + 1]).toBeCloseTo(due[2 * n + 1]!, 4);
  });

  test('and is scored where all of it is given', async () => {
    const { summary, data } = await completed(whole);
    expect(data).toEqual(due);
    expect(summary.unscored).toBeNull();
    const { jointLogProbability } = complete(model, faithful(), [true, false], { truth: faithful() });
    const mean = jointLogProbability!.reduce((sum, value) => sum + value, 0) / N;
    expect(summary.jointLogProbabilityPerRow).toBeCloseTo(mean, 9);
  });

  test('which people are told in one line', async () => {
    const gaps = await folder.put('gaps.csv', lines('eruptions', String));
    const { code, stdout } = await runHere(['complete', path, gaps, '--observed', '0']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'hidden part        not scored: 272 of 272 hidden cells are missing (there is no column "waiting")\n',
    );
    expect(stdout).not.toContain('singly');
  });
});

test('binary cells may be missing where they are hidden, and are 0 or 1 elsewhere', async () => {
  const params = { width: 3, probabilities: Float64Array.of(0.9, 0.9, 0.9, 0.1, 0.1, 0.1) };
  const bits = new MixtureModel({ family: bernoulli, params, logWeights: Float64Array.of(0.5, 0.5).map(Math.log) });
  const own = await folder.put('bits.json', JSON.stringify(bits));
  const out = folder.path('bits-out.csv');
  const run = async (text: string) =>
    runHere(['complete', own, await folder.put('bits.csv', text), '--observed', '0', '--out', out]);
  expect((await run('1,,1\n0,NA,\n')).code).toBe(0);
  const { data } = await readMatrix(out);
  // The first component is nine times as likely: 0.9 · 0.9 + 0.1 · 0.1.
  for (const [i, value] of [1, 0.82, 0.82, 0, 0.18, 0.18].entries()) expect(data[i]).toBeCloseTo(value, 6);
  for (const [text, sentence] of [
    ['1,,1\n2,,\n', 'row 1, column 0 (counted from 0) is 2, the bernoulli family takes 0 and 1 only'],
    ['1,,1\n0,,3\n', 'row 1, column 2 (counted from 0) is 3, the bernoulli family takes 0 and 1 only'],
  ] as const)
    expect((await run(text)).stderr).toContain(sentence);
});

test('without --observed each row shows what is given of it, and its gaps are predicted', async () => {
  const gap = (n: number, d: number): boolean => (n + d) % 3 === 0;
  const seen = cells.map((cell, i) => (gap(i >> 1, i % 2) ? Number.NaN : cell));
  const mask = Uint8Array.from(seen, (cell) => Number(!Number.isNaN(cell)));
  const own = complete(model, { data: seen, rows: N, cols: 2 }, mask, { backend: plain });
  const text = (e: string, w: string, n: number): string =>
    `F${n},${gap(n, 1) ? WORDS[n % 6] : w},${gap(n, 0) ? '' : e}`;
  const csv = await folder.put(
    'gaps.csv',
    lines('id,waiting,eruptions', (e, w, n) => text(`${e}`, `${w}`, n)),
  );
  const npy = await folder.put('gaps.npy', writeNpy({ data: Float64Array.from(seen), rows: N, cols: 2 }));
  const out = folder.path('filled.csv');
  const runs = [[csv, '--id', 'id'], [csv, '--id', 'id', '--stream'], [npy], [npy, '--stream']] as const;
  for (const [data, ...more] of runs) {
    const run = await runHere(['complete', path, data, ...more, '--backend', 'plain', '--json', '--out', out]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const { data: filled, ids } = await readMatrix(out, data === csv ? { id: 'id' } : {});
    expect(filled, more.join(' ')).toEqual(own.completed.data);
    if (data === csv) expect([ids![0], ids![N - 1]]).toEqual(['F0', `F${N - 1}`]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      n: N,
      observed: null,
      unscored: `not scored: ${seen.filter(Number.isNaN).length} of ${2 * N} cells are missing, and predicted`,
      jointLogProbabilityPerRow: null,
    });
  }
  const { stdout } = await runHere(['complete', path, csv, '--id', 'id']);
  expect(stdout).toContain(`${N} rows: what is given of 2 columns seen, 2 components`);
  const whole = await runHere([
    'complete',
    path,
    await folder.put('whole.csv', lines('', (e, w) => `${e},${w}`).slice(1)),
  ]);
  expect(whole.stdout).toContain('not scored: no cell is missing, and --observed does not say what to predict');
  const wrong = await runHere([
    'complete',
    path,
    await folder.put(
      'wrong.csv',
      lines('id,waiting', (_, w, n) => `${n},${w}`),
    ),
  ]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('eruptions')]);
  const page = await runHere(['complete', path, csv, '--id', 'id', '--report', folder.path('page.html')]);
  expect(page.stderr).toContain('--report begins with some columns seen in all rows; --observed is due');
});

test.each<[string, string, () => string | Uint8Array, string[], string]>([
  [
    'an empty cell that is observed',
    'bad.csv',
    () => 'eruptions,waiting\n3.6,\n,79\n',
    [],
    'row 1, column 0 "eruptions" (counted from 0; line 3) is empty, a number was due',
  ],
  [
    'a word for one',
    'bad.csv',
    () => 'eruptions\n3.6\nNA\n',
    [],
    'row 1, column 0 "eruptions" (counted from 0; line 3) is "NA", a missing value; a number was due',
  ],
  [
    'NaN for one',
    'bad.npy',
    () => writeNpy({ data: Float64Array.of(3, Number.NaN, Number.NaN, 1), rows: 2, cols: 2 }),
    [],
    'row 1, column 0 (counted from 0) is NaN, a finite number was due',
  ],
  [
    'infinity',
    'bad.npy',
    () => writeNpy({ data: Float64Array.of(3, Number.POSITIVE_INFINITY), rows: 1, cols: 2 }),
    [],
    'row 0, column 1 (counted from 0) is Infinity, a finite number was due',
  ],
  [
    'any other word',
    'bad.csv',
    () => 'eruptions,waiting\n3.6,long\n',
    [],
    '"waiting" (counted from 0; line 2) is "long", a number was due',
  ],
  [
    'no observed column',
    'bad.csv',
    () => 'eruption,waiting\n3.6,79\n',
    [],
    'has no column "eruptions" (is it "eruption"?), which the model was fitted on',
  ],
  ['no column and no names', 'bad.csv', () => '3.6\n4\n', [], 'the data have 1 column, the model was fitted on 2'],
  [
    'rows that a page would show',
    'bad.csv',
    () => 'eruptions,waiting\n3.6,79\n1.8,\n',
    ['--report'],
    'row 1 lacks column 1 "waiting" (counted from 0); --report shows and scores whole rows',
  ],
])('%s is refused in one sentence', async (_, name, content, more, sentence) => {
  const data = await folder.put(name, content());
  const report = more.flatMap((word) => [word, folder.path('page.html')]);
  const { code, stdout, stderr } = await runHere(['complete', path, data, '--observed', 'eruptions', ...report]);
  expect(stderr).toContain(sentence);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([code, stdout]).toEqual([2, '']);
});

test('predict takes no such rows', async () => {
  const gaps = await folder.put('gaps.csv', 'eruptions,waiting\n3.6,\n');
  expect((await runHere(['predict', path, gaps])).stderr).toContain('is empty, a number was due');
});
