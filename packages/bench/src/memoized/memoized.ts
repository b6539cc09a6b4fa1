import { openExecutor } from '@mixtention/core/threads';
import { checkCount } from '@mixtention/mixture/fit';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { table } from '../speed/table.ts';
import { COMPONENTS, plantedProblem, WIDTH } from './planted-problem.ts';
import { costOf, endOf, passesTo, type Race, race } from './race.ts';

const { ROWS, SEEDS = '0,1,2,3,4', SPREADS = '1,2', MINUTES = '20' } = process.env;
/** Nats a row. */
const WITHIN = 1e-4;
const MOST_ITERATIONS = 3000;
/** Nats a row that are left to gain where a side ends: little beside `WITHIN`, and the last of it takes longest. */
const TOLERANCE = 1e-6;
/** Turns of what passes cost in the precision of the backend. */
const TURNS = 80;
/** Between lines that tell how far a start is. */
const TOLD_MS = 15_000;

/** `npm run bench:memoized`: how many passes memoized EM takes beside EM, and what one costs. */
await runCommand(async (signal) => {
  const rows = Number(ROWS ?? 200_000);
  checkCount('bench/memoized', 'ROWS', rows, 10 * COMPONENTS);
  const starts = SPREADS.split(',').flatMap((spread) => SEEDS.split(',').map((seed) => [+spread, +seed] as const));
  const deadline = performance.now() + 60_000 * Number(MINUTES);
  const executor = await openExecutor({ problem: { rows, components: COMPONENTS, width: 2 * WIDTH } });
  const { cpu, cores, node } = machine();
  console.log(
    `${rows} rows of ${COMPONENTS} unit Gaussians in ${WIDTH} columns, whose means are drawn from N(0, spread²) in each; diagonal components, one k-means++ start for both, each until ${TOLERANCE} nats a row are left to gain, ${executor.backend} on ${executor.workers} workers; ${cpu}, ${cores} cores, Node ${node}`,
  );
  const all: Judged[] = [];
  try {
    for (const [spread, seed] of starts) {
      if (performance.now() > deadline) {
        console.log(`\n${MINUTES} minutes are over (MINUTES): ${all.length} of ${starts.length} starts were made`);
        break;
      }
      const problem = plantedProblem(rows, spread, seed);
      const limits = { executor, signal, maxIterations: MOST_ITERATIONS };
      const onTurn = telling(`spread ${spread}, seed ${seed}`);
      const ran = await race(problem, { ...limits, precision: 'float64', tolerance: TOLERANCE, onTurn });
      const isFirst = all.every((other) => other.spread !== spread);
      const coarse = isFirst
        ? await race(problem, { ...limits, precision: executor.precision, tolerance: 0, maxIterations: TURNS })
        : null;
      const judged = judge(ran, { spread, seed, separation: problem.separation, coarse });
      all.push(judged);
      console.log(sentence(judged));
    }
  } finally {
    await executor.close();
  }
  if (all.length === 0) return;
  console.log(`\n${tableOf(all, executor.precision)}`);
  for (const spread of new Set(all.map((one) => one.spread)))
    console.log(`\n${summary(all.filter((one) => one.spread === spread))}`);
});

type Start = { readonly spread: number; readonly seed: number; readonly separation: number };

/** What a race came to. An optimum that a side never comes to, since it ends in a lower one, takes it Infinity passes. */
type Judged = Start & {
  /** Where EM ends, nats a row. */
  readonly optimum: number;
  /** By how much more memoized EM ends, nats a row. */
  readonly above: number;
  /** To within `WITHIN` of where EM ends: of EM and of memoized EM. */
  readonly toOptimum: readonly [number, number];
  /** To within `WITHIN` of where memoized EM ends. */
  readonly toOther: readonly [number, number];
  readonly largestFall: number;
  readonly cost: number;
  readonly coarseCost: number | null;
  readonly statuses: string;
};

