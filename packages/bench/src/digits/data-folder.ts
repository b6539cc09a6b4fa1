import { join } from 'node:path';
import { cacheDirectory } from '@mixtention/native';

/** Where `npm run data:download` puts data sets, and where they are looked for. */
export function dataFolder(): string {
  return join(cacheDirectory(), 'data');
}
