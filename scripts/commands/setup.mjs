import { parseArgs } from 'node:util';
import { bootstrap, runCommand } from '../bootstrap.mjs';

/** `npm run setup`: all set-up, the native backend tried again even if it failed before. `-- --verify` hashes what is cached, `-- --force` builds it anew. */
export const main = (args) =>
  runCommand(async () => {
    const { values } = parseArgs({ args, options: { verify: { type: 'boolean' }, force: { type: 'boolean' } } });
    await bootstrap({ retry: true, ...values });
    return 0;
  });
