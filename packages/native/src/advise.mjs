import { wheelMismatch } from './platform.mjs';

/** What running without the native backend means, in a clause. */
export const costOfWasm = 'the wasm backend is used instead: the heavy matrix products take about 4 to 8 times as long';

/**
 * What a person can do to get the native backend, in sentences, most useful first.
 *
 * @param {{ off: boolean, installed: boolean, pip: unknown, compiler: unknown, command: string }} facts
 * @returns {string[]}
 */
export function adviseNative({ off, installed, pip, compiler, command }) {
  if (off) return ['Unset MIXTENTION_NATIVE to allow the native backend.'];
  if (!installed)
    return [`Install it with \`npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0\`, then run \`${command}\`.`];
  if (wheelMismatch() !== undefined)
    return [
      `Let tfjs-node's own installer reach its server (TFJS_NODE_CDN_STORAGE names a mirror), then run \`${command}\`.`,
      'On x86-64 Linux the addon is built from the TensorFlow wheel instead, which needs only pip and a C++ compiler.',
    ];
  const needs = [
    pip ? '' : 'Install Python 3 with pip (Debian, Ubuntu: `apt-get install python3-pip`).',
    compiler ? '' : 'Install a C++ compiler (Debian, Ubuntu: `apt-get install g++`).',
  ].filter(Boolean);
  if (needs.length > 0) return [...needs, `Then run \`${command}\`.`];
  return [
    `Let pip reach a package index that has tensorflow-cpu (PIP_INDEX_URL, PIP_FIND_LINKS), then run \`${command}\`.`,
  ];
}
