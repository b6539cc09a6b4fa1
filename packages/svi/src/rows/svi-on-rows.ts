import type { Dataset, Executor, Matrix, Sample, Source, Tree } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { checkOptions, decodeTree, encodeTree, fail, isRecord, seal, unseal } from '@mixtention/core/base';
import { dataset, isDataset, sampleRows } from '@mixtention/core/data';
import { type Resumable, run } from '@mixtention/core/loop';
import { generator, key, split } from '@mixtention/core/numeric';
import { checkCount } from '@mixtention/mixture/fit';
import { summedOut } from '../discrete/index.ts';
import { raisedBy, stepsOf } from '../inference/climb.ts';
import { explain } from '../inference/evaluate.ts';
import type { Climbed } from '../inference/run-state.ts';
import { settleSvi } from '../inference/svi-options.ts';
import type { SviResult } from '../inference/svi-result.ts';
import { latentsOf, type Model } from '../model/index.ts';
import { approximate, believed, coordinatesIn, equalWeights, meanOf, summarize } from '../report/index.ts';
import { compileGuided } from './guided.ts';
import { isHere, type ModelObject, modelHere } from './model-object.ts';
import {
  climbIn,
  parametersOf,
  type RowsConfig,
  type RowsOptions,
  type RowsState,
  type RowsStats,
  rowsSvi,
} from './rows-svi.ts';
import { dataOf, type RowsData } from './split-trace.ts';

const WHERE = 'svi/sviOnRows';

/** A run over rows that has not ended, as text: what it is of, and where it stands. */
export type RowsCheckpoint = string;

export type SviOnRowsOptions = RowsOptions & {
  /** What the model gets beside the rows; plain data. */
  readonly shared?: { readonly [name: string]: Tree };
  /** Where passes are made (default: this thread). */
  readonly executor?: Executor;
  /** Rows that a step sees, about: of every shard a random part, another in every step; over an epoch all of them (default: all in every step). */
  readonly minibatch?: number;
  /** Rows of a shard; part of the arithmetic, so of the last bits. */
  readonly shardRows?: number;
  /** Ends the run with ABORTED. */
  readonly signal?: AbortSignal;
  /** Ends the run with what it has, and status `stopped`. */
  readonly stopSignal?: AbortSignal;
  /** Is told of every step. */
  readonly onStep?: (progress: {
    readonly step: number;
    readonly learningRate: number;
    readonly bound: number;
  }) => void;
  /** Is handed all that another process needs to go on, every `checkpointEveryMs` (default 30,000; 0 is after every step) and at the end. */
  readonly onCheckpoint?: (checkpoint: RowsCheckpoint) => void;
  readonly checkpointEveryMs?: number;
  /** Goes on from a checkpoint of this very run, to the bits of one that was never interrupted; there may be more steps. */
  readonly resume?: RowsCheckpoint;
};

const OPTIONS: readonly (keyof SviOnRowsOptions)[] = [
  'estimator',
  'draws',
  'learningRate',
  'accuracy',
  'steps',
  'resultDraws',
  'seed',
  'guide',
  'optimizer',
  'shared',
  'executor',
  'minibatch',
  'shardRows',
  'signal',
  'stopSignal',
  'onStep',
  'onCheckpoint',
  'checkpointEveryMs',
  'resume',
];

/** Rows that a start is found on; rows whose shapes alone matter. */
const SAMPLE = 2000;
const TEMPLATE = 2;

/**
 * `svi` over the rows of a data set that an executor holds: in memory or in a file, in this thread or on workers, with the same bits for any number of them.
 *
 * With `minibatch` a step sees some of the rows, and takes them for all; what is told at the end is of all. Weights of a data set (`dataset(x, { weights })`) count its rows: 0 is one removed, 2 one that is there twice.
 *
 * A model states what belongs to rows within `plate('rows', rows.rows, …)`, and nothing of them outside: each shard runs it with its own rows. Latents of rows are summed out.
 *
 * @param model  a function, which runs in this thread; or of `modelModule`, which runs on worker threads too
 * @param x      `[N, D]`: the model gets them, some at a time, as `rows`, and columns that have names as arrays
 * @returns as `svi`; `boundBySite` tells of rows together
 * @throws BAD_OPTION, BAD_MODEL, BAD_DATA; ABORTED when the signal fires; what executors throw
 *
 * Cost: a pass over the rows of a step, and one with `resultDraws` draws at the end; what crosses is D numbers a draw, either way.
 *
 * @example
 * const line = ({ sample, observe, plate, normal }, { rows }) => {
 *   const mean = sample('mean', normal(0, 10));
 *   plate('rows', rows.rows, () => observe('y', normal(mean, 1), rows.data));
 * };
 * const { sites } = await sviOnRows(line, { data: Float64Array.of(1, 2, 3, 2), rows: 4, cols: 1 });
 * sites.mean.mean; // about 2
 */
