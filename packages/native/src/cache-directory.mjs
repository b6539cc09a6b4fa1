import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where everything that may be made again is kept; `MIXTENTION_CACHE` overrides the platform's custom.
 *
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [platform]
 * @param {string} [home]
 * @returns {string}
 */
export function cacheDirectory(env = process.env, platform = process.platform, home = homedir()) {
  if (env.MIXTENTION_CACHE) return resolve(env.MIXTENTION_CACHE);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'mixtention');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'mixtention');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'mixtention');
}
