import type {
  AnyAlgorithm,
  BackendName,
  Dataset,
  Executor,
  Family,
  Key,
  MatrixLike,
  Mixture,
  Status,
  StepInfo,
  Tree,
  Weights,
} from '@mixtention/core';
import type { MixtureModel } from '../model/mixture-model.ts';

/** What fits take: rows, or a data set that several fits share. */
export type FitInput = MatrixLike | Dataset;

/** Shape of Gaussian covariances; `VVV`, `EEE`, `VVI`, `VII` are mclust's names of the same four. */
export type Covariance = 'full' | 'tied' | 'diagonal' | 'spherical' | 'VVV' | 'EEE' | 'VVI' | 'VII';

/** Ways to choose the first centres. */
export type StartMethod = 'k-means++' | 'k-means' | 'random';

/** Start values in user space; what is left out is the family's default, weights are equal. */
export type StartValues = {
  /** `[K]`, ≥ 0, sum 1 */
  readonly weights?: ArrayLike<number>;
  /** `[K, D]` */
  readonly means: MatrixLike;
  /** K matrices `[D, D]` */
  readonly covariances?: readonly MatrixLike[];
};

/** A prior in the space of the fit: the family's own, and that of the weights; `concentration` c is short for `weights: dirichlet(c)`. */
export type PriorValues = {
  /** Left out, the family's weak prior. */
  readonly family?: Tree;
  /** Left out, flat. */
  readonly weights?: Weights;
  readonly concentration?: number;
};

/** Options of every fit of a mixture, whatever the algorithm. */
export type FitOptions = {
  /** K */
  readonly components: number;
  /** `gaussian` (default), `bernoulli`, the name of another family, or a family object. */
  readonly family?: string | Family;
  /** For `gaussian`: `full` (default), `tied`, `diagonal`, `spherical`. */
  readonly covariance?: Covariance;
  /** `k-means++` (default), `k-means`, `random`, values in user space, or a fitted model (warm start). */
  readonly start?: StartMethod | StartValues | MixtureModel;
  /**
   * Starts that are tried by short runs (default 10), on a sample where the table is large; the best `restarts` of them are run to the end, and where they end
   * degenerate the next ones. What is no
   * more than `restarts`, as 0, makes no short runs: then `restarts` independent starts are run to the end.
   */
  readonly screen?: number;
  /** Starts that are run to the end, of which the best is kept (default 1). */
  readonly restarts?: number;
  /** Whole number; the same seed gives the same result (default 0). */
  readonly seed?: number;
  /** Updates at most, per start (default 1000). */
  readonly maxIterations?: number;
  /** Converged when the objective gains less than this per unit of row weight (nats; default 1e-8). */
  readonly tolerance?: number;
  /** w `[N]`, ≥ 0: 0 is a row removed, an integer a row repeated. */
  readonly weights?: ArrayLike<number>;
  /** `none` is maximum likelihood, `weak` the family's weak prior; the default is the family's choice. */
  readonly prior?: 'none' | 'weak' | PriorValues;
  /** Least variance of a component relative to its column's (default 1e-6); each use is reported in `degenerate`. */
  readonly floor?: number;
  /** Where the work runs (default `inline()`, which the fit closes itself). */
  readonly executor?: Executor;
  /** Rows per shard; part of the arithmetic, so of the last bits. */
  readonly shardRows?: number;
  /** Ends the fit with ABORTED. */
  readonly signal?: AbortSignal | undefined;
  /** No new step after this much time, over all starts; the best so far is returned with status `stopped`. */
  readonly budgetMs?: number;
  /** Called after every step. */
  readonly onStep?: (progress: Progress) => void;
};

/** What `onStep` is told; log-likelihood and objective are in user space. */
export type Progress = {
  /** `screen` in short runs, `fit` in those that go to the end. */
  readonly phase: 'screen' | 'fit';
  /** Which start of the phase, from 0. */
  readonly restart: number;
  readonly restarts: number;
  readonly iteration: number;
  readonly objective: number;
  readonly logLikelihood: number;
  /** Since this start began. */
  readonly seconds: number;
  readonly status: 'running' | Status;
  /** What the algorithm tells of this step. */
  readonly info: StepInfo;
};

