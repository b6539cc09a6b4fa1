import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Backend, type BackendName, float64, inFloat64, inline, type Precision, plain } from '@mixtention/core';
import { measureRates, plan, problemOf, type Rates, type ThreadRates } from '@mixtention/core/plan';
import { backendNames, loadBackend, threads } from '@mixtention/core/threads';
import { simpleFamilies } from '@mixtention/mixture';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { type EmProblem, emProblem } from '../speed/em-problem.ts';
import { machine } from '../speed/machine.ts';
import { plantedBits, plantedGaussians } from '../speed/planted.ts';
import { type Figure, figureTable, table } from '../speed/table.ts';
import { measureThreads } from './measure-threads.ts';

/** Passes of which the least counts, after some that warm. */
const PASSES = Number(process.env.PASSES ?? 15);
/** Of small problems many: V8 compiles for some hundred milliseconds. */
const WARMING_SECONDS = 0.3;
const WARMING = 3;
/** What a prediction may be off by. */
const MOST = 2;

type Case = {
  readonly family: string;
  readonly rows: number;
  readonly cols: number;
  readonly components: number;
};

const CASES: readonly Case[] = [
  { family: 'gaussian-full', rows: 1_000, cols: 4, components: 3 },
  { family: 'gaussian-diagonal', rows: 20_000, cols: 8, components: 8 },
  { family: 'gaussian-diagonal', rows: 100_000, cols: 32, components: 64 },
  { family: 'gaussian-full', rows: 50_000, cols: 16, components: 8 },
  { family: 'gaussian-tied', rows: 50_000, cols: 32, components: 16 },
  { family: 'bernoulli', rows: 10_000, cols: 784, components: 100 },
];

/** What one pass takes, predicted by the rates of this run and by those that are stored, and observed. */
export type Prediction = {
  readonly name: string;
  readonly backend: BackendName;
  readonly precision: Precision;
  readonly workers: number;
  readonly predicted: number;
  readonly byStored: number;
  readonly observed: number;
};

/** `npm run bench:plan`: measures the rates of all kernels here, then predicts passes by them and makes them; `STORE=1` writes the rates into core. */
await runCommand(async () => {
  const { cpu, cores, node, loadAverage } = machine();
  console.log(`${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}\n`);
  const backends = await load();
  const rates = ratesOf(backends);
  const threadRates = await measureThreads(backends.has('native') ? 'native' : 'wasm');
  console.log(`${rateTable(rates)}\n`);
  const { pass, start, two } = threadRates;
  console.log(
    `threads: ${(1000 * pass).toFixed(2)} ms a pass, ${start.toFixed(2)} s to start, two are ${two.toFixed(2)} × as fast as one\n`,
  );
  const predictions: Prediction[] = [];
  for (const one of CASES) predictions.push(...(await predict(one, { backends, rates, threads: threadRates })));
  console.log(`${predictionTable(predictions)}\n`);
  console.log(figureTable([worst(predictions, 'predicted'), worst(predictions, 'byStored')]));
  const results = join(repository, 'packages/bench/results');
  await mkdir(results, { recursive: true });
  const kept = { machine: machine(), rates, threads: threadRates, predictions };
  await writeFile(join(results, 'plan.json'), `${JSON.stringify(kept, null, 1)}\n`);
  if (process.env.STORE === '1') await store(rates, threadRates);
});

async function load(): Promise<Map<BackendName, Backend>> {
  const backends = new Map<BackendName, Backend>();
  for (const name of backendNames)
    await loadBackend(name).then(
      (backend) => backends.set(name, backend),
      (error: Error) => console.log(`${error.message}\n`),
    );
  return backends;
}

/** Passes in float64 on tfjs are those of wasm. */
function ratesOf(backends: ReadonlyMap<BackendName, Backend>): Rates {
  return Object.fromEntries(
    Array.from(backends, ([name, backend]) => {
      const exact = inFloat64(backend);
      const single = backend.precision === 'float32' && { float32: measureRates(backend) };
      return [name, { ...single, ...(backend.tf === null && { float64: measureRates(exact) }) }];
    }),
  );
}

type Setting = {
  readonly backends: ReadonlyMap<BackendName, Backend>;
  readonly rates: Rates;
  readonly threads: ThreadRates;
};

