import { dataFolder } from './data-folder.ts';
import { packagedDigits } from './packaged-digits.ts';
import { standardDigits } from './standard-digits.ts';
import type { Digits } from './types.ts';

/**
 * The standard files where they are, in the folder that `MIXTENTION_DATA` names or where `npm run data:download` put them; else the digits
 * that come with the repository's packages.
 */
export async function loadDigits(named: string | undefined = process.env.MIXTENTION_DATA): Promise<Digits> {
  const isNamed = named !== undefined && named !== '';
  for (const folder of [...(isNamed ? [named] : []), dataFolder()]) {
    const digits = await standardDigits(folder);
    if (digits !== null) return digits;
  }
  const digits = await packagedDigits();
  if (!isNamed) return digits;
  return { ...digits, name: `${digits.name}; MIXTENTION_DATA names a folder without the standard files` };
}
