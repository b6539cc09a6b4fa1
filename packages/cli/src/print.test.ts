import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { binPath, faithfulCsv, mixtention, workFolder } from './testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let model: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
  model = folder.path('model.json');
  expect((await mixtention(['fit', data, '--out', model, '--restarts', '2'])).code).toBe(0);
});
afterAll(() => folder.remove());

test('numbers that JSON does not have are spelled out, and rows that nobody can have made counted', async () => {
  const far = await folder.put('far.csv', '1e300,1e300\n3.6,79\n');
  const { code, stdout } = await mixtention(['predict', model, far, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    logLikelihood: '-Infinity',
    logDensity: ['-Infinity', expect.any(Number)],
    labels: [-1, 0],
    counts: [1, 0],
  });
  expect((await mixtention(['predict', model, far])).stdout).toContain('none  1 row that no component can have made');
});

test('a reader that leaves early is no error', async () => {
  const many = await folder.put('many.csv', '3.6,79\n'.repeat(50_000));
  const child = spawn(process.execPath, [binPath, 'predict', model, many, '--json']);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('a file that is written in parts holds every row in its place', async () => {
  const many = await folder.put('pairs.csv', '3.6,79\n2.0,50\n'.repeat(40_000));
  const out = folder.path('pairs-labels.csv');
  expect((await mixtention(['predict', model, many, '--backend', 'plain', '--out', out])).code).toBe(0);
  const text = await readFile(out, 'utf8');
  const [head, first, second] = text.split('\n', 3);
  expect(head).toBe('label,logDensity');
  expect([first!.split(',')[0], second!.split(',')[0]]).toEqual(['0', '1']);
  // More than one part.
  expect(text.length).toBeGreaterThan(2 ** 20);
  expect(text === `${head}\n${`${first}\n${second}\n`.repeat(40_000)}`).toBe(true);
});

test.skipIf(!existsSync('/dev/full'))('a full disk behind stdout is one sentence', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [binPath, 'fit', data, '--restarts', '1'], { stdio: ['ignore', full, 'pipe'] });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  closeSync(full);
  expect(stderr).toBe('mixtention: the result cannot be written to stdout: ENOSPC: no space left on device, write\n');
  expect(code).toBe(2);
});