export async function sviOnRows(
  model: Model<RowsData> | ModelObject,
  x: Matrix | Source | Dataset,
  options: SviOnRowsOptions = {},
): Promise<SviResult> {
  const begun = performance.now();
  checkOptions(WHERE, options, OPTIONS);
  const { executor = inline(), shared = {}, shardRows, minibatch } = options;
  if (options.optimizer === 'natural')
    fail(WHERE, 'BAD_OPTION', 'optimizer "natural" needs curvatures, which rows do not tell; take svi, or adam');
  const object = typeof model === 'function' ? modelHere(model) : model;
  if (isHere(object) && executor.workers > 0)
    fail(
      WHERE,
      'BAD_OPTION',
      `a function cannot cross to the ${executor.workers} workers of the executor; put the model into a file, and give modelModule(file)`,
    );
  const data = isDataset(x) ? x : dataset(x, shardRows === undefined ? {} : { shardRows }, WHERE);
  checkCount(WHERE, 'minibatch', minibatch, 1);
  const sample = sampleOf(data, options.seed ?? 0);
  const config: RowsConfig = {
    model: object,
    shared,
    columns: data.columns.names ?? [],
    weight: data.sides.weights?.reduce((total, w) => total + w, 0) ?? data.rows,
    batches: minibatch === undefined ? 1 : Math.max(1, Math.round(data.rows / minibatch)),
    width: data.width,
    template: (sample.data as Float64Array).slice(0, TEMPLATE * sample.cols),
    options: plainOptions(options),
  };
  const algorithm = rowsSvi(config);
  const identity = identityOf(config, data, executor);
  const from =
    options.resume === undefined ? { state: algorithm.init(key(0), sample) } : { resume: resumed(options, identity) };
  let at: Resumable<RowsState> | null = null;
  let ended: Climbed | null = null;
  let written = performance.now();
  const write = (): void => options.onCheckpoint?.(seal(encodeTree({ ...identity, at: at as unknown as Tree })));
  const steps = options.steps ?? Number.POSITIVE_INFINITY;
  for await (const made of run<RowsState>(algorithm, data, {
    executor,
    signal: options.signal,
    maxIterations: Number.MAX_SAFE_INTEGER,
    ...from,
  })) {
    at = made.next;
    const climb = climbIn(at.state);
    ({ ended } = climb);
    options.onStep?.({ step: climb.walk.taken, learningRate: climb.rate, bound: raisedBy(climb).mean });
    if (made.status === 'diverged' && ended === null) ended = { status: 'diverged', message: made.message };
    if (ended !== null || climb.walk.taken >= steps) break;
    if (options.stopSignal?.aborted) {
      ended = { status: 'stopped', message: 'interrupted' };
      break;
    }
    if (performance.now() - written < (options.checkpointEveryMs ?? 30_000)) continue;
    write();
    written = performance.now();
  }
  write();
  const { state } = at!;
  return reportOf(state, ended ?? { status: 'stopped', message: 'steps are over' }, {
    config,
    data,
    executor,
    begun,
    algorithm,
  });
}

function sampleOf(data: Dataset, seed: number): Sample {
  const {
    data: cells,
    rows,
    cols,
    weights,
  } = sampleRows(data, { components: 1, random: generator(split(key(seed), 'svi', 'sample')) });
  const stride = Math.max(1, Math.ceil(rows / SAMPLE));
  const kept = Math.ceil(rows / stride);
  const some = Float64Array.from(
    { length: kept * cols },
    (_, i) => cells[Math.floor(i / cols) * stride * cols + (i % cols)]!,
  );
  return { data: some, rows: kept, cols, weights: weights?.filter((_, n) => n % stride === 0) ?? null };
}

function plainOptions(options: SviOnRowsOptions): RowsOptions {
  const { estimator, draws, learningRate, accuracy, steps, resultDraws, seed, guide, optimizer } = options;
  const all = { estimator, draws, learningRate, accuracy, steps, resultDraws, seed, guide, optimizer };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as RowsOptions;
}

type Identity = { readonly [part: string]: Tree };

