import type { BackendName, Status } from '@mixtention/core';
import type { DigitModels } from '../digit-models/results.ts';
import type { KernelResults } from '../kernel/kernel-results.ts';
import type { Machine } from '../speed/machine.ts';

/** Of `report/results.json`; the version rises when a reader of older files would stumble. */
export const FORMAT = 'mixtention-report';
export const VERSION = 2;

/** A grey image of 28 × 28 pixels, row by row, one byte each (0 blank, 255 full), in base64. */
export type Picture = string;

/** A measured figure beside its target. */
export type Target = {
  readonly name: string;
  readonly measured: number;
  /** `measured` as people read it, with its unit. */
  readonly text: string;
  /** The target as people read it: "≥ −138.0 nats". */
  readonly target: string;
  readonly met: boolean;
};

/** Where a figure of others comes from. */
export type Published = { readonly name: string; readonly value: number; readonly source: string };

export type Component = { readonly weight: number; readonly picture: Picture };

/** One Bernoulli mixture of digits. Log-likelihoods are nats per image. */
export type DigitFit = {
  readonly components: number;
  readonly start: string;
  readonly restarts: number;
  readonly prior: string;
  readonly status: Status;
  readonly iterations: number;
  /** Fitting alone. */
  readonly seconds: number;
  readonly trainLogLikelihood: number;
  readonly testLogLikelihood: number;
  readonly parameters: number;
  /** The largest fall of the objective in one step, relative to its size. */
  readonly largestFall: number;
  /** By decreasing weight; empty where the page does not show them. */
  readonly shown: readonly Component[];
};

export type DigitsResult = {
  readonly name: string;
  readonly isStandard: boolean;
  readonly train: number;
  readonly test: number;
  /** When these fits end, in words. */
  readonly stopping: string;
  readonly fits: readonly DigitFit[];
  readonly published: readonly Published[];
};

/** One unseen digit, completed. */
export type CompletedDigit = {
  /** Its row among the unseen digits, from 0. */
  readonly row: number;
  readonly truth: Picture;
  /** The upper half as it came, the lower half as predicted. */
  readonly completed: Picture;
  /** exp of the entropy of the responsibilities. */
  readonly effectiveComponents: number;
  /** Of the hidden half: 2 Σ p·t / (Σ p + Σ t) for predictions p and true pixels t; 1 where they are the same. */
  readonly overlap: number;
  /** Whether one component was sure of it, and others explain its hidden half far better: see `SureImages`. */
  readonly missed: boolean;
  /** Nats of the hidden half, given the seen one. */
  readonly joint: number;
  readonly marginal: number;
  /** The most responsible components, indices into those of the fit. */
  readonly top: readonly { readonly component: number; readonly responsibility: number; readonly picture: Picture }[];
};

/** What a mixture's completions are worth, nats per image. */
export type CompletionScore = {
  /** −log p(lower half | upper half): exact, of all hidden pixels together. */
  readonly joint: number;
  /** The same of the hidden pixels one by one. */
  readonly marginal: number;
};

/** The same under scores that are multiplied by T, and how many components then share an image (mean of exp entropy). */
export type SharpnessScore = CompletionScore & { readonly logitScale: number; readonly effectiveComponents: number };

/** Images whose seen half one component has nearly to itself, and those of them whose hidden half other components explain far better. */
export type SureImages = {
  /** Responsibility that counts as sure. */
  readonly atLeast: number;
  readonly rows: number;
  /** By how many nats the hidden half must be likelier jointly, where all components have their say, than pixel by pixel, where one has. */
  readonly nats: number;
  readonly missed: number;
};

export type CompletionResult = CompletionScore & {
  /** K of the mixture that is read. */
  readonly components: number;
  /** T, which multiplied all scores: 1 is Bayes. */
  readonly logitScale: number;
  readonly rows: number;
  readonly seconds: number;
  /** Hidden pixels that the mean output gets right when it is rounded. */
  readonly pixelAccuracy: number;
  readonly sure: SureImages;
  /** The same mixture at several T, by falling T; its own and 1 are among them. */
  readonly sharpness: readonly SharpnessScore[];
  /** The other mixtures, at the same T. */
  readonly others: readonly (CompletionScore & { readonly components: number })[];
  readonly examples: readonly CompletedDigit[];
  readonly published: readonly Published[];
};

export type TraceMark = { readonly iteration: number; readonly seconds: number; readonly gap: number };

/** One way of training, beside others from the same start. */
export type Contender = {
  readonly name: 'EM' | 'Adam' | 'gradient descent';
  readonly learningRate: number | null;
  readonly status: Status;
  readonly iterations: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  readonly logLikelihood: number;
  /** Steps and seconds until the gap was within `within`, or null. */
  readonly reached: { readonly iteration: number; readonly seconds: number } | null;
  /** Gap to the best log-likelihood known, thinned to what a chart shows. */
  readonly trace: readonly TraceMark[];
};

export type Comparison = {
  /** What `reached` asks for, nats (in all, or per row where `perRow`). */
  readonly within: number;
  readonly perRow: boolean;
  /** The best log-likelihood known. */
  readonly best: number;
  readonly contenders: readonly Contender[];
};

