import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@mixtention/files';

/** What a piece of work came to, as a file keeps it: work of the same text is done once. */
export async function kept<Result>(
  folder: string,
  name: string,
  text: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = join(folder, `${name}.json`);
  const before = await read<Result>(path);
  if (before?.text === text) return before.result;
  const result = await work();
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify({ text, result })}\n`);
  return result;
}

async function read<Result>(path: string): Promise<{ readonly text: string; readonly result: Result } | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
