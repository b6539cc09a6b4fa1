import type { AnyAlgorithm, Dataset, Executor, Matrix, Precision, Tree } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { dataset } from '@mixtention/core/data';
import { run } from '@mixtention/core/loop';
import { generator, key, split } from '@mixtention/core/numeric';
import { openExecutor } from '@mixtention/core/threads';
import { batch, type MemoizedInfo, memoized } from '@mixtention/em';
import { gaussianDiagonal } from '@mixtention/mixture';
import { runCommand } from '../run-command.ts';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { table } from '../speed/table.ts';
import { countedExecutor } from './counted-executor.ts';

const ROWS = Number(process.env.ROWS ?? 200_000);
const SEEDS = (process.env.SEEDS ?? '0,1,2').split(',').map(Number);
const [WIDTH, COMPONENTS] = [8, 64];
/** Nats a row. */
const WITHIN = 1e-4;
/** As `fit` deals so many rows out. */
const DEALT = { batches: 12, byShard: false, groups: 2 } as const;
/** Laps in turns with passes of EM, for what they cost; the first ones, with caches to fill, do not count. */
const [LAPS, UNCOUNTED] = [24, 4];

/** `npm run bench:memoized`: how many passes memoized EM takes beside EM, and what one costs. */
await runCommand(async (signal) => {
  const executor = await openExecutor({ problem: { rows: ROWS, components: COMPONENTS, width: 2 * WIDTH } });
  console.log(
    `${ROWS} rows of ${COMPONENTS} unit Gaussians in ${WIDTH} columns, whose means are drawn from N(0, 1) in each; diagonal components, one k-means++ start, ${executor.backend} on ${executor.workers} workers, passes counted in float64; until within ${WITHIN} nats a row of where EM ends (remaining gain 1e-7)\n`,
  );
  try {
    const rows: string[][] = [];
    const shares: number[] = [];
    for (const seed of SEEDS) {
      const problem = problemOf(seed);
      const whole = await until(problem.em, problem, { executor, signal, limit: 2000, goal: Number.POSITIVE_INFINITY });
      const optimum = whole.objectives.at(-1)!.value;
      const goal = optimum - WITHIN;
      const passes = whole.objectives.find(({ value }) => value >= goal)!.passes;
      const laps = await until(problem.memoized, problem, { executor, signal, limit: passes, goal });
      const arrived = laps.objectives.find(({ value }) => value >= goal)?.passes ?? Number.POSITIVE_INFINITY;
      shares.push(arrived / passes);
      rows.push([
        String(seed),
        optimum.toFixed(5),
        passes.toFixed(0),
        arrived.toFixed(1),
        (arrived / passes).toFixed(2),
        laps.objectives.at(-1)!.value.toFixed(5),
        laps.largestFall.toExponential(0),
        (await costOf(problem, { executor, signal, precision: 'float64' })).toFixed(2),
        (await costOf(problem, { executor, signal, precision: executor.precision })).toFixed(2),
      ]);
    }
    const cpu = 'CPU of a pass beside EM’s';
    const head = [
      'seed',
      'nats a row',
      'EM, passes',
      'memoized',
      'share',
      'nats a row then',
      'largest fall',
      `${cpu}, float64`,
    ];
    console.log(table([[...head, executor.precision], ...rows]));
    console.log(`\nmedian share of the passes: ${median(shares).toFixed(2)} (at most 0.5 was due)`);
  } finally {
    await executor.close();
  }
});

type Problem = {
  readonly data: Dataset;
  readonly em: { readonly algorithm: AnyAlgorithm; readonly state: Tree };
  readonly memoized: { readonly algorithm: AnyAlgorithm; readonly state: Tree };
};

function problemOf(seed: number): Problem {
  const x = planted(seed);
  const config = { components: COMPONENTS, start: 'k-means++', prior: null, floor: 1e-6 } as const;
  const algorithm = batch({ family: gaussianDiagonal, ...config });
  const state = algorithm.init(key(seed), rowsOf(x, 0, Math.min(ROWS, 10_000)));
  const driver = memoized({ algorithm, ...DEALT });
  return {
    data: dataset(x),
    em: { algorithm, state: state as Tree },
    memoized: { algorithm: driver as AnyAlgorithm, state: driver.around(state as Tree) as Tree },
  };
}

function planted(seed: number): Matrix {
  const random = generator(split(key(seed), 'planted'));
  const centers = Float64Array.from({ length: COMPONENTS * WIDTH }, () => random.normal());
  const data = new Float32Array(ROWS * WIDTH);
  for (let n = 0; n < ROWS; n++) {
    const k = random.integer(COMPONENTS);
    for (let d = 0; d < WIDTH; d++) data[n * WIDTH + d] = centers[k * WIDTH + d]! + random.normal();
  }
  return { data, rows: ROWS, cols: WIDTH };
}

type Setting = { readonly executor: Executor; readonly signal: AbortSignal };
type Course = {
  /** After each iteration, nats a row. */
  readonly objectives: readonly { readonly passes: number; readonly value: number }[];
  /** Of the objective, from one batch to the next, relative; 0 where it never fell. */
  readonly largestFall: number;
};

/** Goes on until the objective is at the goal, or the run ends. */
async function until(
  { algorithm, state }: Problem['em'],
  { data }: Problem,
  { executor, signal, limit, goal }: Setting & { readonly limit: number; readonly goal: number },
): Promise<Course> {
  const counted = countedExecutor(executor);
  const objectives: { passes: number; value: number }[] = [];
  let largestFall = 0;
  let last = Number.NEGATIVE_INFINITY;
  const limits = { maxIterations: limit, precision: 'float64', signal } as const;
  for await (const { info } of run(algorithm, data, { executor: counted.executor, state, ...limits })) {
    for (const objective of (info as Partial<MemoizedInfo>).objectives ?? [info.objective]) {
      largestFall = Math.max(largestFall, (last - objective) / Math.abs(objective));
      last = objective;
    }
    objectives.push({ passes: counted.passes(), value: info.objective / data.rows });
    if (info.objective / data.rows >= goal) break;
  }
  return { objectives, largestFall };
}

/** CPU time of a lap over that of a pass of EM, median over turns. */
async function costOf(
  { data, em, memoized: laps }: Problem,
  { executor, signal, precision }: Setting & { readonly precision: Precision },
): Promise<number> {
  const limits = { executor, signal, precision, tolerance: 0, maxIterations: LAPS + 1 } as const;
  const sides = [em, laps].map(({ algorithm, state }) => run(algorithm, data, { ...limits, state }));
  const ratios: number[] = [];
  for (let turn = 0; turn < LAPS; turn++) {
    const times: number[] = [];
    for (const side of sides) {
      const spent = stopwatch();
      await side.next();
      times.push(spent().cpuSeconds);
    }
    if (turn >= UNCOUNTED) ratios.push(times[1]! / times[0]!);
  }
  for (const side of sides) await side.return();
  return median(ratios);
}
