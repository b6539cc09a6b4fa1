import { MixtentionError } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { printable, readBytes } from '@mixtention/files';
import { MixtureModel } from '@mixtention/mixture';
import { writeOutput } from './output.ts';
import { inWords } from './words.ts';

/** A model file larger than this is refused before it is read. */
const MOST_BYTES = 1 << 30;

/** Numbers of a model file at most: each takes 32/3 characters, and a text can hold about 2²⁹. */
const MOST_NUMBERS = 50_000_000;

/** Reads a model that `fit --out` wrote. */
export async function readModel(path: string): Promise<MixtureModel> {
  const bytes = await readBytes(path, MOST_BYTES);
  try {
    return MixtureModel.fromJSON(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = inWords((cause as Error).message);
    throw new MixtentionError('BAD_MODEL', `${printable(path)}: is no model that fit --out wrote: ${reason}`, {
      cause,
    });
  }
}

/** Writes a model: a file whole or not at all, or to standard output for `-`. */
export async function writeModel(path: string, model: MixtureModel): Promise<void> {
  await writeOutput(path, `${JSON.stringify(model)}\n`);
}

/** What writing the model would refuse, before the fit and not after it. */
export function checkWritable(
  width: number,
  { components, covariance }: { readonly components: number; readonly covariance: string | null },
): void {
  // Weights and means; then what the covariances take.
  const square = covariance === 'full' ? components * width * width : covariance === 'tied' ? width * width : 0;
  const line = covariance === 'diagonal' ? components * width : covariance === 'spherical' ? components : 0;
  const numbers = components * (width + 1) + square + line;
  if (numbers <= MOST_NUMBERS) return;
  fail(
    'cli/fit',
    'BAD_OPTION',
    `--out would write a model of ${counted(numbers, 'number')}, ${MOST_NUMBERS} at most were due; ask for fewer components or a simpler covariance`,
  );
}
