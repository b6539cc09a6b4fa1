import { readdir } from 'node:fs/promises';
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
  const args = ['fit', await folder.put('few.csv', few), '--components', '100', '--restarts', '1'];
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
