import { wheelMismatch } from './platform.mjs';

/** What running without the native backend means, in a clause. */
export const costOfWasm = 'the wasm backend is used instead: fits of 500 columns and more take about twice as long';

/**
 * What a person can do to get the native backend, in sentences, most useful first.
 *
 * @param {Facts} facts
 * @returns {string[]}
 * @typedef {{
 *   off: boolean, installed: boolean, pip: unknown, compiler: unknown, isFetched: boolean, command: string, mismatch?: string | undefined
 * }} Facts `isFetched`: the library is in the cache already; `command`: how the set-up is called
 */
export function adviseNative({ off, installed, pip, compiler, isFetched, command, mismatch = wheelMismatch() }) {
  if (off) return ['Unset MIXTENTION_NATIVE to allow the native backend.'];
  if (!installed)
    return [`Install it with \`npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0\`, then run \`${command}\`.`];
  if (mismatch !== undefined)
    return [
      `tfjs-node's own installer may serve this machine; it checks no hash of what it downloads, so it runs only when \`${withFlag(command)}\` asks for it (TFJS_NODE_CDN_STORAGE names a mirror).`,
      'On x86-64 Linux the addon is built from the pinned TensorFlow wheel instead, which needs only pip and a C++ compiler.',
    ];
  const needs = [
    pip || isFetched ? '' : 'Install Python 3 with pip (Debian, Ubuntu: `apt-get install python3-pip`).',
    compiler ? '' : 'Install a C++ compiler (Debian, Ubuntu: `apt-get install g++`).',
  ].filter(Boolean);
  if (needs.length > 0) return [...needs, `Then run \`${command}\`.`];
  if (isFetched) return [`Run \`${command}\` to check all of it and build it anew.`];
  return [
    `Let pip reach a package index that has tensorflow-cpu (PIP_INDEX_URL, PIP_FIND_LINKS), then run \`${command}\`.`,
  ];
}

/** npm takes options for the script after two dashes. */
const withFlag = (command) => `${command}${command.startsWith('npm ') ? ' --' : ''} --vendor-installer`;
