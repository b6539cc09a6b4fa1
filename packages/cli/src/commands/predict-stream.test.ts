import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { writeNpy } from '@mixtention/files';
import { faithful } from '@mixtention/mixture';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { openTable } from '../read-table.ts';
import { binPath, csv, mixtention, type Outcome, workFolder } from '../testing.ts';
import { namesOf } from '../use-model.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let table: string;
let numbers: string;
let model: string;
beforeAll(async () => {
  folder = await workFolder();
  // The column of ids is no column of the model, and the others stand in another order than in the model.
  const { data, rows } = faithful();
  const lines = Array.from({ length: 10 * rows }, (_, n) => {
    const at = 2 * (n % rows);
    return `${data[at + 1]},${n % 7 === 0 ? `"eruption, ${n}"` : `é${n}`},${data[at]! + n * 1e-4}`;
  });
  table = await folder.put('named.csv', `waiting,when,eruptions\n${lines.join('\n')}\n`);
  numbers = await folder.put('numbers.npy', writeNpy(faithful()));
  const plain = await folder.put('faithful.csv', `eruptions,waiting\n${csv(faithful())}\n`);
  model = folder.path('model.json');
  const fit = ['fit', plain, '--out', model, '--screen', '0', '--backend', 'plain', '--workers', '0'];
  expect((await mixtention(fit)).code).toBe(0);
});
afterAll(() => folder.remove());

const COMMANDS = [
  ['predict', '--probabilities', 'id,label,logDensity,p0,p1', 'when,label,logDensity,p0,p1'],
  ['complete', '--observed=waiting', '', 'when,eruptions,waiting'],
] as const;

it.each(COMMANDS)(
  '%s --stream answers with the same bits, ids included, to CSV and npy',
  async (name, flag, _, header) => {
    const run = async (more: readonly string[], file: string): Promise<{ outcome: Outcome; bytes: Buffer }> => {
      const out = folder.path(file);
      const words = [name, model, table, '--backend', 'plain', flag, '--out', out, ...more];
      const outcome = await mixtention(words);
      expect(outcome).toMatchObject({ code: 0, stderr: '' });
      return { outcome, bytes: await readFile(out) };
    };
    const id = ['--id', 'when', '--json'];
    const [due, streamed] = await Promise.all([run(id, `${name}-1.csv`), run([...id, '--stream'], `${name}-2.csv`)]);
    expect(JSON.parse(streamed.outcome.stdout)).toEqual(JSON.parse(due.outcome.stdout));
    expect(streamed.bytes.equals(due.bytes)).toBe(true);
    const lines = streamed.bytes.toString().split('\n');
    expect([lines[0], lines.length]).toEqual([header, 2722]);
    expect(lines[1]).toMatch(/^"eruption, 0",/);
    expect(lines[2720]).toMatch(/^é2719,/);
    const out = ['--exclude', 'when'];
    const [npy, alike] = await Promise.all([run(out, `${name}-1.npy`), run([...out, '--stream'], `${name}-2.npy`)]);
    expect(alike.bytes.equals(npy.bytes)).toBe(true);
  },
);

it('numbers are read in place, from standard input by a temporary file, and NaN is told with its row and column', async () => {
  const words = ['--backend', 'plain', '--json'];
  const [npy, input] = await Promise.all([
    mixtention(['predict', model, numbers, ...words]),
    mixtention(['predict', model, '-', '--stream', ...words], { input: csv(faithful()) }),
  ]);
  expect(JSON.parse(input.stdout)).toEqual(JSON.parse(npy.stdout));
  const damaged = faithful().data.slice();
  damaged[101] = Number.NaN;
  const path = await folder.put('damaged.npy', writeNpy({ ...faithful(), data: damaged }));
  const { code, stderr } = await mixtention(['predict', model, path]);
  expect(stderr).toBe(`mixtention: ${path}: row 50, column 1 (counted from 0) is NaN, a finite number was due\n`);
  expect(code).toBe(2);
});

it('a table in its file gives the rows and ids of one in memory, in whichever parts it is read', async () => {
  const flags = { id: 'when' };
  const [due, streamed] = [
    await openTable(table, flags, { where: 'test' }),
    await openTable(table, { ...flags, stream: true }, { where: 'test' }),
  ];
  expect([due.matrix === null, streamed.matrix === null]).toEqual([false, true]);
  const [names, alike] = [namesOf(due.ids), namesOf(streamed.ids)];
  for (let from = 0; from < due.rows; from += 700) {
    const to = Math.min(due.rows, from + 700);
    expect(streamed.read(from, to)).toEqual(due.read(from, to));
    expect(alike(to - from)).toEqual(names(to - from));
  }
  streamed.close();
});

it('held-out rows of fit are streamed too, and checked before the fit', async () => {
  const words = ['fit', table, '--test', table, '--id', 'when', '--screen', '0', '--workers', '0', '--json'];
  const held = async (more: readonly string[]): Promise<number> =>
    JSON.parse((await mixtention([...words, ...more])).stdout).testLogLikelihoodPerRow;
  const [due, streamed] = await Promise.all([held([]), held(['--stream'])]);
  expect(streamed).toBe(due);
  expect(due).toBeLessThan(0);
});

test.skipIf(process.platform === 'win32').each(COMMANDS)(
  'a disk that is full costs the file of %s, never what is printed',
  async (name, flag) => {
    const words = [name, model, table, '--id', 'when', '--backend', 'plain', flag];
    const { stdout: due } = await mixtention([...words, '--json']);
    const out = folder.path(`${name}-full.csv`);
    // No file may be longer than 8 blocks: what a full disk answers in the middle of a file.
    const limited = ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, binPath, ...words, '--json', '--out', out];
    const child = spawn('sh', limited);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text));
    child.stderr.on('data', (text: Buffer) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(JSON.parse(stdout)).toEqual(JSON.parse(due));
    expect(stderr).toMatch(/-full\.csv: cannot be written/);
    expect(code).toBe(2);
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  },
);