/** Ten single starts on one backend. */
export type BackendStarts = {
  readonly backend: BackendName;
  readonly tolerance: number;
  readonly oneComponent: number;
  readonly twoComponents: readonly number[];
  readonly reached: number;
  /** Over all starts; see `DigitFit`. */
  readonly largestFall: number;
};

export type FaithfulResult = Comparison & {
  /** `[272, 2]` */
  readonly rows: readonly (readonly [number, number])[];
  readonly components: readonly {
    readonly weight: number;
    readonly mean: readonly number[];
    readonly covariance: readonly number[];
  }[];
  readonly starts: readonly BackendStarts[];
};

/** One fixed-form variational fit. */
export type VariationalFit = {
  readonly assignments: string;
  /** The evidence lower bound with discrete assignments, and its standard error over draws. */
  readonly bound: number;
  readonly boundError: number;
  /** What relaxed training raised, which is no bound on the evidence; null where draws are not relaxed. */
  readonly relaxedObjective: number | null;
  readonly iterations: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
};

export type VariationalResult = {
  /** Optimum of free-form variational Bayes for the same model. */
  readonly freeForm: number;
  readonly fits: readonly VariationalFit[];
};

/** What one estimator of a gradient that is known is worth. */
export type GradientFigures = {
  /** Distance between the mean of all draws and the true gradient, and its standard error, over that gradient's length. */
  readonly relativeBias: number;
  readonly noiseFloor: number;
  /** Of one gradient, summed over the parameters. */
  readonly variance: number;
  readonly varianceStandardError: number;
  /** Null where there is no noise. */
  readonly signalToNoise: number | null;
  readonly microsecondsPerDraw: number;
};

/** Of discrete latents; a `bare-score` has no baselines. */
export type EstimatorFigures = GradientFigures & {
  readonly treatment: 'enumerated' | 'score' | 'bare-score' | 'relaxed' | 'straight-through';
  /** Of relaxed draws; null where there are none. */
  readonly temperature: number | null;
};

/** Of free numbers, some deviations from the best guide; one gradient is made of `samples` draws. */
export type NearFigures = GradientFigures & {
  readonly estimator: 'path-derivative' | 'pathwise' | 'analytic-kl' | 'importance-weighted';
  readonly samples: number;
  readonly distance: number;
};

export type EstimatorsResult = {
  readonly draws: number;
  readonly rows: readonly EstimatorFigures[];
  readonly near: readonly NearFigures[];
};

export type ShiftResult = {
  readonly backend: BackendName;
  readonly deviations: number;
  readonly cases: readonly { readonly covariance: string; readonly difference: number }[];
};

/** What a bound is the sum of, nats; `BayesFit.boundTerms`. */
export type BoundTerms = {
  readonly [name in 'data' | 'assignments' | 'entropy' | 'weights' | 'components']: number;
};

/** One step of variational Bayes, in the units of the rows. */
export type BayesMark = { readonly iteration: number; readonly terms: BoundTerms; readonly counts: readonly number[] };

/** A Bayesian mixture of digits, nats per image; its model predicts by what it has learnt of its parameters. */
export type BayesDigits = {
  readonly components: number;
  readonly iterations: number;
  readonly seconds: number;
  readonly status: Status;
  readonly bound: number;
  /** Components with an expected count above ½. */
  readonly active: number;
  readonly testLogLikelihood: number;
};

/** Free-form variational Bayes. */
/** What EM comes to with as many components. */
export type BesideEm = { readonly logLikelihood: number; readonly bic: number };

export type BayesResult = {
  /** Old Faithful by its evidence lower bound, nats, under the family's weak prior. */
  readonly sizes: readonly {
    readonly components: number;
    readonly bound: number;
    readonly active: number;
    readonly iterations: number;
    readonly em: BesideEm;
  }[];
  /** The same rows with more components than they ask for. */
  readonly dying: {
    readonly components: number;
    readonly concentration: number;
    readonly bound: number;
    readonly active: number;
    readonly iterations: number;
    readonly status: Status;
    readonly expectedWeights: readonly number[];
    readonly trace: readonly BayesMark[];
    readonly em: BesideEm;
  };
  readonly digits: BayesDigits;
};

/** Everything the main job found; the page and `results.json` are made of nothing else. */
export type Results = {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly madeAt: string;
  readonly machine: Machine & {
    readonly backend: BackendName;
    readonly workers: number;
  };
  /** Of the whole job. */
  readonly seconds: number;
  readonly stages: readonly { readonly name: string; readonly seconds: number }[];
  readonly digits: DigitsResult;
  readonly completion: CompletionResult;
  readonly digitsTraining: Comparison & { readonly components: number };
  readonly faithful: FaithfulResult;
  readonly bayes: BayesResult;
  readonly variational: VariationalResult;
  readonly estimators: EstimatorsResult;
  readonly shift: ShiftResult;
  /** What `npm run bench:digits` found when it last ran; null where it never did. */
  readonly digitModels: DigitModels | null;
  /** What `npm run bench:kernel` found when it last ran; null where it never did. */
  readonly kernel: KernelResults | null;
  readonly targets: readonly Target[];
};
