import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { seal, unseal } from '@mixtention/core/base';
import { generator, key } from '@mixtention/core/numeric';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { binPath, csv, mixtention, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  const random = generator(key(3));
  const rows = Array.from({ length: 1500 * 3 }, (_, i) => random.normal() + 2 * (Math.floor(i / 3) % 4));
  data = await folder.put('rows.csv', csv({ data: Float64Array.from(rows), rows: 1500, cols: 3 }));
});
afterAll(() => folder.remove());

/** What `--json` printed, but for times. */
function apart(stdout: string): unknown {
  return JSON.parse(stdout, (name, value) => (name === 'seconds' || name === 'passSeconds' ? undefined : value));
}

/** Starts the command as a process group of its own, and kills all of it as soon as `isTime` says so, or lets it end. */
function killed(args: readonly string[], isTime: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [binPath, ...args], { detached: true, stdio: 'ignore' });
    let wasKilled = false;
    const timer = setInterval(() => {
      if (!isTime()) return;
      clearInterval(timer);
      wasKilled = true;
      process.kill(-child.pid!, 'SIGKILL');
    }, 2);
    child.once('exit', () => {
      clearInterval(timer);
      resolve(wasKilled);
    });
  });
}

test.each([
  ['EM', ['--components', '5', '--tolerance', '0', '--max-iterations', '600']],
  [
    'gradients',
    ['--components', '3', '--optimizer', 'adam', '--screen', '3', '--max-iterations', '300', '--minibatch', '500'],
  ],
])(
  'a fit by %s that is killed again and again goes on to the bits of one that never was',
  async (name, own) => {
    const args = ['fit', data, ...own, '--backend', 'plain', '--workers', '0', '--json'];
    const due = await mixtention(args);
    expect(due.code).toBe(0);
    const file = folder.path(`${name}.ckpt`);
    const writing = ['--checkpoint', file, '--every', '5ms'];
    const random = generator(key(8));
    let kills = 0;
    for (let kill = 0; kill < 5; kill++) {
      const begun = existsSync(file) ? ['fit', data, '--resume', file, '--json'] : args;
      const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
      let readyAt = Number.POSITIVE_INFINITY;
      // Not before there is another checkpoint than the last one, then at random.
      const isTime = (): boolean => {
        if (readyAt === Number.POSITIVE_INFINITY && existsSync(file) && readFileSync(file, 'utf8') !== before)
          readyAt = performance.now() + 60 * random.uniform();
        return performance.now() > readyAt;
      };
      if (await killed([...begun, ...writing], isTime)) kills++;
    }
    expect(kills).toBeGreaterThan(1);
    const { code, stdout } = await mixtention(['fit', data, '--resume', file, '--json']);
    expect(code).toBe(0);
    expect(apart(stdout)).toEqual(apart(due.stdout));
    // From the last checkpoint of a fit that has ended the result is there at once; workers change no bit.
    await mixtention([...args, ...writing]);
    const again = await mixtention(['fit', data, '--resume', file, '--workers', '2', '--json']);
    expect({ ...(apart(again.stdout) as object), workers: 0 }).toEqual(apart(due.stdout));
  },
  120_000,
);

test('a checkpoint is held to the data and to the options, in words of the command line', async () => {
  const file = folder.path('held.ckpt');
  const args = ['fit', data, '--components', '2', '--screen', '0', '--backend', 'plain', '--workers', '0'];
  expect((await mixtention([...args, '--checkpoint', file])).code).toBe(0);
  const other = await folder.put('other.csv', `${readFileSync(data, 'utf8')}\n1,2,3\n`);
  for (const [words, due] of [
    [['fit', other, '--resume', file], 'its data have 1,500 rows of 3 columns, these have 1,501 rows of 3'],
    [['fit', data, '--resume', file, '--seed', '2'], 'its --seed is 0, here it is 2'],
    [['fit', data, '--resume', file, '--backend', 'tfjs-wasm'], 'go on all the same with --force'],
    [['fit', data, '--resume', data], 'is no checkpoint that --checkpoint wrote'],
    [['fit', data, '--checkpoint', data], 'is the input'],
    [['fit', data, '--checkpoint', file, '--out', `./${relative('.', file)}`], 'are one file'],
    [['fit', data, '--resume', file, '--out', file], 'is the input'],
    [['fit', data, '--every', '5'], 'A time was due'],
  ] as const) {
    const { code, stderr } = await mixtention(words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(due)]);
  }
  expect((await mixtention(['fit', data, '--resume', file, '--backend', 'tfjs-wasm', '--force'])).code).toBe(0);
  // As on a machine without the native kernel.
  const text = unseal(readFileSync(file, 'utf8'))!.replaceAll('"backend":"plain"', '"backend":"native"');
  const native = await folder.put('native.ckpt', seal(text));
  const env = { MIXTENTION_NATIVE: 'off' };
  const { code, stderr } = await mixtention(['fit', data, '--resume', native], { env });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/switched off .*; the checkpoint was made on native: with --force /),
  ]);
  expect((await mixtention(['fit', data, '--resume', native, '--force'], { env })).code).toBe(0);
}, 60_000);

test.runIf(process.platform !== 'win32')(
  'a disk that is full costs model and checkpoint, never what is printed',
  async () => {
    const small = await folder.put('small.csv', csv({ data: Float64Array.of(1, 2, 3, 10, 11, 12), rows: 6, cols: 1 }));
    const [out, checkpoint] = [folder.path('full.json'), folder.path('full.ckpt')];
    await copyFile(small, folder.path('before.csv'));
    // A process that was killed in the midst of a checkpoint has left its new file behind.
    const before = await readdir(folder.path('.'));
    // No file may be longer than 0 blocks: what a full disk answers, to everybody but the pipes.
    const words = ['fit', small, '--backend', 'plain', '--workers', '0', '--out', out, '--checkpoint', checkpoint];
    const child = spawn('sh', ['-c', `ulimit -f 0; exec "$0" "$@"`, process.execPath, binPath, ...words]);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(stdout).toContain('converged');
    expect(stderr).toContain('note: no checkpoint was written');
    expect(stderr).toContain('full.json');
    expect(code).toBe(2);
    expect(await readdir(folder.path('.'))).toEqual(before);
  },
  30_000,
);
