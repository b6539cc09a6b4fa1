import type {
  AnyAlgorithm,
  Dataset,
  Density,
  Family,
  Key,
  MatrixLike,
  Mixture,
  StepInfo,
  Tree,
  Weights,
} from '@mixtention/core';
import type { MixtureModel } from '../model/mixture-model.ts';
import type { Account, DriverOptions, OwnDefaults, Settled } from './driver/options.ts';
import type { TracePoint } from './driver/progress.ts';
import type { Course } from './driver/subject.ts';

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

/** A prior in the user's units: the family's own, and that of the weights; `concentration` c is short for `weights: dirichlet(c)`. */
export type PriorValues = {
  /** By the names that the family's README gives them, arrays or nested lists of numbers; left out, the family's weak prior. */
  readonly family?: Tree;
  /** Left out, flat. */
  readonly weights?: Weights;
  readonly concentration?: number;
};

/** Options of every fit of a mixture, whatever the algorithm. */
export type FitOptions = DriverOptions & {
  /** `gaussian` (default), `bernoulli`, the name of another family, or a family object. */
  readonly family?: string | Family;
  /** For `gaussian`: `full` (default), `tied`, `diagonal`, `spherical`. */
  readonly covariance?: Covariance;
  /** `k-means++` (default), `k-means`, `random`, values in user space, or a fitted model (warm start). */
  readonly start?: StartMethod | StartValues | MixtureModel;
  /** `none` is maximum likelihood, `weak` the family's weak prior; the default is the family's choice. */
  readonly prior?: 'none' | 'weak' | PriorValues;
  /** Least variance of a component relative to its column's (default 1e-6); each use is reported in `degenerate`. */
  readonly floor?: number;
};

/** Options as they are used, every default filled in. */
export type SettledFit = Settled & {
  readonly family: Family;
  readonly floor: number;
} & Required<Pick<FitOptions, 'start'>> &
  Pick<FitOptions, 'prior'>;

/** Where `init` starts; under `given` the driver hands over the first state itself, so that values never travel with the config. */
export type Start = StartMethod | 'given';

/** The prior of a fit, in words and as data, in the user's units. */
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
  /** Those that every fit has. */
  readonly options: Settled;
  /** What is added to an objective in the space of the fit to have it in the user's units. */
  readonly shift: number;
};

/** A mixture of any density. */
export type ModelParts = Mixture & { readonly family: Density };

/** An algorithm, and what its states have to do with mixtures. */
export type FitPlan<Result = Fit> = {
  readonly algorithm: AnyAlgorithm;
  /** The mixture that a state holds; by default the state's own `logWeights` and `params`. */
  readonly mixtureOf?: (state: Tree) => Mixture;
  /** What the model is made of, in the space of the fit, where that is not the mixture; may have components that the mixture has not, which come last. */
  readonly modelOf?: (state: Tree) => ModelParts;
  /** The first state around given values; by default the mixture itself. */
  readonly stateOf?: (mixture: Mixture, key: Key) => Tree;
  /** The first state of a long run from that of a short one, which may have looked at other rows; by default that state, with all it holds. */
  readonly carry?: (state: Tree, key: Key) => Tree;
  /** What this method reports beyond the fit; by default nothing. Component k of the model is `order[k]` of the state. */
  readonly report?: (fit: Fit, course: Course, order: readonly number[]) => Result | Promise<Result>;
};

/** One way of fitting mixtures: what `em` and `svi` hand to the driver. */
export type FitMethod<Result = Fit> = {
  /** For messages: `em/fit`. */
  readonly where: string;
  /** Names of options beyond `FitOptions`. */
  readonly ownOptions?: readonly string[];
  /** Defaults that differ from those of other fits. */
  readonly defaults?: OwnDefaults;
  /**
   * What it infers: a `point` (default), the highest one under a prior or without; or a `posterior`, which has a prior always, by default the family's weak
   * one, takes weights whose density has no highest point, and lets components die.
   */
  readonly infers?: 'point' | 'posterior';
  readonly plan: (context: FitContext) => FitPlan<Result>;
};

/** How sure a fit is of what it found. */
export type Certificate = {
  /** What is left to gain a unit of row weight (nats), by the rate at which gains die away; Infinity where that cannot be told. Rough where float32 ended the fit. */
  readonly remainingGain: number;
  /** By which factor a gain follows another, near the end; NaN where that cannot be told. */
  readonly rate: number;
  /** Of `starts` that were run to the end, those whose objective came within 1e-6 nats a row of the best. */
  readonly startsAtBest: number;
  readonly starts: number;
  /** Components that own fewer rows than twice what their parameters take to be determined: they are near to collapsing onto these rows. */
  readonly nearCollapse: readonly { readonly component: number; readonly rows: number }[];
};

/** A fitted mixture and how it came about. Log-likelihoods are totals in nats, in user space. */
export type Fit = Account & {
  readonly model: MixtureModel;
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
  readonly certificate: Certificate;
  /** Sentences on what the status does not say: columns that count the rows, covariances that so few rows cannot determine, and what threads or another backend would save. */
  readonly notes: readonly string[];
  readonly prior: PriorNote;
  /** What the algorithm told of the last step, in the space of the fit. */
  readonly info: StepInfo;
};
