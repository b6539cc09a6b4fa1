import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv, faithfulCsv, mixtention, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
});
afterAll(() => folder.remove());

type Summary = {
  logLikelihood: number;
  parameters: number;
  bic: number;
  aic: number;
  n: number;
  weights: number[];
  means: number[][];
  covariances: number[][][];
  trace: { logLikelihood: number }[];
  [name: string]: unknown;
};

async function fit(...args: string[]): Promise<Summary> {
  const { code, stdout, stderr } = await runHere(['fit', data, '--json', ...args]);
  expect(stderr.includes('mixtention:')).toBe(false);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Summary;
}

describe('fit', () => {
  test('one component of Old Faithful gives −1289.7967 and the criteria follow from it', async () => {
    const { code, stdout } = await mixtention(['fit', data, '--json', '--components', '1']);
    expect(code).toBe(0);
    const s = JSON.parse(stdout) as Summary;
    expect(s.logLikelihood).toBeCloseTo(-1289.7967, 3);
    expect(s.parameters).toBe(5);
    expect(s.bic).toBeCloseTo(5 * Math.log(272) - 2 * s.logLikelihood, 9);
    expect(s.aic).toBeCloseTo(10 - 2 * s.logLikelihood, 9);
  });

  test('two components give the published maximum, on every backend that is there', async () => {
    for (const [backend, digits] of [
      ['plain', 6],
      ['wasm', 2],
    ] as const) {
      const s = await fit('--backend', backend);
      expect(s).toMatchObject({
        status: 'converged',
        converged: true,
        backend,
        n: 272,
        d: 2,
        components: 2,
        family: 'gaussian',
        covariance: 'full',
        optimizer: 'em',
      });
      expect(Math.abs(s.logLikelihood - -1130.26396)).toBeLessThan(2 * 10 ** -digits);
      expect(s.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(s.means).toHaveLength(2);
      expect(s.covariances[1]).toHaveLength(2);
      expect(s.trace.at(-1)!.logLikelihood).toBeCloseTo(s.logLikelihood, 6);
    }
  });

  test('gradients reach the same maximum', async () => {
    const s = await fit('--optimizer', 'adam', '--restarts', '2');
    expect(Math.abs(s.logLikelihood - -1130.264)).toBeLessThan(0.05);
    expect(s.optimizer).toBe('adam');
  });

  test('worker threads give the same bits as one another', async () => {
    const [one, two] = [await fit('--workers', '1', '--restarts', '1'), await fit('--workers', '2', '--restarts', '1')];
    expect(one.logLikelihood).toBe(two.logLikelihood);
    expect(one.means).toEqual(two.means);
    expect(two.workers).toBe(2);
  });

  test('without --json people get a table', async () => {
    const { code, stdout } = await runHere(['fit', data, '--restarts', '2']);
    expect(code).toBe(0);
    expect(stdout).toContain('log-likelihood');
    expect(stdout).toContain('converged');
  });
});

describe('bad input ends with code 2, one sentence on stderr and nothing on stdout', () => {
  const cases: [string, () => Promise<string[]> | string[], string | RegExp][] = [
    ['an unknown option', () => [data, '--componets', '2'], '--components'],
    ['a number that is none', () => [data, '--components', 'two'], 'whole number'],
    ['a choice that is none', () => [data, '--family', 'gausian'], 'gaussian'],
    ['no data', () => [], 'data'],
    ['a missing file', () => [folder.path('none.csv')], 'none.csv'],
    ['NaN', async () => [await folder.put('nan.csv', '1,2\n3,NaN\n')], /nan\.csv.*row 1.*column 1.*line 2/],
    ['an infinite cell', async () => [await folder.put('inf.csv', '1,2\n3,inf\n')], /inf\.csv.*row 1.*column 1/],
    ['a word', async () => [await folder.put('word.csv', '1,2\n3,abc\n')], /word\.csv.*row 1.*column 1.*abc/],
    ['ragged rows', async () => [await folder.put('ragged.csv', '1,2\n3\n')], /ragged\.csv.*row 1/],
    ['an empty file', async () => [await folder.put('empty.csv', '')], 'empty'],
    [
      'more components than rows',
      async () => [await folder.put('few.csv', '1,2\n3,4\n'), '--components', '3'],
      /3 components.*2 rows|2 rows.*3 components/,
    ],
    [
      'a truncated array',
      async () => [await folder.put('cut.npy', Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'))],
      'cut.npy',
    ],
    ['grey values for Bernoulli', () => [data, '--family', 'bernoulli'], 'row'],
    ['a covariance of Bernoulli', () => [data, '--family', 'bernoulli', '--covariance', 'tied'], 'gaussian'],
    ['a learning rate of EM', () => [data, '--learning-rate', '0.1'], '--optimizer adam, rmsProp or sgd'],
    ['a time between no checkpoints', () => [data, '--every', '5s'], '--every goes with --checkpoint'],
    ['a force without a checkpoint', () => [data, '--force'], '--force goes with --resume'],
    [
      'held-out rows of another width',
      async () => [data, '--test', await folder.put('wide.csv', '1,2,3\n'), '--restarts', '1000000'],
      /wide\.csv has 3 columns, the data have 2/,
    ],
    [
      'held-out grey values for Bernoulli',
      async () => [
        await folder.put('bits.csv', '0,1\n1,0\n1,1\n'),
        '--family',
        'bernoulli',
        '--test',
        data,
        '--restarts',
        '1000000',
      ],
      'binarise',
    ],
    [
      'covariances that no text can hold',
      async () => [
        await folder.put('wide.csv', `${Array(9000).fill('1.5').join(',')}\n`.repeat(3)),
        '--covariance',
        'diagonal',
      ],
      '--json prints 2 covariances of 9000 × 9000 numbers',
    ],
    ['the input as output', () => [data, '--out', data, '--restarts', '1000000'], 'is the input'],
    [
      'an output that hides the input',
      async () => {
        const link = folder.path('link.csv');
        await symlink(data, link);
        return [data, '--out', link, '--restarts', '1000000'];
      },
      'is the input',
    ],
    [
      'a directory that is not there',
      () => [data, '--out', folder.path('nowhere/model.json'), '--restarts', '1000000'],
      'nowhere',
    ],
  ];
  test.each(cases)('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runHere(['fit', ...(await args()), '--json']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('a process of its own ends so too', async () => {
    const { code, stdout, stderr } = await mixtention(['fit', data, '--components', 'two', '--json']);
    expect(stderr).toMatch(/^mixtention: .*whole number.*\n$/);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('a stack trace comes when it is asked for', async () => {
    const { stderr } = await runHere(['fit', folder.path('none.csv'), '--debug']);
    expect(stderr).toContain('    at ');
  });
});

test('Ctrl-C in the middle of a fit ends with code 130, the best so far in print and in the file', async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => Math.sin(i * i + 1));
  const large = await folder.put('large.csv', csv({ data: Float64Array.from(rows), rows: 10_000, cols: 6 }));
  const out = folder.path('interrupted.json');
  const checkpoint = folder.path('interrupted.checkpoint');
  const limits = ['--components', '40', '--restarts', '1000', '--tolerance', '0'];
  const files = ['--out', out, '--checkpoint', checkpoint, '--every', '100ms'];
  const args = ['fit', large, ...limits, ...files, '--backend', 'plain', '--json'];
  const { code, stdout, stderr } = await mixtention(args, { interruptWhen: () => existsSync(checkpoint) });
  expect(stderr.split('\n').filter((line) => line.startsWith('mixtention:'))).toEqual([]);
  expect(code).toBe(130);
  const summary = JSON.parse(stdout) as Summary;
  expect(summary).toMatchObject({ status: 'stopped', message: expect.stringContaining('asked to stop') });
  const { stdout: predicted } = await mixtention(['predict', out, large, '--backend', 'plain', '--json']);
  expect((JSON.parse(predicted) as Summary).logLikelihood).toBeCloseTo(summary.logLikelihood, 3);
  expect((await readdir(dirname(out))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}, 30_000);
