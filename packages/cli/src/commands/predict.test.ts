import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { readMatrix } from '@mixtention/files';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faithfulCsv, mixtention, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let model: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
  model = folder.path('model.json');
  expect((await runHere(['fit', data, '--out', model])).code).toBe(0);
});
afterAll(() => folder.remove());

test('predict gives every row a component, and the log-likelihood of the fit', async () => {
  const out = folder.path('labels.csv');
  const { code, stdout } = await runHere(['predict', model, data, '--json', '--out', out]);
  expect(code).toBe(0);
  const s = JSON.parse(stdout);
  expect(s.labels).toHaveLength(272);
  expect(s.counts).toEqual([175, 97]);
  expect(s.logLikelihood).toBeCloseTo(-1130.264, 3);
  expect((await readMatrix(out)).rows).toBe(272);
});

test('complete predicts a hidden column and scores it exactly', async () => {
  const out = folder.path('completed.npy');
  const { code, stdout } = await runHere(['complete', model, data, '--observed', '0:1', '--json', '--out', out]);
  expect(code).toBe(0);
  const s = JSON.parse(stdout);
  // log p(x1, x2) = log p(x1) + log p(x2 | x1)
  expect((s.logEvidencePerRow + s.jointLogProbabilityPerRow) * 272).toBeCloseTo(-1130.264, 3);
  // One hidden column: joint and marginal are the same.
  expect(s.marginalLogProbabilityPerRow).toBeCloseTo(s.jointLogProbabilityPerRow, 9);
  expect(await readMatrix(out)).toMatchObject({ rows: 272, cols: 2 });
});

test('data whose name says nothing are read as --format says, packed ones too', async () => {
  const plain = await folder.put('faithful.data', faithfulCsv());
  const packed = await folder.put('faithful.data.gz', gzipSync(faithfulCsv()));
  for (const args of [
    ['fit', plain, '--test', packed, '--restarts', '1'],
    ['predict', model, packed],
    ['complete', model, packed, '--observed', '0'],
  ]) {
    const { code, stdout } = await runHere([...args, '--format', 'csv', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ n: 272, d: 2 });
    expect((await runHere(args)).stderr).toContain('--format names one');
    expect((await runHere([...args, '--format', 'idx'])).code).toBe(2);
  }
});

test('text is read as --delimiter, --header and --no-header say', async () => {
  const rows = faithfulCsv().split('\n').slice(1).join('\n').replaceAll(',', ';');
  const bare = await folder.put('bare.csv', rows);
  const named = await folder.put('named.csv', `1st;2nd\n${rows}`);
  const tabs = await folder.put('tabs.csv', rows.replaceAll(';', '\t'));
  for (const command of [
    ['fit', '--restarts', '1'],
    ['predict', '--by-position', model],
    ['complete', '--by-position', '--observed', '0', model],
  ]) {
    const run = (...args: string[]) => runHere([...command, ...args, '--json']);
    for (const [args, n] of [
      [[bare, '--delimiter', ';'], 272],
      [[tabs, '--delimiter', 'tab', '--no-header'], 272],
      [[named, '--delimiter', ';', '--header'], 272],
      [[bare, '--delimiter', ';', '--header'], 271],
    ] as const)
      expect(JSON.parse((await run(...args)).stdout)).toMatchObject({ n, d: 2 });
    expect((await run(named, '--delimiter', ';')).stderr).toContain(
      'if this line names the columns, say so with --header',
    );
    expect((await run(named, '--delimiter', ';;')).stderr).toContain('delimiter is ";;", one character');
  }
});

test('doctor says which backend is used and why', async () => {
  const { code, stdout } = await mixtention(['doctor', '--json']);
  expect(code).toBe(0);
  const d = JSON.parse(stdout);
  expect(['native', 'wasm']).toContain(d.backend);
  for (const name of [
    'version',
    'reason',
    'kernel',
    'tensorflow',
    'instructionSets',
    'threads',
    'node',
    'cache',
    'advice',
  ])
    expect(d).toHaveProperty(name);
});

test('doctor says that native code is switched off', async () => {
  const { stdout } = await mixtention(['doctor', '--json'], {
    env: { MIXTENTION_NATIVE: 'off', MIXTENTION_BACKEND: undefined },
  });
  const d = JSON.parse(stdout);
  expect(d.backend).toBe('wasm');
  expect(d.reason).toContain('MIXTENTION_NATIVE=off');
  expect(d.advice.length).toBeGreaterThan(0);
});

test('an environment variable chooses the backend of all commands, also of small problems', async () => {
  for (const args of [
    ['fit', data, '--restarts', '1'],
    ['predict', model, data],
    ['complete', model, data, '--observed', '0'],
  ]) {
    const { stdout } = await mixtention([...args, '--json'], { env: { MIXTENTION_BACKEND: 'wasm' } });
    expect(JSON.parse(stdout).backend).toBe('wasm');
    const { code, stderr } = await mixtention(args, { env: { MIXTENTION_BACKEND: 'wsm' } });
    expect(stderr).toContain('unknown MIXTENTION_BACKEND "wsm", did you mean "wasm"?');
    expect(code).toBe(2);
  }
});

test('a model with a byte order mark is read', async () => {
  const marked = await folder.put('marked.json', `\ufeff${await readFile(model, 'utf8')}`);
  expect((await runHere(['predict', marked, data])).code).toBe(0);
});

/** The model with a piece of its text replaced. */
async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(model, 'utf8');
  expect(text).toContain(from);
  return folder.put('changed.json', text.replace(from, to));
}

/** A pipe that nobody writes to: opened like a file it would be waited for. */
function pipe(): string {
  const path = folder.path('pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

const bad: [string, () => Promise<string[]>, string | RegExp][] = [
  ['another width', async () => ['predict', model, await folder.put('wide.csv', '1,2,3\n4,5,6\n')], /3 columns.*2/],
  [
    'another width to complete',
    async () => ['complete', model, await folder.put('wide.csv', '1,2,3\n4,5,6\n'), '--observed', '0'],
    /3 columns.*2/,
  ],
  ['a file that is no model', async () => ['predict', await folder.put('bad.json', '{"a": 1}'), data], 'bad.json'],
  ['a cut model', async () => ['predict', await folder.put('cut.json', '{"format": "mixt'), data], 'cut.json'],
  ['a model that lies', async () => ['predict', await changed('"components":2', '"components":3'), data], '3 were due'],
  ['a pipe for a model', async () => ['predict', pipe(), data], 'no regular file'],
  ['a model over itself', () => Promise.resolve(['predict', model, data, '--out', model]), 'is the input'],
  ['data over themselves', async () => ['complete', model, data, '--observed', '0', '--out', data], 'is the input'],
  ['a missing model', async () => ['predict', folder.path('gone.json'), data], 'gone.json'],
  ['columns out of range', async () => ['complete', model, data, '--observed', '0:5'], '0:5'],
  ['columns that are none', async () => ['complete', model, data, '--observed', 'left'], 'left'],
  [
    'probabilities that nobody is shown',
    async () => ['predict', model, data, '--probabilities'],
    '--probabilities goes with --out or --json',
  ],
  ['a format that is none', async () => ['predict', model, data, '--format', 'xlsx'], 'npy, csv, idx, amat'],
  ['an unknown command', async () => ['predct', model, data], 'predict'],
];

test.each(bad)('%s ends with code 2 and one sentence', async (_, args, message) => {
  const { code, stdout, stderr } = await runHere(await args());
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
