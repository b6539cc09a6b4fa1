// An older commit of this repository as a peer (see serve.py): its own build, in a process of its own.
//   node before.mjs CHECKOUT FOLDER BACKEND COMMIT
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [checkout, folder, backend, commit] = process.argv.slice(2);
const built = (file) => import(pathToFileURL(`${checkout}/packages/${file}`).href);
const { dataset, familyNamed, key, rowsOf } = await built('core/dist/index.js');
const { threads } = await built('core/dist/node.js');
const { algorithms } = await built('em/dist/index.js');

const SAMPLE_ROWS = 10_000;
const FAMILIES = {
  diagonal: ['gaussian-diagonal', 'x'],
  full: ['gaussian-full', 'x'],
  tied: ['gaussian-tied', 'x'],
  bernoulli: ['bernoulli', 'bits'],
};
const executor = await threads({
  backend,
  workers: Math.min(Number(process.env.OMP_NUM_THREADS), availableParallelism()),
});
const tables = new Map();
const problems = new Map();

/** The matrix of a file that this benchmark wrote: little-endian float32 or float64, in C order. */
function readNpy(name) {
  const bytes = readFileSync(`${folder}/${name}.npy`);
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + length);
  const [, rows, cols] = /\((\d+), (\d+)\)/.exec(header).map(Number);
  const own = bytes.subarray(10 + length);
  const copy = own.buffer.slice(own.byteOffset, own.byteOffset + own.byteLength);
  return { data: header.includes('<f4') ? new Float32Array(copy) : new Float64Array(copy), rows, cols };
}

function problemOf(id) {
  if (problems.has(id)) return problems.get(id);
  const [family, table] = FAMILIES[id];
  if (!tables.has(table)) tables.set(table, readNpy(table));
  const x = tables.get(table);
  const components = readNpy(`${id}-weights`).cols;
  const prior = family === 'bernoulli' ? { family: { a: 1.1, b: 1.1 }, concentration: 1 } : null;
  const algorithm = algorithms['em/batch']({ family, components, start: 'random', prior, floor: 1e-6 });
  const { standardize } = familyNamed(family);
  const data = dataset(x, { precision: executor.precision, standardize });
  // The start of today's code: its sample is in the space of all rows.
  const { center, scale } = data.transform;
  const sample = rowsOf(x, 0, Math.min(SAMPLE_ROWS, x.rows));
  const rows = {
    ...sample,
    data: Float64Array.from(sample.data, (v, i) => (v - center[i % x.cols]) / scale[i % x.cols]),
  };
  problems.set(id, { algorithm, data, state: algorithm.init(key(0), rows) });
  return problems.get(id);
}

async function step({ algorithm, data }, state) {
  return algorithm.update(state, await executor.collect(algorithm, state, data));
}

async function answerTo(what, id, precision) {
  if (precision !== executor.precision) throw new Error(`${backend} computes in ${executor.precision}`);
  const problem = problemOf(id);
  if (what === 'check') {
    const { info } = await step(problem, (await step(problem, problem.state)).state);
    const { transform, rows } = problem.data;
    const scales = transform?.scale ?? [];
    return info.logLikelihood / rows - scales.reduce((sum, scale) => sum + Math.log(scale), 0);
  }
  const begun = performance.now();
  await step(problem, problem.state);
  return (performance.now() - begun) / 1000;
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ version: `${commit}, ${backend}` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say({ value: await answerTo(...line.split(' ')) });
  } catch (error) {
    say({ error: `${error.name}: ${error.message}` });
  }
}
await executor.close();
