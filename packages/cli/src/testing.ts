import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Matrix } from '@mixtention/core';
import { faithful } from '@mixtention/mixture';

/** The built command, run in a process of its own as a user would. */
export const binPath: string = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs `mixtention` with some words and `input` on its standard input; SIGINT is sent after `interruptAfterMs`, or as soon as `interruptWhen` says so. */
export function mixtention(
  args: readonly string[],
  {
    env = {},
    input = '',
    interruptAfterMs,
    interruptWhen,
  }: { env?: NodeJS.ProcessEnv; input?: string; interruptAfterMs?: number; interruptWhen?: () => boolean } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [binPath, ...args], { env: { ...process.env, NO_COLOR: '1', ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    // Refused before it is read, it has no reader.
    child.stdin.on('error', () => {}).end(input);
    const looks = setInterval(() => {
      if (!interruptWhen?.()) return;
      clearInterval(looks);
      child.kill('SIGINT');
    }, 50);
    child.on('close', (code) => {
      clearInterval(looks);
      resolve({ code, stdout, stderr });
    });
    if (interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), interruptAfterMs);
  });
}

/** The same in this process, which spares two: for what is about words and answers, neither about processes, streams nor the environment. */
export async function runHere(args: readonly string[]): Promise<Outcome> {
  // A file that starts processes alone does without all that the command loads.
  const { main } = await import('./main.ts');
  const [stdout, stderr] = [captured(process.stdout), captured(process.stderr)];
  const code = await main(args).finally(() => [stdout, stderr].map(({ end }) => end()));
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Keeps what is written to a stream from it, until the end. */
function captured(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const { write } = stream;
  const parts: Uint8Array[] = [];
  stream.write = (part: string | Uint8Array, ...rest: unknown[]): boolean => {
    parts.push(Buffer.from(part as string));
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
  const end = (): void => {
    stream.write = write;
  };
  // Under CI there are colours where nobody looks.
  return { text: () => stripVTControlCharacters(Buffer.concat(parts).toString()), end };
}

/** A folder of its own for a test file, with a way to put files in and a way to remove it. */
export async function workFolder(): Promise<{
  path(name: string): string;
  put(name: string, content: string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-cli-'));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    async put(name, content) {
      await writeFile(path(name), content);
      return path(name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export function csv({ data, rows, cols }: Matrix): string {
  return Array.from({ length: rows }, (_, n) => data.subarray(n * cols, (n + 1) * cols).join(',')).join('\n');
}

export const faithfulCsv = (): string => `eruptions,waiting\n${csv(faithful())}\n`;
