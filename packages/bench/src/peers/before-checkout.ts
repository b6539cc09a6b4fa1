import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MixtentionError } from '@mixtention/core';
import { repository } from '../repository.ts';

const run = promisify(execFile);

/** The last commit before the fused kernels: what they are measured against. */
export const BEFORE = '019d782';

/**
 * The code of an older commit, set up and built; made on first use (some minutes).
 *
 * @param folder  where it goes; whatever is there is replaced
 * @throws PEER_UNAVAILABLE when the commit is not in this clone's history, or does not build
 */
export async function beforeCheckout(folder: string, log: (line: string) => void): Promise<string> {
  const stamp = join(folder, 'built');
  if (existsSync(stamp)) return folder;
  log(`building the code of ${BEFORE} (some minutes)`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const archive = join(folder, 'code.tar');
    await run('git', ['-C', repository, 'archive', '--format=tar', '-o', archive, BEFORE]);
    await run('tar', ['-x', '-f', archive, '-C', folder]);
    await run(process.execPath, ['scripts/setup.mjs'], { cwd: folder });
    await writeFile(stamp, `${BEFORE}\n`);
  } catch (cause) {
    throw new MixtentionError(
      'PEER_UNAVAILABLE',
      `[bench] peers: commit ${BEFORE} in this clone's history, and git and tar, were due; ${(cause as Error).message.trim().split('\n').at(-1)}`,
      { cause },
    );
  }
  return folder;
}
