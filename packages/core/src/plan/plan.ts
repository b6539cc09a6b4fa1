import type { BackendName, Precision, PrecisionChoice } from '../contracts/index.ts';
import { cutRows } from '../data/cut-rows.ts';
import { type Problem, passSeconds, type Rates, type ThreadRates } from './rates.ts';
import { storedRates, storedThreads } from './stored-rates.ts';

/**
 * Seconds of a pass in float64 on `wasm`, by the stored rates, below which a problem is small: float64 takes less than twice the time of float32 there and needs no
 * finish, and every machine gives it the same bits.
 */
const SMALL = 0.0002;

/** Passes of a fit by default, about: ten starts of 21, four of 61 more, one to the end. */
const PASSES = 400;

export type PlanOptions = Problem & {
  /** Backends that may be taken (default `wasm` and `plain`); where `auto` chooses never `tfjs-wasm`. */
  readonly installed?: readonly BackendName[];
  /** One that must be taken; default `auto`. */
  readonly backend?: BackendName | 'auto';
  readonly precision?: PrecisionChoice;
  /** Threads beside this one that may be taken (default 1). */
  readonly cores?: number;
  /** So many must be; 0 is this thread alone. Default `auto`. */
  readonly workers?: number | 'auto';
  /** Passes over the rows that pay for the start of workers (default 400). */
  readonly passes?: number;
  /** What kernels take (default those that are stored). */
  readonly rates?: Rates;
  readonly threads?: ThreadRates;
};

/** A kernel on threads, and what it takes. */
export type Candidate = {
  readonly backend: BackendName;
  /** That passes begin in */
  readonly precision: Precision;
  readonly workers: number;
  /** Of one pass, predicted; NaN where the kernel was not measured */
  readonly seconds: number;
  /** Of one pass in float64 */
  readonly float64Seconds: number;
};

export type PassPlan = Candidate & {
  /** Rows of a shard: by the rows alone, whoever works on it */
  readonly shardRows: number;
  /** All that could be taken, the best first; the first of them is the plan. */
  readonly candidates: readonly Candidate[];
};

/**
 * Chooses kernel, precision, threads and shards for passes over rows, and predicts what one takes, from measured rates.
 *
 *     N (K (P·product + pair) + P·cell) + shards·call
 *
 * The rates that are stored were measured on one machine (`npm run bench:plan`); those of this one come from `measureRates` and `mixtention doctor`. A choice by
 * the stored ones is the same everywhere, and so are the bits of a small problem, which takes `wasm` in float64.
 *
 * @example
 * const { backend, precision, workers } = plan({ rows: 272, components: 2, width: 6, squares: 'each', cores: 2 });
 * [backend, precision, workers]; // ['wasm', 'float64', 0]
 * plan({ rows: 200_000, components: 64, width: 64, cores: 2, installed: ['native', 'wasm', 'plain'] }).backend; // 'native'
 */
export function plan(options: PlanOptions): PassPlan {
  const { backend = 'auto', installed = ['wasm', 'plain'], precision = 'auto' } = options;
  const isEasy = isSmall(options);
  const names = backend === 'auto' ? allowed(installed, isEasy) : [backend];
  const cuts = cutRows(options.rows);
  const shards = cuts.length - 1;
  const candidates = names.map((name) => {
    const begins = beginsIn(name, precision, isEasy);
    const alone = (own: Precision): number => aloneSeconds(options, { backend: name, precision: own, shards });
    const workers = workersFor(options, isEasy ? 0 : alone(begins));
    const seconds = (own: Precision): number => beside(alone(own), workers, options.threads);
    return { backend: name, precision: begins, workers, seconds: seconds(begins), float64Seconds: seconds('float64') };
  });
  if (!isEasy) candidates.sort(bySeconds);
  return { ...candidates[0]!, shardRows: cuts[1]!, candidates };
}

/** What `auto` may take; of a small problem the same kernel everywhere. */
function allowed(installed: readonly BackendName[], isEasy: boolean): readonly BackendName[] {
  const known = installed.filter((name) => name !== 'tfjs-wasm');
  return isEasy ? (['wasm', 'plain'] as const).filter((name) => known.includes(name)) : known;
}

function isSmall(problem: Problem): boolean {
  return aloneSeconds({ ...problem, rates: storedRates }, { backend: 'wasm', precision: 'float64', shards: 1 }) < SMALL;
}

function beginsIn(name: BackendName, precision: PrecisionChoice, isEasy: boolean): Precision {
  if (name === 'plain') return 'float64';
  if (precision !== 'auto') return precision;
  return name === 'wasm' && isEasy ? 'float64' : 'float32';
}

/** On one thread. Passes in float64 of backends of TensorFlow are those of `wasm`. */
function aloneSeconds(
  { rates = storedRates, ...problem }: Problem & { readonly rates?: Rates },
  {
    backend,
    precision,
    shards,
  }: { readonly backend: BackendName; readonly precision: Precision; readonly shards: number },
): number {
  const name = precision === 'float64' && backend.startsWith('tfjs') ? 'wasm' : backend;
  const own = rates[name]?.[precision];
  return own === undefined ? Number.NaN : passSeconds(problem, { backend: name, precision, rates: own, shards });
}

/** None, or one for each core, where they save more than their start takes. */
function workersFor(
  { workers = 'auto', cores = 1, passes = PASSES, threads = storedThreads }: PlanOptions,
  alone: number,
): number {
  if (workers !== 'auto') return workers;
  return passes * (alone - beside(alone, cores, threads)) <= threads.start ? 0 : cores;
}

/** With workers, whose speed-up dies away as that of two tells: `w / (1 + (w − 1)(2 / two − 1))`. */
function beside(alone: number, workers: number, { pass, two }: ThreadRates = storedThreads): number {
  return workers === 0 ? alone : (alone * (1 + (workers - 1) * (2 / two - 1))) / workers + pass;
}

/** What was not measured comes last, in its order. */
function bySeconds(a: Candidate, b: Candidate): number {
  if (Number.isNaN(a.seconds) || Number.isNaN(b.seconds))
    return Number(Number.isNaN(a.seconds)) - Number(Number.isNaN(b.seconds));
  return a.seconds - b.seconds;
}
