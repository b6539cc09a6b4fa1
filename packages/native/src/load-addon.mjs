import { compiledFiles } from './build-addon.mjs';
import { lastWords, run } from './run.mjs';

const SHIM = `const util = require('util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;`; // tfjs-node 4.22.0 calls both; Node 23 removed them

const PROBE = `${SHIM}
const { existsSync } = require('fs');
const quiet = require('path').join(process.argv[1], 'deps', 'lib', '${compiledFiles.quiet}');
if (existsSync(quiet)) require(quiet); // as a program does
const tf = require(process.argv[1]);
const product = Array.from(tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).dataSync());
console.log(JSON.stringify({ tensorflow: tf.backend().binding.TF_Version, backend: tf.getBackend(), product }));`;

/**
 * Load the addon in a process of its own and multiply two matrices, so that a crash there is only an answer here.
 *
 * @param {string} packageFolder of tfjs-node
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ loads: true, tensorflow: string } | { loads: false, reason: string }>}
 */
export async function loadAddon(packageFolder, { env = process.env, signal } = {}) {
  const quiet = { ...env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const answer = await run(process.execPath, ['-e', PROBE, packageFolder], { env: quiet, signal, timeoutMs: 120_000 });
  if (answer.timedOut) return { loads: false, reason: 'loading it took more than two minutes' };
  if (answer.killedBy) return { loads: false, reason: `loading it ended the process by ${answer.killedBy}` };
  const said = parse(answer.stdout);
  if (answer.code === 0 && String(said?.product) === '19,22,43,50') return { loads: true, tensorflow: said.tensorflow };
  return { loads: false, reason: said ? `it multiplies two matrices wrongly (${said.product})` : complaint(answer) };
}

function parse(text) {
  try {
    return JSON.parse(text.trim().split('\n').at(-1));
  } catch {
    return undefined;
  }
}

function complaint(answer) {
  if (/native addon module.*can not be found/.test(answer.stderr)) return 'the native addon has not been built';
  return /^\w*Error: (.*)$/m.exec(answer.stderr)?.[1] ?? lastWords(answer);
}
