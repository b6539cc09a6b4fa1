import type {
  AnyAlgorithm,
  Ask,
  Backend,
  BackendName,
  Collected,
  Dataset,
  Family,
  Matrix,
  Mixture,
  Tree,
} from '@mixtention/core';
import { inline } from '@mixtention/core';
import { applyTransform, type DatasetOptions, dataset, scalingsOf } from '@mixtention/core/data';
import { run, type Step } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { COMPONENTS, familyProblem } from './family-problem.ts';
import type { Row, Skip } from './rows.ts';

/** What a config is asked for. */
export type ConformanceProblem = {
  readonly family: Family;
  readonly components: number;
  /** Of the family; null is maximum likelihood */
  readonly prior: Tree | null;
  readonly rows: number;
  readonly width: number;
};

/** What an algorithm's folder says of it, in `<name>.conformance.ts`: enough for the suite to run it on any family. */
export type AlgorithmConformance = {
  /** Spec name: package and folder, as `em/batch`. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: configs differ by algorithm
  readonly factory: (config: any) => AnyAlgorithm;
  /** The families that it takes, by name, or all of them. An algorithm without families names the one that its components are like. */
  readonly families: 'every' | readonly string[];
  /** Config of a fit to a problem. */
  readonly config: (problem: ConformanceProblem) => object;
  /** The mixture that a state holds; the state itself, unless given. */
  readonly mixtureOf?: (state: Tree, config: object) => Mixture;
  /** A first state around a mixture; the mixture itself, unless given. */
  readonly stateOf?: (mixture: Mixture, config: object) => Tree;
  /** The objective of a state by its definition, in naive loops. Unless given, only `info.logLikelihood` is held to the mixture's. */
  readonly oracle?: (state: Tree, x: Matrix, problem: ConformanceProblem) => number;
  /** The backends that it runs on; all, unless given. */
  readonly backends?: readonly BackendName[];
  /** Steps within which it settles on data of 240 rows well apart; 200 unless given. */
  readonly steps?: number;
  readonly skips?: readonly Skip[];
};

/** One algorithm on one family. */
export type AlgorithmSubject = {
  readonly conformance: AlgorithmConformance;
  readonly problem: ConformanceProblem;
  readonly config: object;
  readonly algorithm: AnyAlgorithm;
  /** Rows in user space `[N, D]`, and the component that drew each. */
  readonly x: Matrix;
  readonly labels: Int32Array;
  /** Where the rows run unless they say otherwise: plain, where the algorithm runs on it. */
  readonly backend: Backend;
  /** Every backend that is available and that the algorithm runs on. */
  readonly backends: readonly Backend[];
};

export type AlgorithmRow = Row<AlgorithmSubject>;

/**
 * The subject that every row starts from.
 *
 * @example
 * const config = ({ family, components, prior }) => ({ family, components, start: 'k-means++', prior, weights: pointWeights(), floor: 1e-6 });
 * const conformance = { name: 'em/batch', factory: batch, families: ['bernoulli'], config };
 * const { algorithm, x, backend } = algorithmSubject(conformance, bernoulli, [plain]);
 * [algorithm.spec.name, x.rows, backend.name]; // ['em/batch', 240, 'plain']
 */
export function algorithmSubject(
  conformance: AlgorithmConformance,
  family: Family,
  backends: readonly Backend[],
): AlgorithmSubject {
  const { x, labels } = familyProblem(family, 3);
  const problem: ConformanceProblem = { family, components: COMPONENTS, prior: null, rows: x.rows, width: x.cols };
  const able = backends.filter(({ name }) => conformance.backends?.includes(name) ?? true);
  const backend = able.find(({ name }) => name === 'plain') ?? able[0]!;
  const config = conformance.config(problem);
  return { conformance, problem, config, algorithm: conformance.factory(config), x, labels, backend, backends: able };
}

/** Rows in memory as the family's fits have them, in shards of 64. */
export function dataFor({ problem }: AlgorithmSubject, x: Matrix, options: DatasetOptions = {}): Dataset {
  return dataset(x, {
    standardize: scalingsOf(problem.family, x.cols),
    shardRows: 64,
    ...options,
  });
}

/** The first state of a seed, from all rows of the data. */
export function startOf({ algorithm }: Pick<AlgorithmSubject, 'algorithm'>, data: Dataset, x: Matrix, seed = 1): Tree {
  return algorithm.init(key(seed), applyTransform(x, data.transform)) as Tree;
}

/** What a state asks of the data. */
export function askOf(
  algorithm: AnyAlgorithm,
  state: Tree,
  { cuts }: Dataset,
  { precision }: Pick<Backend, 'precision'>,
): Ask {
  return algorithm.ask(state as never, { precision, cuts });
}

/** The statistics that a state asks for, in the precision of a backend. */
export async function collectAll(
  algorithm: AnyAlgorithm,
  state: Tree,
  data: Dataset,
  backend: Backend,
): Promise<Collected> {
  const executor = inline(backend);
  try {
    return await executor.collect(algorithm, askOf(algorithm, state, data, backend), data);
  } finally {
    await executor.close();
  }
}

/** The sum of the statistics that a state asks for. */
export async function sumAll(...call: Parameters<typeof collectAll>): Promise<Tree> {
  return (await collectAll(...call)).sum;
}

/** The state after a number of steps; intermediate passes are none. */
export async function stepsOn(subject: AlgorithmSubject, state: Tree, data: Dataset, steps: number): Promise<Tree> {
  let next = state;
  for (let shown = 0; shown < steps; ) {
    const collected = await collectAll(subject.algorithm, next, data, subject.backend);
    const updated = subject.algorithm.update(next as never, collected as never);
    next = updated.state as Tree;
    if (updated.info !== null) shown++;
  }
  return next;
}

/** Every step of a run, to its end. */
export async function runAll(
  subject: AlgorithmSubject,
  data: Dataset,
  state: Tree,
  maxIterations: number,
  tolerance = 1e-10,
): Promise<Step[]> {
  const executor = inline(subject.backend);
  const steps: Step[] = [];
  try {
    for await (const step of run(subject.algorithm, data, { executor, state, maxIterations, tolerance }))
      steps.push(step);
  } finally {
    await executor.close();
  }
  return steps;
}

/** The mixture that a state holds, in the space of the fit. */
export function mixtureOf({ conformance, config }: AlgorithmSubject, state: Tree): Mixture {
  return conformance.mixtureOf === undefined ? (state as unknown as Mixture) : conformance.mixtureOf(state, config);
}

/** Means of the components of a state `[K, D]`, in the space of the fit. */
export function centersOf(subject: AlgorithmSubject, state: Tree): Matrix {
  return subject.problem.family.describe(mixtureOf(subject, state).params).means;
}

/** How close two computations of the same sums must come, relative to their size. */
export function closeness({ backend }: Pick<AlgorithmSubject, 'backend'>): number {
  return backend.precision === 'float32' ? 1e-4 : 1e-10;
}
