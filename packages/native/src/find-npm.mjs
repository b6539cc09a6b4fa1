import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The folder of npm itself: of the npm that runs this, of the one on the PATH, or of the one beside Node; undefined when nowhere.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findNpm(env = process.env) {
  const beside = dirname(process.execPath);
  const commands = [
    env.npm_execpath,
    ...(env.PATH ?? env.Path ?? '').split(delimiter).map((folder) => join(folder, 'npm')),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return commands
    .filter((path) => path && existsSync(path))
    .map((path) => dirname(dirname(realpathSync(path))))
    .find((folder) => existsSync(join(folder, 'bin', 'npm-cli.js')));
}
