import { lastWords, run } from './run.mjs';

/** Scores one row of ones by each set of instructions and in both precisions: 1 + 2 + 3 and twice that. */
const PROBE = `const addon = require(process.argv[1]);
const values = new Float64Array(16);
const memory = new Float64Array(512);
const answers = Object.keys(addon.sets).flatMap((set) => [false, true].map((isDouble) => {
  const run = addon.open(set, isDouble, values);
  const numbers = isDouble ? memory : new Float32Array(memory.buffer);
  const size = isDouble ? 8 : 4;
  const lanes = addon.sets[set] / size;
  values[0] = addon.addressOf(memory);
  numbers.fill(1, 0, 12);
  for (let p = 0; p < 3; p++) for (let k = 0; k < lanes; k++) numbers[16 + p * lanes + k] = (p + 1) * (k + 1);
  numbers.fill(0, 128, 128 + lanes);
  values.set([0, 3 * size, 4, 3, 16 * size, lanes, 128 * size, 0, 256 * size, lanes * size], 1);
  run(addon.verbs.indexOf('product'));
  return [numbers[256], numbers[257 + 3 * lanes]].join();
}));
console.log(JSON.stringify({ sets: Object.keys(addon.sets), answers }));`;

/**
 * Load the kernel in a process of its own and let every set of instructions score, so that a crash there is only an answer here.
 *
 * @param {string} path
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options]
 * @returns {Promise<{ loads: true, sets: readonly string[] } | { loads: false, reason: string }>}
 */
export async function loadKernel(path, { env = process.env, signal } = {}) {
  const answer = await run(process.execPath, ['-e', PROBE, path], { env, signal, timeoutMs: 60_000 });
  if (answer.killedBy) return { loads: false, reason: `loading it ended the process by ${answer.killedBy}` };
  const said = answer.code === 0 ? JSON.parse(answer.stdout) : undefined;
  if (said === undefined)
    return { loads: false, reason: /^\w*Error: (.*)$/m.exec(answer.stderr)?.[1] ?? lastWords(answer) };
  if (said.answers.some((sum) => sum !== '6,12'))
    return { loads: false, reason: `it multiplies wrongly (${said.answers})` };
  return { loads: true, sets: said.sets };
}
