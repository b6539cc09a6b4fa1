import {
  type Dataset,
  type Executor,
  inline,
  type Key,
  type Matrix,
  type MatrixLike,
  type Status,
} from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { run, statusSentences } from '@mixtention/core/loop';
import { generator, key, split } from '@mixtention/core/numeric';
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
 * @param input    `[N, D]`
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
export async function kMeans(input: MatrixLike, options: KMeansOptions): Promise<KMeansFit> {
  const x = checkKMeans(input, options);
  const start = chooseKMeansStart(x, options);
  const root = key(options.seed ?? 0);
  const executor = options.executor ?? inline();
  const { weights, shardRows } = options;
  try {
    const data = dataset(x, { precision: executor.precision, standardize: 'jointly', weights, shardRows });
    const clock = performance.now();
    const outcomes = await runAll({ x, data, executor, options, start, root });
    const best = outcomes.reduce((a, b) => (isBetter(b, a) ? b : a));
    return report(x, data, { best, executor, seconds: (performance.now() - clock) / 1000 });
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
  readonly x: Matrix;
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
  { x, data, options, start }: Setting,
  algorithm: ReturnType<typeof kMeansSteps>,
  own: Key,
): KMeansState {
  const { center, scale } = data.transform;
  if (typeof start !== 'string') {
    return { width: x.cols, centers: mapCenters(start, (m, d) => (m - center[d]!) / scale[d]!) };
  }
  const random = generator(split(own, 'sample'));
  const sample = sampleRows(x, {
    weights: data.weights,
    transform: data.transform,
    components: options.components,
    random,
  });
  return algorithm.init(own, sample);
}

/** A start with all centres in use comes before one with empty ones, then the lower J. */
function isBetter(a: Outcome, b: Outcome): boolean {
  const empty = (o: Outcome): number => o.info.degenerate?.length ?? 0;
  return empty(a) !== empty(b) ? empty(a) < empty(b) : a.info.inertia < b.info.inertia;
}

function report(
  x: Matrix,
  { transform }: Dataset,
  { best, executor, seconds }: { readonly best: Outcome; readonly executor: Executor; readonly seconds: number },
): KMeansFit {
  const { info, state, status, iterations, trace } = best;
  const { counts } = info;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const user = mapCenters(
    { data: state.centers, rows: counts.length, cols: x.cols },
    (m, d) => m * transform.scale[d]! + transform.center[d]!,
  );
  const data = new Float64Array(user.length);
  for (const [k, old] of order.entries()) data.set(user.subarray(old * x.cols, (old + 1) * x.cols), k * x.cols);
  const centers = { data, rows: order.length, cols: x.cols, ...(x.columns && { columns: x.columns }) };
  const model = new KMeansModel(centers);
  let labels: Int32Array | undefined;
  return {
    model,
    centers,
    counts: Float64Array.from(order, (old) => counts[old]!),
    get labels() {
      return (labels ??= model.predict(x));
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

function mapCenters({ data, cols }: Matrix, map: (m: number, d: number) => number): Float64Array {
  return Float64Array.from(data, (m, i) => map(m, i % cols));
}
