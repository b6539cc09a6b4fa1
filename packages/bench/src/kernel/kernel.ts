import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Backend, wasm } from '@mixtention/core';
import { addonBackend, instructionSets } from '@mixtention/core/fused';
import { availableAddon } from '@mixtention/core/testing';
import { loadBackend } from '@mixtention/core/threads';
import { writeFileAtomic } from '@mixtention/files';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';
import type { KernelResults, ShapeResult } from './kernel-results.ts';
import { type LimitName, leastTimes, limitsOf, limitsPython } from './limits.ts';
import { kernelResultsFile } from './read-kernel-results.ts';
import { type RegisterShare, registerShares } from './register-shares.ts';
import { problemOf, type Shape, shapes } from './shapes.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** Rounds that do not count: V8 still compiles. */
const WARMING = 2;
/** `plain` is so much slower than the others that it is measured in so many rounds alone. */
const PLAIN_ROUNDS = 3;

/**
 * `npm run bench:kernel`: one write (or read) of the kernel on every backend, one thread, in interleaved rounds, as ratios within this run; then its
 * products beside multiply–adds in registers alone, which `PARTS=registers` makes by themselves.
 */
async function main(): Promise<void> {
  if (process.env.PARTS !== 'registers') await measureShapes();
  printShares(registerShares(availableAddon(), PLAIN_ROUNDS));
}

async function measureShapes(): Promise<void> {
  const { cpu, cores, node, loadAverage } = machine();
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; one thread, medians of ${ROUNDS} interleaved rounds, ms; how often as fast as tfjs on the same ground (native code: tfjs-node, wasm: tfjs-wasm; float64: plain)\n`,
  );
  const backends = new Map<string, Backend>();
  for (const name of ['tfjs-node', 'tfjs-wasm', 'plain'] as const)
    await loadBackend(name).then(
      (backend) => backends.set(name, backend),
      (error: Error) => console.log(`${error.message}\n`),
    );
  const addon = availableAddon();
  for (const precision of ['float32', 'float64'] as const) {
    backends.set(`wasm ${precision}`, wasm(precision));
    for (const instructions of instructionSets)
      if (addon?.sets[instructions] !== undefined)
        backends.set(`${instructions} ${precision}`, addonBackend(addon, { precision, instructions }));
  }
  const python = await limitsPython(console.log).catch((error: Error) => void console.log(`${error.message}\n`));
  const results: ShapeResult[] = [];
  for (const shape of shapes) results.push(await resultOf(shape, backends, python ?? null));
  // A column a shape: backends are many.
  const columns = results.map(({ name, backends: own }) => [
    name,
    ...figures(new Map(own.map((one) => [one.name, one.ms]))),
  ]);
  const heads = ['', ...backends.keys()];
  const turned = (rows: readonly (readonly string[])[]): string =>
    table(heads.map((head, i) => [head, ...rows.map((row) => row[i]!)]));
  console.log(turned(columns));
  if (python !== undefined) {
    const shares = results.map(({ name, backends: own }) => [
      name,
      ...own.map(({ share, limit }) => `${(100 * share!).toFixed(0)} % ${limit}`),
    ]);
    console.log(`\nshare of the nearest limit of this machine, in the same precision, one thread\n${turned(shares)}`);
  }
  await mkdir(dirname(kernelResultsFile), { recursive: true });
  const kept: KernelResults = { machine: machine(), rounds: ROUNDS, shapes: results };
  await writeFileAtomic(kernelResultsFile, `${JSON.stringify(kept, null, 1)}\n`);
}

function printShares(registers: readonly RegisterShare[]): void {
  const giga = (rate: number): string => (rate / 1e9).toFixed(1);
  console.log(
    `\nBernoulli 50,000 × 784, K = 100: products of a whole write beside multiply–adds in registers alone, in the same module, 10⁹ a second\n${table(
      [
        ['', 'write', 'registers', 'share'],
        ...registers.map(({ name, registers: most, products }) => [
          name,
          giga(products),
          giga(most),
          `${((100 * products) / most).toFixed(0)} %`,
        ]),
      ],
    )}`,
  );
}

/** Times of all backends, each beside the limits of its precision; without Python those are not known. */
async function resultOf(
  shape: Shape,
  backends: ReadonlyMap<string, Backend>,
  python: string | null,
): Promise<ShapeResult> {
  const times = measure(shape, backends);
  const tfjs = [...backends.values()].find(({ tf, precision }) => tf !== null && precision === 'float32') ?? null;
  const limits =
    python === null
      ? null
      : {
          float32: await limitsOf(shape, 'float32', { python, tfjs, rounds: ROUNDS }),
          float64: await limitsOf(shape, 'float64', { python, tfjs: null, rounds: ROUNDS }),
        };
  const own = Array.from(backends, ([name, { precision }]) => {
    const ms = times.get(name)!;
    if (limits === null) return { name, precision, ms, share: null, limit: null };
    const least = Object.entries(leastTimes(shape, precision, limits[precision])) as [LimitName, number][];
    const [limit, most] = least.reduce((a, b) => (b[1] > a[1] ? b : a));
    return { name, precision, ms, share: most / ms, limit };
  });
  return { name: shape.name, limits, backends: own };
}

function figures(times: ReadonlyMap<string, number>): string[] {
  return Array.from(times, ([name, ms]) => {
    const base = times.get(baseOf(name)) ?? times.get('tfjs-wasm')!;
    return `${ms.toFixed(2)} (${(base / ms).toFixed(2)} ×)`;
  });
}

function baseOf(name: string): string {
  if (name.endsWith('float64') || name === 'plain') return 'plain';
  return name === 'tfjs-wasm' || name.startsWith('wasm') ? 'tfjs-wasm' : 'tfjs-node';
}

/** Medians in ms, a backend each. */
function measure(shape: Shape, backends: ReadonlyMap<string, Backend>): Map<string, number> {
  const { block, scores, values } = problemOf(shape);
  const turns = Array.from(backends, ([name, backend]) => {
    const data = backend.precision === 'float32' ? Float32Array.from(block.data) : block.data;
    const rows = backend.take({ ...block, data });
    const run = (): void => {
      if (values === null) backend.write([rows], scores);
      else backend.read([rows], scores, values);
    };
    return { name, backend, rows, run, times: [] as number[] };
  });
  for (let round = -WARMING; round < ROUNDS; round++) {
    for (const { name, run, times } of turns) {
      if (name === 'plain' && round >= PLAIN_ROUNDS) continue;
      const start = performance.now();
      run();
      if (round >= 0) times.push(performance.now() - start);
    }
  }
  for (const { backend, rows } of turns) backend.release(rows);
  return new Map(turns.map(({ name, times }) => [name, median(times)]));
}

await main();
