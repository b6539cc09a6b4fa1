import type { Backend, Matrix, RowBlock, Scores, Statistics, Term } from '@mixtention/core';
import { addonBackend, fusedBackend, instructionSets } from '@mixtention/core/fused';
import { identity } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';
import { availableAddon } from '@mixtention/core/testing';
import { loadBackend } from '@mixtention/core/threads';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** Rounds that do not count: V8 still compiles. */
const WARMING = 2;
/** `plain` is so much slower than the others that it is measured in so many rounds alone. */
const PLAIN_ROUNDS = 3;

type Shape = {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  readonly components: number;
  readonly form: 'diagonal' | 'full' | 'tied' | 'attention';
};

const shapes: readonly Shape[] = [
  { name: 'P = 64, K = 64', rows: 20_000, width: 64, components: 64, form: 'diagonal' },
  { name: 'P = 16, K = 8', rows: 20_000, width: 16, components: 8, form: 'diagonal' },
  { name: 'P = 784, K = 100', rows: 4_096, width: 784, components: 100, form: 'diagonal' },
  { name: 'P = 784, K = 504', rows: 2_048, width: 784, components: 504, form: 'diagonal' },
  { name: 'full D = 32, K = 16', rows: 10_000, width: 32, components: 16, form: 'full' },
  { name: 'tied D = 32, K = 16', rows: 10_000, width: 32, components: 16, form: 'tied' },
  { name: 'attention, 4096 keys, d = 64', rows: 1_024, width: 64, components: 4_096, form: 'attention' },
];

/** `npm run bench:kernel`: one write (or read) of the kernel on every backend, one thread, in interleaved rounds, as ratios within this run. */
async function main(): Promise<void> {
  const { cpu, cores, node, loadAverage } = machine();
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; one thread, medians of ${ROUNDS} interleaved rounds, ms; how often as fast as tfjs on the same ground (addon: native, fused: wasm; float64: plain)\n`,
  );
  const backends = new Map<string, Backend>();
  for (const name of ['native', 'wasm', 'plain'] as const)
    await loadBackend(name).then(
      (backend) => backends.set(name, backend),
      (error: Error) => console.log(`${error.message}\n`),
    );
  const addon = availableAddon();
  for (const precision of ['float32', 'float64'] as const) {
    backends.set(`fused ${precision}`, fusedBackend({ precision }));
    for (const instructions of instructionSets)
      if (addon?.sets[instructions] !== undefined)
        backends.set(`${instructions} ${precision}`, addonBackend(addon, { precision, instructions }));
  }
  // A column a shape: backends are many.
  const columns = shapes.map((shape) => [shape.name, ...figures(measure(shape, backends))]);
  const heads = ['', ...backends.keys()];
  console.log(table(heads.map((head, i) => [head, ...columns.map((column) => column[i]!)])));
}

function figures(times: ReadonlyMap<string, number>): string[] {
  return Array.from(times, ([name, ms]) => {
    const base = times.get(baseOf(name)) ?? times.get('wasm')!;
    return `${ms.toFixed(2)} (${(base / ms).toFixed(2)} ×)`;
  });
}

function baseOf(name: string): string {
  if (name.endsWith('float64') || name === 'plain') return 'plain';
  return name === 'wasm' || name.startsWith('fused') ? 'wasm' : 'native';
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

function problemOf({ rows, width, components: K, form }: Shape): {
  readonly block: RowBlock;
  readonly scores: Scores;
  readonly values: Matrix | null;
} {
  const random = generator(key(1));
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(scale * random.normal()));
  const squares: Statistics['squares'] = form === 'full' ? 'each' : form === 'tied' ? 'pooled' : 'none';
  const stand = { statistics: identity[squares], columns: null, width };
  const factors = form === 'tied' ? 1 : K;
  const term: Term =
    form === 'full' || form === 'tied'
      ? {
          ...stand,
          form: 'whitened',
          factor: triangles(factors, width, draw),
          offset: draw(K * width, 1),
          triangular: true,
        }
      : { ...stand, form: 'linear', natural: draw(K * width, 2 / Math.sqrt(width)) };
  return {
    block: { data: draw(rows * width, 1), rows, cols: width, stride: width },
    scores: { components: K, bias: draw(K, 1), terms: [term] },
    values: form === 'attention' ? { data: draw(K * width, 1), rows: K, cols: width } : null,
  };
}

function triangles(count: number, D: number, draw: (count: number, scale: number) => Float64Array): Float64Array {
  const W = draw(count * D * D, 0.3 / Math.sqrt(D));
  for (let k = 0; k < count; k++)
    for (let i = 0; i < D; i++) {
      W.fill(0, (k * D + i) * D + i, (k * D + i + 1) * D);
      W[(k * D + i) * D + i] = 1;
    }
  return W;
}

await main();