function judge({ em, memoized }: Race, { coarse, ...start }: Start & { readonly coarse: Race | null }): Judged {
  const [optimum, other] = [endOf(em), endOf(memoized)];
  const toBoth = (goal: number): [number, number] => [passesTo(em, goal), passesTo(memoized, goal)];
  return {
    ...start,
    optimum,
    above: other - optimum,
    toOptimum: toBoth(optimum - WITHIN),
    toOther: toBoth(other - WITHIN),
    largestFall: memoized.largestFall,
    cost: costOf({ em, memoized }),
    coarseCost: coarse === null ? null : costOf(coarse),
    statuses: `${em.status}, ${memoized.status}`,
  };
}

function shareOf([passes, laps]: readonly [number, number]): number {
  return laps / passes;
}

/** To the lower of the two optima both sides come. */
function shareToLower({ above, toOptimum, toOther }: Judged): number {
  return shareOf(above >= 0 ? toOptimum : toOther);
}

function sentence({ spread, seed, optimum, above, toOptimum, toOther, statuses }: Judged): string {
  const [passes, laps] = toOptimum;
  const reached = Number.isFinite(laps) ? `after ${laps.toFixed(1)}` : 'never: it ends in a lower one';
  const reverse = Number.isFinite(toOther[0]) ? `after ${toOther[0]}` : 'never: it ends in a lower one';
  return `spread ${spread}, seed ${seed}: EM is at ${optimum.toFixed(5)} nats a row after ${passes} passes, memoized EM ${reached}; where that ends (${signed(above)}) it is after ${toOther[1].toFixed(1)}, EM ${reverse} (${statuses})`;
}

function tableOf(all: readonly Judged[], coarse: string): string {
  const cost = 'CPU of a pass beside EM’s';
  const head = ['spread', 'nearest', 'seed', 'EM ends', 'memoized', 'EM’s passes', 'memoized’s', 'share'];
  return table([
    [...head, 'to the lower', 'largest fall', `${cost}, float64`, ...(coarse === 'float64' ? [] : [coarse])],
    ...all.map((one) => [
      String(one.spread),
      one.separation.toFixed(1),
      String(one.seed),
      one.optimum.toFixed(5),
      signed(one.above),
      one.toOptimum[0].toFixed(0),
      number(one.toOptimum[1], 1),
      number(shareOf(one.toOptimum), 2),
      shareToLower(one).toFixed(2),
      one.largestFall.toExponential(0),
      one.cost.toFixed(2),
      one.coarseCost === null ? '' : one.coarseCost.toFixed(2),
    ]),
  ]);
}

function summary(all: readonly Judged[]): string {
  const count = (is: (one: Judged) => boolean): number => all.filter(is).length;
  const middle = (of: (one: Judged) => number): string => number(median(all.map(of)), 2);
  return [
    `spread ${all[0]!.spread}, ${all.length} starts: memoized EM came to EM’s optimum from ${count((one) => Number.isFinite(one.toOptimum[1]))}, in at most half of the passes from ${count((one) => shareOf(one.toOptimum) <= 0.5)}`,
    `it ends within ${WITHIN} nats a row of EM from ${count((one) => Math.abs(one.above) <= WITHIN)}, higher from ${count((one) => one.above > WITHIN)}, lower from ${count((one) => one.above < -WITHIN)}`,
    `median share of the passes: ${middle((one) => shareOf(one.toOptimum))} to EM’s optimum, never counted as ∞ (at most 0.5 was due); ${middle(shareToLower)} to the lower of both; a pass costs ${middle((one) => one.cost)} of EM’s CPU time in float64`,
  ].join('\n');
}

function signed(nats: number): string {
  return `${nats < 0 ? '−' : '+'}${Math.abs(nats).toExponential(1)}`;
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : 'never';
}

/** Tells how far a start is, now and then. */
function telling(what: string): (race: Race) => void {
  let last = performance.now();
  return ({ em, memoized }) => {
    if (performance.now() - last < TOLD_MS) return;
    last = performance.now();
    const of = ({ marks }: Race['em']): string =>
      `${marks.at(-1)!.passes.toFixed(0)} passes, ${endOf({ marks } as Race['em']).toFixed(5)}`;
    console.error(`  ${what}: EM ${of(em)}; memoized ${of(memoized)}`);
  };
}
