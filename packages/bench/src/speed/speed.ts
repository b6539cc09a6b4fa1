import type { Executor } from '@mixtention/core';
import { loadBackend, threads } from '@mixtention/core/threads';
import { type EmProblem, emProblem } from './em-problem.ts';
import { machine, productRate } from './machine.ts';
import { median } from './median.ts';
import { plantedBits, plantedGaussians } from './planted.ts';
import { type Figure, figureTable, table } from './table.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** A turn goes on for so long, as a fit does. Its first part does not count: caches are another contender's, and V8 still compiles. */
const TURN_SECONDS = 1;
const UNCOUNTED_SECONDS = 0.25;

/** What fusing the kernel must give at least, by shape: WebAssembly against tfjs-wasm, native code against tfjs-node. */
const FASTER: Readonly<Record<string, { readonly wasm: number; readonly native: number }>> = {
  diagonal: { wasm: 2.8, native: 1.7 },
  full: { wasm: 4, native: 3 },
  Bernoulli: { wasm: 1.3, native: 1.1 },
};

type Contender = { readonly name: string; readonly executor: Executor };

/** `npm run bench:speed`: one EM iteration on every backend and number of workers, in interleaved rounds, as ratios within this run. */
async function main(): Promise<void> {
  const { cpu, cores, node, loadAverage } = machine();
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; medians of ${ROUNDS} interleaved rounds of ${TURN_SECONDS} s\n`,
  );
  const contenders = await startContenders();
  const problems = [
    emProblem('diagonal, N=200,000 D=32 K=64', 'gaussian-diagonal', 64, plantedGaussians(200_000, 32, 64)),
    emProblem('full, N=200,000 D=32 K=16', 'gaussian-full', 16, plantedGaussians(200_000, 32, 16)),
    emProblem('Bernoulli, N=50,000 D=784 K=100', 'bernoulli', 100, plantedBits(50_000, 784, 100)),
  ];
  const figures: Figure[] = [];
  for (const problem of problems) figures.push(...(await compare(problem, contenders)));
  console.log(figureTable(figures));
  for (const { executor } of contenders) await executor.close();
}

async function startContenders(): Promise<Contender[]> {
  const list: Contender[] = [];
  for (const backend of ['native', 'wasm', 'tfjs-node', 'tfjs-wasm'] as const) {
    const isThere = await loadBackend(backend).then(
      () => true,
      (error: Error) => void console.log(`${error.message}\n`),
    );
    for (const workers of isThere ? [1, 2] : [])
      list.push({ name: `${backend} × ${workers}`, executor: await threads({ backend, workers }) });
  }
  return list;
}

async function compare(problem: EmProblem, contenders: readonly Contender[]): Promise<Figure[]> {
  const seconds = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  const rates = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  const likelihoods = new Map<string, number>();
  // One round more than counted: the first loads data into each worker.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, executor } of contenders) {
      const turn = await takeTurn(problem, executor);
      likelihoods.set(name, turn.logLikelihood);
      if (round === 0) continue;
      seconds.get(name)!.push(median(turn.seconds));
      if (name.startsWith('tfjs-node')) rates.get(name)!.push(await productRate(executor, 1));
    }
  }
  const time = (name: string): number => median(seconds.get(name)!);
  // Clocks and neighbours change within minutes: the two sides of a ratio come from the same round.
  const ratio = (a: string, b: string): number => ratioOf(seconds.get(a)!, seconds.get(b)!);
  console.log(
    `${problem.name}\n${table([['executor', 'ms per iteration', 'GFLOP/s'], ...contenders.map(({ name }) => [name, (time(name) * 1000).toFixed(1), (problem.flops / time(name) / 1e9).toFixed(0)])])}\n`,
  );
  const products = rates.get('tfjs-node × 2') ?? [];
  const scaling = ratioOf(products, rates.get('tfjs-node × 1') ?? []);
  return figuresOf(problem, contenders, { time, ratio, likelihoods, rate: median(products), scaling });
}

/** The median of the ratios of two rows of figures, round by round. */
function ratioOf(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / under[round]!));
}

/** The seconds of the iterations that count, at least one. */
async function takeTurn(
  problem: EmProblem,
  executor: Executor,
): Promise<{ readonly seconds: readonly number[]; readonly logLikelihood: number }> {
  const seconds: number[] = [];
  const begun = performance.now();
  for (;;) {
    const gone = (performance.now() - begun) / 1000;
    const result = await problem.iterate(executor);
    if (gone >= UNCOUNTED_SECONDS) seconds.push(result.seconds);
    if (gone >= TURN_SECONDS) return { seconds, logLikelihood: result.logLikelihood };
  }
}

type Measured = {
  /** Median seconds per iteration */
  readonly time: (name: string) => number;
  /** Seconds of one contender over those of another */
  readonly ratio: (over: string, under: string) => number;
  readonly likelihoods: ReadonlyMap<string, number>;
  /** Operations per second of plain products on two workers of tfjs-node; NaN without it */
  readonly rate: number;
  /** The same on two workers over one: what the machine itself gives */
  readonly scaling: number;
};

function figuresOf(
  problem: EmProblem,
  contenders: readonly Contender[],
  { time, ratio, likelihoods, rate, scaling }: Measured,
): Figure[] {
  const kind = problem.name.split(',')[0]!;
  const figures: Figure[] = [];
  const has = (backend: string): boolean => contenders.some(({ name }) => name === `${backend} × 2`);
  const best = has('native') ? 'native' : 'wasm';
  const speedUp = ratio(`${best} × 1`, `${best} × 2`);
  const own = has('tfjs-node') ? `, plain products ${scaling.toFixed(2)} ×` : '';
  figures.push({
    name: `${kind}: two workers over one (${best})`,
    value: `${speedUp.toFixed(2)} ×${own}`,
    target: kind === 'diagonal' ? '≥ 1.7 ×' : '',
    met: kind !== 'diagonal' || speedUp >= 1.7,
  });
  const same = likelihoods.get(`${best} × 1`) === likelihoods.get(`${best} × 2`);
  figures.push({ name: `${kind}: one and two workers bitwise equal`, value: String(same), target: 'true', met: same });
  for (const [fused, before] of [
    ['wasm', 'tfjs-wasm'],
    ['native', 'tfjs-node'],
  ] as const) {
    if (!has(fused) || !has(before)) continue;
    const faster = ratio(`${before} × 2`, `${fused} × 2`);
    const due = FASTER[kind]![fused];
    figures.push({
      name: `${kind}: ${fused} faster than ${before}`,
      value: `${faster.toFixed(1)} ×`,
      target: `≥ ${due} ×`,
      met: faster >= due,
    });
  }
  if (kind === 'Bernoulli' && has('tfjs-node')) {
    const share = problem.flops / rate / time(`${best} × 2`);
    figures.push({
      name: 'Bernoulli: share of the floor by matrix products',
      value: `${(100 * share).toFixed(0)} %`,
      target: '≥ 60 %',
      met: share >= 0.6,
    });
  }
  return figures;
}

await main();
