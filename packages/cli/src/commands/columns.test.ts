import { readFile } from 'node:fs/promises';
import { readMatrix } from '@mixtention/files';
import { faithful } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, mixtention, runHere, workFolder } from '../testing.ts';

/** Old Faithful as a spreadsheet in Germany would save it: an id, a text, and the columns the other way round. */
function german(): string {
  const { data, rows } = faithful();
  const cell = (value: number): string => String(value).replace('.', ',');
  const lines = Array.from(
    { length: rows },
    (_, n) => `F${n};"Ausbruch; ${n}";${cell(data[2 * n + 1]!)};${cell(data[2 * n]!)}`,
  );
  return `Nr;Text;waiting;eruptions\r\n${lines.join('\r\n')}\r\n`;
}

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let sheet: string;
let model: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
  sheet = await folder.put('geysir.csv', german());
  model = folder.path('model.json');
  expect((await runHere(['fit', data, '--out', model])).code).toBe(0);
});
afterAll(() => folder.remove());

const asJson = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await runHere([...args, '--json']);
  // A fit that takes long shows how far it is.
  expect(stderr.includes('mixtention:'), stderr).toBe(false);
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

describe('a semicolon file with an id, a text and decimal commas', () => {
  test('is fitted once told which columns are no numbers, each message telling the next step', async () => {
    const stderrOf = async (...args: string[]) => (await runHere(['fit', sheet, ...args])).stderr;
    expect(await stderrOf()).toMatch(/"Nr".*is "F0".*--exclude and --id take columns of texts out: "Nr", "Text"\)/);
    expect(await stderrOf('--id', 'Nr', '--exclude', 'text')).toContain('has no column "text" (is it "Text"?)');
    expect(await stderrOf('--id', 'Nr', '--exclude', 'Text')).toMatch(/is "3,6".*say so with --decimal ","/);
    const s = await asJson(['fit', sheet, '--id', 'Nr', '--exclude', 'Text', '--decimal', ',']);
    expect(s.columns).toEqual(['waiting', 'eruptions']);
    expect(s.logLikelihood).toBeCloseTo(-1130.264, 3);
  });

  test('is predicted by a model of another file by name, whatever the order and what else it holds', async () => {
    const due = await asJson(['predict', model, data]);
    const came = await asJson(['predict', model, sheet, '--decimal', ',', '--id', 'Nr']);
    expect(came.labels).toEqual(due.labels);
    expect(came.logDensity).toEqual(due.logDensity);
    expect(came.ids.slice(0, 2)).toEqual(['F0', 'F1']);
  });

  test('is fitted by number too, and a test file by name', async () => {
    const s = await asJson(['fit', sheet, '--columns', '3,2', '--decimal', ',', '--restarts', '2']);
    expect(s.columns).toEqual(['eruptions', 'waiting']);
    const both = await asJson(['fit', data, '--test', await folder.put('swapped.csv', swapped()), '--restarts', '2']);
    expect(both.testLogLikelihoodPerRow * 272).toBeCloseTo(both.logLikelihood, 3);
  });
});

/** Old Faithful, both columns swapped with their names. */
function swapped(): string {
  const lines = faithfulCsv().trimEnd().split('\n');
  return `${lines.map((line) => line.split(',').reverse().join(',')).join('\n')}\n`;
}

test('a file without a column of the model is refused by name, unless columns are taken as they stand', async () => {
  const other = await folder.put('other.csv', faithfulCsv().replace('waiting', 'wait'));
  for (const args of [
    ['predict', model, other],
    ['complete', model, other, '--observed', 'waiting'],
  ]) {
    const { code, stderr, stdout } = await runHere(args);
    expect(stderr).toMatch(/other\.csv: has no column "waiting", which the model was fitted on; --by-position takes/);
    expect([code, stdout]).toEqual([2, '']);
    expect((await runHere([...args, '--by-position'])).code).toBe(0);
  }
});

test('columns that share a name are taken in the order of the model, or by position where a file has another', async () => {
  const twins = await folder.put('twins.csv', faithfulCsv().replace('waiting', 'eruptions'));
  const three = await folder.put(
    'three.csv',
    faithfulCsv()
      .replace('eruptions,', 'eruptions,eruptions,')
      .replace(/\n(?=\d)/g, '\n0,'),
  );
  const own = folder.path('twins.json');
  const fitted = await asJson(['fit', twins, '--test', twins, '--out', own, '--screen', '0']);
  expect(fitted.testLogLikelihoodPerRow * 272).toBeCloseTo(fitted.logLikelihood, 3);
  expect((await runHere(['predict', own, twins])).stdout).toBe((await runHere(['predict', model, data])).stdout);
  for (const [which, rows, sentence] of [
    [own, data, /: is to give two columns "eruptions", which the model was fitted on: .*; --by-position takes/],
    [model, three, /: has two columns "eruptions", which the model was fitted on: .*; --by-position takes/],
  ] as const) {
    const { code, stderr } = await runHere(['predict', which, rows]);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  }
  expect((await runHere(['predict', own, data, '--by-position'])).code).toBe(0);
});

