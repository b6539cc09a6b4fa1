import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MixtentionError } from '@mixtention/core';

const run = promisify(execFile);

/**
 * A virtual environment with some packages in it; made on first use, reused until other packages are asked for.
 *
 * @param folder  where it goes; whatever is there is replaced
 * @returns path of its Python
 * @throws PEER_UNAVAILABLE when there is no Python 3 with venv, or the packages cannot be had
 */
export async function pythonEnvironment(
  folder: string,
  requirements: readonly string[],
  log: (line: string) => void,
): Promise<string> {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, 'requirements.txt');
  const due = `${requirements.join('\n')}\n`;
  if (existsSync(stamp) && existsSync(python) && (await readFile(stamp, 'utf8')) === due) return python;
  log(`making a virtual environment with ${requirements.join(', ')}`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', ...requirements]);
    await writeFile(stamp, due);
  } catch (cause) {
    throw new MixtentionError(
      'PEER_UNAVAILABLE',
      `[bench] peers: Python 3 with venv and ${requirements.join(', ')} were due; ${lastError(cause as Error)}`,
      { cause },
    );
  }
  return python;
}

/** pip says at the end what went wrong; the message of `execFile` begins with the command. */
function lastError(cause: Error & { readonly stderr?: string }): string {
  const lines = (cause.stderr || cause.message).trim().split('\n');
  return lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1)!;
}