/** What a checkpoint is held to: there may be more steps. */
function identityOf({ model, options, ...config }: RowsConfig, data: Dataset, { backend, kernel }: Executor): Identity {
  const { steps: _, ...kept } = options;
  return {
    format: 'mixtention/svi-rows-checkpoint',
    formatVersion: 3,
    model: { name: model.spec.name, file: model.spec.config },
    options: kept as Tree,
    config: config as unknown as Tree,
    digest: data.digest,
    cuts: [...data.cuts],
    backend,
    kernel: kernel ?? null,
  };
}

function resumed({ resume, steps }: SviOnRowsOptions, identity: Identity): Resumable {
  const tree = typeof resume === 'string' ? decodeTree(resume) : null;
  if (tree === null || !isRecord(tree))
    return fail(WHERE, 'BAD_MODEL', 'resume is no checkpoint that onCheckpoint was handed');
  for (const [part, due] of Object.entries(identity))
    if (encodeTree(tree[part] ?? null) !== encodeTree(due))
      fail(WHERE, 'BAD_OPTION', `the checkpoint is of another run: its ${part} differs`);
  if (unseal(resume!) === null)
    fail(WHERE, 'BAD_MODEL', 'the checkpoint is damaged: its checksum is none of what it holds');
  const at = tree.at as unknown as Resumable<RowsState>;
  const climb = climbIn(at.state);
  if (climb.ended?.status === 'stopped' && climb.walk.taken < (steps ?? Number.POSITIVE_INFINITY)) climb.ended = null;
  return at as Resumable;
}

type Reporting = {
  readonly config: RowsConfig;
  readonly data: Dataset;
  readonly executor: Executor;
  readonly begun: number;
  readonly algorithm: ReturnType<typeof rowsSvi>;
};

async function reportOf(
  state: RowsState,
  ended: Climbed,
  { config, data, executor, begun, algorithm }: Reporting,
): Promise<SviResult> {
  const run = summedOut(config.model.run);
  const example = dataOf(
    { data: config.template, rows: config.template.length / config.width, cols: config.width },
    config,
  );
  const dimension = latentsOf(run, example).reduce((total, { size }) => total + size, 0);
  const hasDiscrete = latentsOf(config.model.run, example).some(({ transform }) => transform === 'none');
  const settled = settleSvi(config.options, dimension);
  const root = split(key(settled.seed), 'svi');
  const guided = compileGuided({ model: run, data: example, around: state.around, settled });
  const parameters = parametersOf(state);
  const drawn = guided.rows(parameters, generator(split(root, 'result')), settled.resultDraws);
  const free = new Float64Array(drawn.length * dimension);
  for (const [s, one] of drawn.entries()) free.set(one.free, s * dimension);
  const ask = { message: { free, draws: drawn.length }, precision: 'float64' } as const;
  const { values } = (await executor.collect(algorithm, ask, data)).sum as RowsStats;
  const logRatios = Float64Array.from(drawn, ({ logRatio }, s) => logRatio + values[s]!);
  const rows = drawn.map(({ row }) => row);
  const { mean: bound, error: boundStandardError } = meanOf(logRatios);
  const climb = climbIn(state);
  const [gradients, densities] = state.evaluations as unknown as [number, number];
  const status = Number.isFinite(bound) ? ended.status : 'diverged';
  const told = approximate(guided.reported, { rows, logRatios, isTrusted: status !== 'diverged' }, root);
  const nonCentred = [...(run.nonCentred ?? [])];
  const around = { ...(state.around as unknown as SviResult['around']), nonCentred };
  const given = { model: run, data: example, guide: settled.guide, around };
  const trouble =
    status === 'diverged' || climb.walk.passedOver > 0
      ? `; ${explain(given, [parameters, climb.walk.parameters], root, true)}`
      : '';
  return {
    method: settled.guide.name,
    estimator: settled.estimator,
    discrete: hasDiscrete ? 'summed-out' : null,
    status,
    message: `${ended.message}${trouble}; ${status === 'diverged' ? 'moments are not to be believed' : believed(told)}${coordinatesIn(nonCentred)}`,
    bound,
    boundStandardError,
    ...told,
    mended: null,
    nonCentred,
    uncorrectedSites: summarize(guided.reported, rows, equalWeights(rows.length)),
    gradientEvaluations: stepsOf(climb, settled) * settled.draws + gradients,
    densityEvaluations: settled.resultDraws + densities,
    seconds: (performance.now() - begun) / 1000,
    steps: climb.walk.taken,
    around,
    parameters: Object.fromEntries(
      guided.parameters.map(({ name, start, size }) => [name, parameters.slice(start, start + size)]),
    ),
    relaxedObjective: null,
    relaxedObjectiveStandardError: null,
    boundBySite: { rows: meanOf(values).mean, 'all else': bound - meanOf(values).mean },
  };
}