/** Where `init` starts; under `given` the driver hands over the first state itself, so that values never travel with the config. */
export type Start = StartMethod | 'given';

/** The prior of a fit, in words and as data. */
export type PriorNote = {
  readonly name: 'none' | 'weak' | 'given';
  readonly text: string;
  readonly values: { readonly family: Tree; readonly weights: Weights } | null;
};

/** What algorithms of mixtures take as config: plain data but for objects with a spec, so that workers can rebuild it. */
export type MixtureConfig = {
  readonly family: Family;
  readonly components: number;
  readonly start: Start;
  /** Of the family, in the space of the fit; null is maximum likelihood. */
  readonly prior: Tree | null;
  /** Left out, `pointWeights()`: maximum likelihood. */
  readonly weights?: Weights;
  readonly floor: number;
};

/** What a method is told when it makes its algorithm. */
export type FitContext = {
  readonly config: MixtureConfig;
  /** The rows, prepared as the family asks. */
  readonly data: Dataset;
};

/** An algorithm, and what its states have to do with mixtures. */
export type FitPlan = {
  readonly algorithm: AnyAlgorithm;
  /** The mixture that a state holds; by default the state's own `logWeights` and `params`. */
  readonly mixtureOf?: (state: Tree) => Mixture;
  /** The first state around given values; by default the mixture itself. */
  readonly stateOf?: (mixture: Mixture, key: Key) => Tree;
};

/** One way of fitting mixtures: what `em` and `svi` hand to the driver. */
export type FitMethod = {
  /** For messages: `em/fit`. */
  readonly where: string;
  /** Names of options beyond `FitOptions`. */
  readonly ownOptions?: readonly string[];
  /** Short runs unless the options say otherwise. */
  readonly screen?: number;
  readonly plan: (context: FitContext) => FitPlan;
};

export type TracePoint = {
  readonly iteration: number;
  /** Since the start began. */
  readonly seconds: number;
  readonly objective: number;
  readonly logLikelihood: number;
};

/** How one of the starts ended. */
export type Restart = {
  readonly status: Status;
  readonly iterations: number;
  readonly objective: number;
  readonly logLikelihood: number;
};

/** What short runs were made on, and which of them go on. */
export type Screening = {
  /** Short runs. */
  readonly starts: number;
  /** Rows that they looked at. */
  readonly rows: number;
  /** Passes over those rows that they made, all together. */
  readonly passes: number;
  /** Indices of those that were run to the end, the best first; a start that ended degenerate is followed by the next one. */
  readonly kept: readonly number[];
};

/** A fitted mixture and how it came about. Log-likelihoods are totals in nats, in user space. */
export type Fit = {
  readonly model: MixtureModel;
  readonly status: Status;
  /** What the status means and what to try. */
  readonly message: string;
  readonly converged: boolean;
  readonly iterations: number;
  readonly logLikelihood: number;
  /** What was raised: the log-likelihood, or with a prior the log posterior (up to the evidence). */
  readonly objective: number;
  /** Free parameters. */
  readonly parameters: number;
  /** parameters·log n − 2ℓ; smaller is better (n = Σ w) */
  readonly bic: number;
  /** 2·parameters − 2ℓ */
  readonly aic: number;
  /** bic − 2 Σ log maxₖ r_nk */
  readonly icl: number;
  /** Of the start that was kept. */
  readonly trace: readonly TracePoint[];
  /** Fitting alone: starts and iterations of all restarts, without checking and copying the data. */
  readonly seconds: number;
  readonly restarts: readonly Restart[];
  /** What short runs chose, where there were any. */
  readonly screening: Screening | null;
  /** Which of `restarts` was kept. */
  readonly best: number;
  /** Components (in the order of the model) that own no data or whose covariance is at the floor. */
  readonly degenerate: readonly number[];
  /** Sentences on what the status does not say: columns that count the rows, and what threads or another backend would save. */
  readonly notes: readonly string[];
  readonly prior: PriorNote;
  readonly rows: number;
  /** Σ w */
  readonly weight: number;
  readonly backend: BackendName;
  readonly workers: number;
  /** What the algorithm told of the last step, in the space of the fit. */
  readonly info: StepInfo;
};
