import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MixtentionError } from '@mixtention/core';

const run = promisify(execFile);

/** scikit-learn as the issue names it; NumPy as it resolves. */
export const REQUIREMENTS: readonly string[] = ['scikit-learn==1.9.1'];

/**
 * A virtual environment of its own with the peers in it; made on first use, reused afterwards.
 *
 * @param folder  where it goes
 * @returns path of its Python
 * @throws MixtentionError when there is no Python 3 with venv, or the packages cannot be had
 */
export async function pythonEnvironment(folder: string, log: (line: string) => void): Promise<string> {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, 'requirements.txt');
  if (existsSync(stamp)) return python;
  log(`making a virtual environment with ${REQUIREMENTS.join(', ')}`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...REQUIREMENTS]);
    await writeFile(stamp, `${REQUIREMENTS.join('\n')}\n`);
  } catch (cause) {
    const reason = (cause as Error).message.split('\n').slice(0, 2).join(' ');
    throw new MixtentionError(
      'PEER_UNAVAILABLE',
      `[bench] peers: Python 3 with venv and ${REQUIREMENTS.join(', ')} were due; ${reason}`,
      { cause },
    );
  }
  return python;
}
