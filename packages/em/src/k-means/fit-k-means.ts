import { type Dataset, type Executor, inline, type Key, type Matrix, type Status } from '@mixtention/core';
import { dataset, isDataset, openReader, prepare, runPass } from '@mixtention/core/data';
import { run, statusSentences } from '@mixtention/core/loop';
import { generator, key, split } from '@mixtention/core/numeric';
import type { FitInput } from '@mixtention/mixture/fit';
import { type StartMethod, sampleRows } from '@mixtention/mixture/starts';
import { type KMeansInfo, type KMeansState, kMeansSteps } from './k-means.ts';
import { KMeansModel } from './k-means-model.ts';
import {
  checkKMeans,
  chooseKMeansStart,
  type KMeansFit,
  type KMeansOptions,
  type KMeansTracePoint,
} from './k-means-options.ts';

/**
 * k-means: K centres that the squared distances of rows to their nearest centre are least from, at a local minimum; the best of `restarts`.
 *
 * Distances are those of the data as given: scale columns yourself where their units differ.
 *
 * @param input    `[N, D]`, or a data set
 * @param options  see `KMeansOptions`
 * @returns centres, inertia, labels on demand, status
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE, UNKNOWN_NAME for input that cannot be used; ABORTED when the signal fires
 *
 * Cost: N·K·D multiply–adds an iteration.
 * Source: Lloyd (1982); starts by Arthur & Vassilvitskii (2007).
 *
 * @example
 * const { centers } = await kMeans([[0], [1], [10], [11]], { components: 2 });
 * [...centers.data].sort((a, b) => a - b); // [0.5, 10.5]
 */
export async function kMeans(input: FitInput, options: KMeansOptions): Promise<KMeansFit> {
  const x = checkKMeans(input, options);
  const start = chooseKMeansStart('cols' in x ? x.cols : x.width, options);
  const root = key(options.seed ?? 0);
  const executor = options.executor ?? inline();
  const { weights, shardRows } = options;
  try {
    const raw = isDataset(x) ? x : dataset(x, { weights, shardRows }, 'em/kMeans');
    const data = prepare(raw, 'jointly');
    const clock = performance.now();
    const outcomes = await runAll({ data, executor, options, start, root });
    const best = outcomes.reduce((a, b) => (isBetter(b, a) ? b : a));
    return report(data, { best, executor, seconds: (performance.now() - clock) / 1000 });
  } finally {
    if (options.executor === undefined) await executor.close();
  }
}

type Outcome = {
  readonly state: KMeansState;
  readonly info: KMeansInfo;
  readonly status: Status;
  readonly iterations: number;
  readonly trace: readonly KMeansTracePoint[];
};

type Setting = {
  readonly data: Dataset;
  readonly executor: Executor;
  readonly options: KMeansOptions;
  readonly start: StartMethod | Matrix;
  readonly root: Key;
};

async function runAll(setting: Setting): Promise<Outcome[]> {
  const { options, start, root } = setting;
  const { budgetMs = Number.POSITIVE_INFINITY } = options;
  const restarts = typeof start === 'string' ? (options.restarts ?? 1) : 1;
  const deadline = performance.now() + budgetMs;
  const outcomes: Outcome[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    const left = deadline - performance.now();
    if (restart > 0 && left <= 0) break;
    outcomes.push(await runOne(setting, split(root, 'fit', restart), left));
  }
  return outcomes;
}

async function runOne(setting: Setting, own: Key, budgetMs: number): Promise<Outcome> {
  const { data, executor, options } = setting;
  const { components, maxIterations = 1000, tolerance = 0, signal } = options;
  const algorithm = kMeansSteps({ components, start: typeof setting.start === 'string' ? setting.start : 'given' });
  const clock = performance.now();
  const state = firstState(setting, algorithm, own);
  const limits = { executor, state, maxIterations, tolerance, budgetMs, signal };
  const trace: KMeansTracePoint[] = [];
  let last: Omit<Outcome, 'trace'> | undefined;
  for await (const { iteration, state, info, status } of run<KMeansState, KMeansInfo>(algorithm, data, limits)) {
    const seconds = (performance.now() - clock) / 1000;
    trace.push({ iteration, seconds, inertia: info.inertia * data.transform.scale[0]! ** 2 });
    last = { state, info, status: status as Status, iterations: iteration };
  }
  return { ...last!, trace };
}

function firstState(
  { data, options, start }: Setting,
  algorithm: ReturnType<typeof kMeansSteps>,
  own: Key,
): KMeansState {
  const { center, scale } = data.transform;
  if (typeof start !== 'string') {
    return { width: data.width, centers: mapCenters(start, (m, d) => (m - center[d]!) / scale[d]!) };
  }
  const random = generator(split(own, 'sample'));
  return algorithm.init(own, sampleRows(data, { components: options.components, random }));
}

/** A start with all centres in use comes before one with empty ones, then the lower J. */
function isBetter(a: Outcome, b: Outcome): boolean {
  const empty = (o: Outcome): number => o.info.degenerate?.length ?? 0;
  return empty(a) !== empty(b) ? empty(a) < empty(b) : a.info.inertia < b.info.inertia;
}

function report(
  data: Dataset,
  { best, executor, seconds }: { readonly best: Outcome; readonly executor: Executor; readonly seconds: number },
): KMeansFit {
  const { info, state, status, iterations, trace } = best;
  const { counts } = info;
  const { transform, width } = data;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const user = mapCenters(
    { data: state.centers, rows: counts.length, cols: width },
    (m, d) => m * transform.scale[d]! + transform.center[d]!,
  );
  const sorted = new Float64Array(user.length);
  for (const [k, old] of order.entries()) sorted.set(user.subarray(old * width, (old + 1) * width), k * width);
  const { names } = data.columns;
  const centers = { data: sorted, rows: order.length, cols: width, ...(names && { columns: names }) };
  const model = new KMeansModel(centers);
  let labels: Int32Array | undefined;
  return {
    model,
    centers,
    counts: Float64Array.from(order, (old) => counts[old]!),
    get labels() {
      return (labels ??= labelsOf(model, data));
    },
    inertia: trace.at(-1)!.inertia,
    status,
    message: statusSentences[status],
    converged: status === 'converged',
    iterations,
    trace,
    seconds,
    degenerate: order.flatMap((old, k) => (counts[old]! > 0 ? [] : [k])),
    backend: executor.backend,
    workers: executor.workers,
  };
}

/** Of the rows that were fitted, whatever the caller did with the array since. */
function labelsOf(model: KMeansModel, data: Dataset): Int32Array {
  const labels = new Int32Array(data.rows);
  return runPass(openReader(data), {
    add: (part, first) => labels.set(model.predict(part), first),
    done: () => labels,
  });
}

function mapCenters({ data, cols }: Matrix, map: (m: number, d: number) => number): Float64Array {
  return Float64Array.from(data, (m, i) => map(m, i % cols));
}
