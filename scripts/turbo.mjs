import { join } from 'node:path';

/**
 * Program and arguments of one turbo run.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export const turboRun = (root, args) => [
  process.execPath,
  [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', '--ui=stream', '--no-update-notifier', ...args],
];

/**
 * The environment of a turbo run: no telemetry, and a word for what tests depend on that turbo cannot see, so that a result found
 * with another Node or backend is never shown again as this one's.
 *
 * @param {{ tensorflow: string | null }} native
 * @param {{ version: string | null }} kernel
 * @returns {NodeJS.ProcessEnv}
 */
export const turboEnvironment = ({ tensorflow }, { version }) => ({
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  MIXTENTION_RUNTIME: `node ${process.versions.node}, ${process.platform} ${process.arch}, tensorflow ${tensorflow ?? 'none'}, kernel ${version ?? 'none'}`,
});