/** Of the kernel that is chosen, and of WebAssembly alone. */
async function predict(
  { family, rows, cols, components }: Case,
  { backends, rates, threads: own }: Setting,
): Promise<Prediction[]> {
  const x = family === 'bernoulli' ? plantedBits(rows, cols, components) : plantedGaussians(rows, cols, components);
  const em = emProblem(`${family}, ${rows} × ${cols}, K = ${components}`, family, components, x);
  const problem = problemOf(simpleFamilies[family]!.terms(cols), { rows, cols, components });
  const installed = [...backends.keys()];
  const chosen = plan({ ...problem, installed, cores: availableParallelism() });
  const sides = [chosen, { ...plan({ ...problem, backend: 'wasm', workers: 0 }) }];
  const made: Prediction[] = [];
  for (const { backend, precision, workers } of sides) {
    const asked = { ...problem, backend, precision, workers } as const;
    made.push({
      name: em.name,
      backend,
      precision,
      workers,
      predicted: plan({ ...asked, rates, threads: own }).seconds,
      byStored: plan(asked).seconds,
      observed: await observe(em, backends.get(backend)!, precision, workers),
    });
  }
  return made;
}

async function observe(em: EmProblem, backend: Backend, precision: Precision, workers: number): Promise<number> {
  const own =
    precision === 'float64'
      ? backend === plain
        ? plain
        : backend.tf === null
          ? inFloat64(backend)
          : float64
      : backend;
  const executor = workers === 0 ? inline(own) : await threads({ workers, backend: backend.name, precision });
  const seconds: number[] = [];
  try {
    const begun = performance.now();
    for (let i = 0; i < WARMING || performance.now() - begun < 1000 * WARMING_SECONDS; i++) await em.iterate(executor);
    for (let i = 0; i < PASSES; i++) seconds.push((await em.iterate(executor)).seconds);
  } finally {
    await executor.close();
  }
  return Math.min(...seconds);
}

/** How far the worst prediction is off. */
function worst(predictions: readonly Prediction[], by: 'predicted' | 'byStored'): Figure {
  const off = Math.max(...predictions.map((one) => offBy(one[by], one.observed)));
  const name = `predictions ${by === 'predicted' ? 'by the rates of this run' : 'by stored rates'} are off by at most`;
  return { name, value: `${off.toFixed(2)} ×`, target: `≤ ${MOST} ×`, met: off <= MOST };
}

function offBy(a: number, b: number): number {
  return Math.max(a / b, b / a);
}

function rateTable(rates: Rates): string {
  const rows = Object.entries(rates).flatMap(([name, both]) =>
    Object.entries(both).flatMap(([precision, own]) =>
      Object.entries(own).map(([squares, { product, pair, cell, call }]) => [
        `${name} ${precision}, ${squares}`,
        product.toFixed(4),
        pair.toFixed(2),
        cell.toFixed(2),
        (call / 1000).toFixed(1),
      ]),
    ),
  );
  return table([['kernel, products summed', 'ns a product', 'a pair', 'a cell', 'µs a call'], ...rows]);
}

function predictionTable(predictions: readonly Prediction[]): string {
  const ms = (seconds: number): string => (1000 * seconds).toFixed(2);
  const factor = (a: number, b: number): string => {
    const off = offBy(a, b);
    return `${off.toFixed(2)} ×${off <= MOST ? '' : ' (!)'}`;
  };
  return table([
    ['problem', 'kernel', 'predicted, ms', 'by stored rates', 'observed', 'off by', 'stored off by'],
    ...predictions.map(({ name, backend, precision, workers, predicted, byStored, observed }) => [
      name,
      `${backend} ${precision} × ${workers}`,
      ms(predicted),
      ms(byStored),
      ms(observed),
      factor(predicted, observed),
      factor(byStored, observed),
    ]),
  ]);
}

async function store(rates: Rates, threadRates: ThreadRates): Promise<void> {
  const short = (value: unknown): string =>
    JSON.stringify(value, (_, one) => (typeof one === 'number' ? Number(one.toPrecision(3)) : one), 2);
  const { cpu, node } = machine();
  const text = [
    "import type { Rates, ThreadRates } from './rates.ts';",
    '',
    '/**',
    ` * What kernels take on one thread, in nanoseconds: ${cpu}, Node ${node}. Written by \`STORE=1 npm run bench:plan\`.`,
    ' *',
    ' * @example',
    ' * storedRates.wasm.float64.none.product > storedRates.wasm.float32.none.product; // true',
    ' */',
    `export const storedRates: Rates = ${short(rates)};`,
    '',
    '/**',
    ' * What threads cost, on the same machine.',
    ' *',
    ' * @example',
    ' * storedThreads.two > 1; // true',
    ' */',
    `export const storedThreads: ThreadRates = ${short(threadRates)};`,
    '',
  ];
  await writeFile(join(repository, 'packages/core/src/plan/stored-rates.ts'), text.join('\n'));
}
