import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where programs made on this machine are kept, apart from the cache, which others may fill. Only Linux builds any.
 *
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [home]
 * @returns {string}
 */
export const stateDirectory = (env = process.env, home = homedir()) =>
  join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'mixtention');
