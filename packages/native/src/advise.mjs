import { wheelMismatch } from './platform.mjs';

/** What running without tfjs-node means, in a clause. */
export const costWithout =
  'it is not used: layers and gradients, which need tensors, take several times as long on tfjs-wasm';

/**
 * What a person can do to get tfjs-node, in sentences, most useful first.
 *
 * @param {Facts} facts
 * @returns {string[]}
 * @typedef {{
 *   off: boolean, installed: boolean, pip: unknown, compiler: unknown, isFetched: boolean, command: string, mismatch?: string | undefined
 * }} Facts `isFetched`: the library is in the cache already; `command`: how the set-up is called
 */
export function adviseNative({ off, installed, pip, compiler, isFetched, command, mismatch = wheelMismatch() }) {
  if (off) return ['Unset MIXTENTION_NATIVE to allow native code.'];
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
