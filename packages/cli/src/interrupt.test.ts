import { readdir } from 'node:fs/promises';
import { writeNpy } from '@mixtention/files';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csv, mixtention, workFolder } from './testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;
let model: string;

beforeAll(async () => {
  folder = await workFolder();
  // More than a minute of work for the plain backend.
  const rows = Array.from({ length: 200 * 48 }, (_, i) => Math.sin(i * i + 1).toFixed(3));
  const few = csv({ data: Float64Array.from(rows, Number), rows: 200, cols: 48 });
  data = await folder.put('large.csv', `${few}\n`.repeat(300));
  model = folder.path('model.json');
  const args = ['fit', await folder.put('few.csv', few), '--components', '100', '--screen', '0'];
  expect((await mixtention([...args, '--max-iterations', '0', '--out', model])).code).toBe(0);
});
afterAll(() => folder.remove());

// Early: while the command itself is being loaded, or reads. Late: in the middle of the work.
for (const [when, interruptAfterMs] of [
  ['early', 700],
  ['late', 2500],
] as const)
  test.each([
    ['predict', () => ['predict', model, data]],
    ['complete', () => ['complete', model, data, '--observed', '0:24']],
  ])(`Ctrl-C ends %s with code 130, one sentence and no file, ${when}`, async (_, command) => {
    const before = await readdir(folder.path('.'));
    const args = [...command(), '--backend', 'plain', '--out', folder.path('out')];
    expect(await mixtention(args, { interruptAfterMs })).toEqual({
      code: 130,
      stdout: '',
      stderr: 'mixtention: interrupted\n',
    });
    expect(await readdir(folder.path('.'))).toEqual(before);
  });

test('a fit that computes for long without a turn for signals ends as well, within seconds', async () => {
  const [rows, cols] = [60, 2500];
  const values = Float64Array.from({ length: rows * cols }, (_, i) => Math.sin(i * i + 1));
  const wide = await folder.put('wide.npy', writeNpy({ data: values, rows, cols }));
  const before = await readdir(folder.path('.'));
  const args = ['--components', '7', '--prior', 'weak', '--backend', 'plain', '--workers', '0'];
  let interruptedAt = 0;
  setTimeout(() => {
    interruptedAt = performance.now();
  }, 2500);
  expect(await mixtention(['fit', wide, ...args, '--out', folder.path('out')], { interruptAfterMs: 2500 })).toEqual({
    code: 130,
    stdout: '',
    stderr: 'mixtention: interrupted\n',
  });
  expect(performance.now() - interruptedAt).toBeLessThan(8000);
  expect(await readdir(folder.path('.'))).toEqual(before);
});
