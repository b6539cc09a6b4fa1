import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { STANDARD_FILES } from './standard-files.ts';

/** Path of a standard file, plain or gzipped, in a folder or in `binarized-mnist` below it; else null. */
export function findStandardFile(folder: string, part: keyof typeof STANDARD_FILES): string | null {
  const { name } = STANDARD_FILES[part];
  const places = [folder, join(folder, 'binarized-mnist')].flatMap((place) => [
    join(place, name),
    join(place, `${name}.gz`),
  ]);
  return places.find((path) => existsSync(path)) ?? null;
}