test('predict writes ids, labels, densities and probabilities as CSV, and numbers as .npy', async () => {
  const args = ['predict', model, sheet, '--decimal', ',', '--probabilities'];
  const [csv, npy] = [folder.path('labels.csv'), folder.path('labels.npy')];
  const s = await asJson([...args, '--id', 'Nr', '--out', csv]);
  await asJson([...args, '--out', npy]);
  const table = await readMatrix(csv, { id: 'Nr' });
  expect(table.columns).toEqual(['label', 'logDensity', 'p0', 'p1']);
  expect(table.ids).toEqual(s.ids);
  expect((await readMatrix(npy)).data).toEqual(table.data);
  for (const n of [0, 1, 271]) {
    const [label, logDensity, p0, p1] = table.data.subarray(4 * n, 4 * n + 4);
    expect([label, logDensity]).toEqual([s.labels[n], s.logDensity[n]]);
    expect([p0, p1]).toEqual(s.probabilities[n]);
    expect(p0! + p1!).toBeCloseTo(1, 12);
    expect(p0! > p1! ? 0 : 1).toBe(label);
  }
  const refused = await runHere([...args, '--id', 'Nr', '--out', npy]);
  expect(refused.stderr).toContain('--id names rows by texts, which .npy does not hold');
  expect(refused.code).toBe(2);
});

test('complete writes CSV with names, and takes what is observed by name', async () => {
  const out = folder.path('completed.csv');
  const s = await asJson([
    'complete',
    model,
    sheet,
    '--decimal',
    ',',
    '--observed',
    'eruptions',
    '--id',
    'Nr',
    '--out',
    out,
  ]);
  expect(s).toMatchObject(await asJson(['complete', model, data, '--observed', '0']));
  const completed = await readMatrix(out, { id: 'Nr' });
  expect(completed.columns).toEqual(['eruptions', 'waiting']);
  expect(completed.ids!.at(-1)).toBe('F271');
  const { data: whole } = faithful();
  for (let n = 0; n < 272; n++) expect(completed.data[2 * n]).toBe(whole[2 * n]);
  expect(completed.data[1]).not.toBe(whole[1]);
});

describe('- is a stream', () => {
  test('of data, of a model, and of what is written', async () => {
    const fitted = await mixtention(['fit', '-', '--out', '-'], { input: faithfulCsv() });
    expect(fitted.code).toBe(0);
    expect(fitted.stdout).toBe(await readFile(model, 'utf8'));
    expect(fitted.stderr).toContain('log-likelihood');
    const labels = await mixtention(['predict', '-', data, '--out', '-'], { input: fitted.stdout });
    expect(labels.stdout.split('\n').slice(0, 2)).toEqual(['label,logDensity', expect.stringMatching(/^0,-\d/)]);
    expect(labels.stderr).toContain('272 rows');
    const packed = await mixtention(['complete', model, '-', '--observed', 'eruptions', '--out', '-'], {
      input: swapped(),
    });
    expect(packed.stdout).toMatch(/^eruptions,waiting\n3\.6,\d/);
  });

  test.each([
    [['predict', '-', '-'], 'standard input, which can be read once'],
    [['fit', '-', '--resume', '-'], 'standard input, which can be read once'],
    [['fit', '-', '--prior', '-'], 'standard input, which can be read once'],
    [['fit', '-', '--out', '-', '--json'], '--json and --out - both write to standard output'],
    [['fit', '-'], 'standard input: row 0, column 1'],
  ])('that is asked for twice, or holds no numbers, is refused: %j', async (args, sentence) => {
    const { code, stderr, stdout } = await mixtention(args, { input: '1,NA\n2,3\n' });
    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, '']);
  });
});

test('a first line of numbers is told of, and read as --header says', async () => {
  const years = await folder.put('years.csv', '2019,2020\n1,7\n2,5\n9,1\n8,0\n');
  const { code, stderr } = await runHere(['fit', years, '--components', '1']);
  expect(stderr).toMatch(
    /mixtention: note: .*years\.csv: line 1 \(2019, 2020\) is taken for a row;.* with --header\n$/,
  );
  expect(code).toBe(0);
  expect(await asJson(['fit', years, '--components', '1', '--header'])).toMatchObject({
    n: 4,
    columns: ['2019', '2020'],
  });
});

test('a column that counts the rows is told of, and so is a constant one, before what became of it', async () => {
  const lines = faithfulCsv().trimEnd().split('\n');
  const counted = await folder.put('counted.csv', lines.map((line, n) => `${n === 0 ? 'Nr' : n},${line}`).join('\n'));
  const s = await asJson(['fit', counted, '--restarts', '1']);
  expect(s.notes).toEqual([
    'column 0 "Nr" (counted from 0) counts the rows, as an identifier does: leave it out with --exclude, or keep it as --id',
  ]);
  expect((await runHere(['fit', counted, '--restarts', '1'])).stdout).toContain(
    'column 0 "Nr" (counted from 0) counts',
  );
  const flat = await folder.put('flat.csv', lines.map((line, n) => `${n === 0 ? 'unit' : 7},${line}`).join('\n'));
  expect((await asJson(['fit', flat, '--restarts', '1'])).message).toMatch(
    /^column 0 "unit" \(counted from 0\) is constant: leave it out with --exclude; .*degenerate: components 0, 1/,
  );
});
