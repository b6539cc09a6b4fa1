import { readFile } from 'node:fs/promises';
import { generator, key } from '@mixtention/core/numeric';
import { writeNpy } from '@mixtention/files';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let whole: string;

const HEAD = 'customer,age,visits,region,member';
const random = generator(key(9));
/** Two groups of customers, of whom the first and every ninth lack a value. */
const LINES = Array.from({ length: 90 }, (_, n) => {
  const [age, visits] = [40 + 20 * (n % 2) + 3 * random.normal(), 6 - 4 * (n % 2) + 0.5 * random.normal()];
  const cells = [n % 18 === 9 ? '' : age.toFixed(1), n % 18 === 0 ? 'NA' : visits.toFixed(2)];
  return [`C${n}`, ...cells, n % 3 === 0 ? 'north' : 'south', n % 5 === 0 ? 'yes' : 'no'].join(',');
});
const isWhole = (_: string, n: number): boolean => n % 9 !== 0;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('customers.csv', [HEAD, ...LINES].join('\n'));
  whole = await folder.put('whole.csv', [HEAD, ...LINES.filter(isWhole)].join('\n'));
});
afterAll(() => folder.remove());

const TAKEN = ['--id', 'customer', '--exclude', 'region,member'];

test('whoever has a table of customers and no number of groups is told all columns of texts at once, and what to do about missing values', async () => {
  const texts = await runHere(['select', data]);
  expect(texts.code).toBe(2);
  expect(texts.stderr).toContain('(--exclude and --id take columns of texts out: "customer", "region", "member")');
  for (const command of [['select'], ['fit']]) {
    const { code, stderr } = await runHere([...command, data, ...TAKEN]);
    expect(code).toBe(2);
    expect(stderr).toContain('"NA", a missing value; a number was due (--drop-missing leaves such rows out)');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
});

test('--drop-missing fits the rows that have all their values, says how many have not, and labels those by their ids', async () => {
  const [model, groups] = [folder.path('model.json'), folder.path('groups.csv')];
  const args = ['--components', '1:3', '--json'];
  const chosen = await runHere(['select', data, ...TAKEN, ...args, '--drop-missing', '--out', model]);
  expect(chosen.stderr).toContain('10 rows of 90 with missing values are left out');
  const due = await runHere(['select', whole, ...TAKEN, ...args]);
  const [found, known] = [chosen, due].map(({ stdout }) => JSON.parse(stdout)) as [Chosen, Chosen];
  expect(found.best).toEqual(known.best);
  expect([found.n, found.best.components]).toEqual([80, 2]);
  const { code } = await runHere(['predict', model, data, '--id', 'customer', '--drop-missing', '--out', groups]);
  expect(code).toBe(0);
  const ids = (await readFile(groups, 'utf8')).trimEnd().split('\n').slice(1);
  expect(ids.map((line) => line.split(',')[0])).toEqual(LINES.filter(isWhole).map((line) => line.split(',')[0]));
  const learnt = await runHere(['fit', data, ...TAKEN, '--drop-missing', '--moves', 'all', '--test', data, '--json']);
  const fit = JSON.parse(learnt.stdout) as { n: number; components: number; logLikelihood: number } & Tested;
  expect([fit.n, fit.components]).toEqual([80, 2]);
  expect(fit.testLogLikelihoodPerRow).toBeCloseTo(fit.logLikelihood / 80, 6);
});

type Chosen = { readonly n: number; readonly best: { readonly components: number } };
type Tested = { readonly testLogLikelihoodPerRow: number };

test('--drop-missing says and fits the same of rows that are streamed, of texts and of numbers', async () => {
  const numbers = LINES.flatMap((line) => line.split(',').slice(1, 3)).map((cell) =>
    cell === '' ? NaN : Number(cell),
  );
  const npy = await folder.put('customers.npy', writeNpy({ data: Float64Array.from(numbers), rows: 90, cols: 2 }));
  for (const args of [[data, ...TAKEN], [npy]]) {
    const all = ['fit', ...args, '--components', '2', '--drop-missing', '--json'];
    const [here, there] = [await runHere(all), await runHere([...all, '--stream'])];
    for (const { stderr } of [here, there]) expect(stderr).toContain('10 rows of 90 with missing values are left out');
    const [due, came] = [here, there].map(({ stdout }) => JSON.parse(stdout)) as [Fit, Fit];
    expect([due.n, came.n, came.logLikelihood]).toEqual([80, 80, due.logLikelihood]);
  }
  const [model, groups] = [folder.path('model.json'), folder.path('streamed.csv')];
  await runHere(['fit', data, ...TAKEN, '--components', '2', '--drop-missing', '--stream', '--out', model]);
  await runHere(['predict', model, data, '--id', 'customer', '--drop-missing', '--stream', '--out', groups]);
  const ids = (await readFile(groups, 'utf8')).trimEnd().split('\n').slice(1);
  expect(ids.map((line) => line.split(',')[0])).toEqual(LINES.filter(isWhole).map((line) => line.split(',')[0]));
});

type Fit = { readonly n: number; readonly logLikelihood: number };

test('rows that all lack a value are refused in a sentence, and who streams others is told what to do about them', async () => {
  const empty = await folder.put('empty.csv', 'a,b\n1,\n,2\n');
  for (const [args, sentence] of [
    [[empty, '--drop-missing'], 'empty.csv: every row has a missing value, some without were due'],
    [[empty, '--drop-missing', '--stream'], 'empty.csv: every row has a missing value, some without were due'],
    [[data, ...TAKEN, '--stream'], 'a missing value; a number was due (--drop-missing leaves such rows out)'],
  ] as const) {
    const { code, stderr } = await runHere(['fit', ...args]);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  }
});
