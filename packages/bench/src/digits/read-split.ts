import { type Matrix, MixtentionError } from '@mixtention/core';
import { readMatrix } from '@mixtention/files';
import { dataFolder } from './data-folder.ts';
import { findStandardFile } from './find-standard-file.ts';
import { STANDARD_FILES } from './standard-files.ts';

/** A file of the standard split, in the folder that `MIXTENTION_DATA` names or where it was downloaded to. */
export function readSplit(part: keyof typeof STANDARD_FILES): Promise<Matrix> {
  const folders = [process.env.MIXTENTION_DATA ?? '', dataFolder()].filter((folder) => folder !== '');
  const path = folders.map((folder) => findStandardFile(folder, part)).find((found) => found !== null);
  if (path !== undefined) return readMatrix(path);
  const due = `${STANDARD_FILES[part].name} was due in the folder that MIXTENTION_DATA names`;
  throw new MixtentionError('BAD_DATA', `[bench] ${due}; \`npm run data:download\` brings it`);
}
