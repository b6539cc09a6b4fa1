import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixtentionError } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';
import { writeFileAtomic, writeNpy } from '@mixtention/files';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';

const KILLS = Number(process.env.KILLS ?? 200);
/** Of one fit, at most. */
const KILLS_EACH = 8;
const MIXTENTION = join(repository, 'packages/cli/dist/bin.js');

const QUIET = ['--backend', 'plain', '--workers', '0', '--json'];

/** What is fitted: many starts and steps, each of a few milliseconds. */
const FITS: readonly (readonly string[])[] = [
  ['--components', '4', '--screen', '6', '--restarts', '3', '--tolerance', '0', '--max-iterations', '2000'],
  ['--components', '3', '--covariance', 'diagonal', '--screen', '0', '--restarts', '6', '--tolerance', '0'],
  ['--components', '3', '--optimizer', 'adam', '--screen', '3', '--max-iterations', '1500'],
];

/** `npm run bench:resume`: fits on the command line that are killed at random points (`KILLS`, by default 200), and how many of them end with the bits of one that never was. */
await runCommand(async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-resume-'));
  try {
    const data = join(folder, 'rows.npy');
    await writeFileAtomic(data, writeNpy(rows()));
    const dues: string[] = [];
    for (const own of FITS) dues.push(apart((await run(['fit', data, ...own, ...QUIET])).stdout));
    let [kills, chains, equal] = [0, 0, 0];
    while (kills < KILLS) {
      signal.throwIfAborted();
      const which = chains % FITS.length;
      const checkpoint = join(folder, `${chains}.ckpt`);
      const chain = await killAndResume(data, checkpoint, {
        own: FITS[which]!,
        seed: chains,
        most: Math.min(KILLS_EACH, KILLS - kills),
      });
      kills += chain.kills;
      chains++;
      if (apart(chain.stdout) === dues[which]) equal++;
      console.log(
        `fit ${chains}: ${chain.kills} kills, ${apart(chain.stdout) === dues[which] ? 'the same bits' : 'OTHER BITS'}`,
      );
    }
    console.log(
      `\n${kills} kills in ${chains} fits: ${equal} of ${chains} fits ended with the bits of one that was never killed`,
    );
    if (equal < chains) throw new MixtentionError('TASK', 'a fit that was resumed has other bits');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function rows(): { readonly data: Float64Array; readonly rows: number; readonly cols: number } {
  const random = generator(key(5));
  const data = Float64Array.from({ length: 2000 * 3 }, (_, i) => random.normal() + 2.2 * (Math.floor(i / 3) % 4));
  return { data, rows: 2000, cols: 3 };
}

type Chain = { readonly own: readonly string[]; readonly seed: number; readonly most: number };

/** One fit, killed at a random time after each of its checkpoints begins to appear, until it ends by itself. */
async function killAndResume(
  data: string,
  checkpoint: string,
  { own, seed, most }: Chain,
): Promise<{ readonly kills: number; readonly stdout: string }> {
  const random = generator(split(key(17), 'kills', seed));
  const writing = ['--checkpoint', checkpoint, '--every', '5ms'];
  for (let kills = 0; ; kills++) {
    const from = existsSync(checkpoint) ? ['--resume', checkpoint, '--json'] : [...own, ...QUIET];
    const wait = kills < most ? 400 * random.uniform() ** 2 : null;
    const { wasKilled, stdout } = await run(['fit', data, ...from, ...writing], wait, checkpoint);
    if (!wasKilled) return { kills, stdout };
  }
}

type Ended = { readonly wasKilled: boolean; readonly stdout: string };

/** Runs the command as a process group of its own; all of it is killed so many milliseconds after it has written its first checkpoint. */
function run(words: readonly string[], waitMs: number | null = null, checkpoint = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MIXTENTION, ...words], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    let wasKilled = false;
    const begunAt = Date.now();
    const kill = (): void => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      wasKilled = true;
      process.kill(-child.pid!, 'SIGKILL');
    };
    const look = async (): Promise<void> => {
      const written = await stat(checkpoint).then(
        ({ mtimeMs }) => mtimeMs > begunAt,
        () => false,
      );
      if (child.exitCode !== null || child.signalCode !== null) return;
      setTimeout(() => (written ? kill() : void look()), written ? waitMs! : 5);
    };
    if (waitMs !== null) void look();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.once('error', reject);
    child.once('close', () => resolve({ wasKilled: wasKilled && child.signalCode !== null, stdout }));
  });
}

/** What was printed, but for times. */
function apart(stdout: string): string {
  return stdout === ''
    ? ''
    : JSON.stringify(
        JSON.parse(stdout, (name, value) => (name === 'seconds' || name === 'passSeconds' ? undefined : value)),
      );
}
