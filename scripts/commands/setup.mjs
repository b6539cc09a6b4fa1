import { parseArgs } from 'node:util';
import { bootstrap, runCommand } from '../bootstrap.mjs';

/**
 * `npm run setup`: all set-up, the native backend loaded as a proof and tried again even if it failed before. `-- --verify` hashes what is
 * cached, `-- --force` builds it anew, `-- --vendor-installer` allows tfjs-node's own installer, which checks no hashes, as the last way.
 */
export const main = (args) =>
  runCommand(async () => {
    const flag = { type: 'boolean' };
    const { values } = parseArgs({ args, options: { verify: flag, force: flag, 'vendor-installer': flag } });
    const { 'vendor-installer': vendorInstaller, ...options } = values;
    await bootstrap({ ...options, vendorInstaller, quick: false, retry: true });
    return 0;
  });
