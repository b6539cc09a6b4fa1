import { type Dataset, type Executor, float64, inline, type Matrix } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { batch } from '@mixtention/em';
import { gaussianDiagonal, pointWeights } from '@mixtention/mixture';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { type Figure, figureTable, table } from '../speed/table.ts';

const ROUNDS = 20;
const STEPS = 200;
/** Rounds that do not count: V8 compiles for some thousand passes, on the main thread and in every worker. */
const WARMING = 10;

/** Milliseconds that the pass over two tiny shards may take on two workers: it is nothing but what a pass costs beside its work. */
const MOST = 0.15;

type Case = { readonly shards: number; readonly rows: number };
const CASES: readonly Case[] = [
  { shards: 2, rows: 2 },
  { shards: 12, rows: 2 },
  { shards: 12, rows: 100 },
  { shards: 12, rows: 1000 },
];

/** What passes of one executor took: wall time of each, CPU time of the process of a step, ms. */
type Times = { readonly passes: number[]; readonly cpu: number[] };

/**
 * What a pass costs beside its work: warm steps of EM over small shards of 8 columns, in this thread and on 2 workers, in interleaved rounds. Wall times are those of the pass
 * alone, a new state each time, as in a fit; medians over all passes that count.
 */
export async function passCost(signal: AbortSignal): Promise<string> {
  const lines: string[][] = [];
  let fixed = Number.NaN;
  for (const one of CASES) {
    const [here, there, cold] = await costOf(one, signal);
    if (one === CASES[0]) fixed = median(there.passes);
    const ms = (value: number): string => value.toFixed(3);
    lines.push([
      `${one.shards} shards of ${one.rows} rows`,
      ms(median(here.passes)),
      `${ms(median(there.passes))} (${ms(quantile(there.passes, 0.1))}–${ms(quantile(there.passes, 0.9))})`,
      ms(median(cold)),
      `${ms(median(here.cpu))} / ${ms(median(there.cpu))}`,
    ]);
  }
  const figure: Figure = {
    name: 'fixed cost of a pass on 2 workers: over 2 shards of 2 rows, warm',
    value: `${fixed.toFixed(3)} ms`,
    target: `< ${MOST} ms`,
    met: fixed < MOST,
  };
  const head = [
    'a pass over, ms',
    'in this thread',
    'on 2 workers (middle 80 %)',
    `its first ${STEPS}`,
    'CPU time a step, here / all threads of 2 workers',
  ];
  return `${table([head, ...lines])}\n\n${figureTable([figure])}`;
}

async function costOf({ shards, rows: shardRows }: Case, signal: AbortSignal): Promise<[Times, Times, number[]]> {
  const random = generator(key(1));
  const rows = shards * shardRows;
  const x = { data: Float64Array.from({ length: 8 * rows }, () => random.normal()), rows, cols: 8 };
  const data = dataset(x, { shardRows });
  const two = await threads({ backend: 'wasm', precision: 'float64', workers: 2 });
  try {
    const sides = [inline(float64), two].map((executor) => ({ step: stepper(executor, x, data), passes: [], cpu: [] }));
    const cold: number[] = [];
    for (let round = -WARMING; round < ROUNDS; round++)
      for (const side of sides) {
        signal.throwIfAborted();
        const spent = stopwatch();
        const passes: number[] = [];
        for (let i = 0; i < STEPS; i++) passes.push(await side.step());
        const { cpuSeconds } = spent();
        if (round === -WARMING && side === sides[1]) cold.push(...passes);
        if (round < 0) continue;
        (side as Times).passes.push(...passes);
        (side as Times).cpu.push((1000 * cpuSeconds) / STEPS);
      }
    return [sides[0]!, sides[1]!, cold];
  } finally {
    await two.close();
  }
}

/** Makes a step of EM, always the same one; returns what its pass took, ms. */
function stepper(executor: Executor, x: Matrix, data: Dataset): () => Promise<number> {
  const weights = pointWeights();
  const algorithm = batch({
    family: gaussianDiagonal,
    components: 4,
    start: 'k-means++',
    prior: null,
    weights,
    floor: 0.01,
  });
  const first = algorithm.init(key(1), x);
  return async () => {
    // Of a state that is known scores are known too.
    const state = structuredClone(first);
    const begun = performance.now();
    const ask = algorithm.ask(state, { precision: 'float64', cuts: data.cuts });
    const collected = await executor.collect(algorithm, ask, data);
    const ms = performance.now() - begun;
    algorithm.update(state, collected as never);
    return ms;
  };
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * values.length)]!;
}
