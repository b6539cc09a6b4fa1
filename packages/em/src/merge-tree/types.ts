import type { Fit, FitOptions, MixtureModel } from '@mixtention/mixture';
import type { Criterion, SelectRow } from '../select/types.ts';
import type { BayesFit } from '../variational-bayes/fit-bayes.ts';

/** Options of `mergeTree`: those of `fit`, or of `fitBayes` under the criterion `bound`, with `components` of the mixture that is merged. */
export type MergeTreeOptions = FitOptions & {
  /** Default `bic`. */
  readonly criterion?: Exclude<Criterion, 'held-out'>;
  /** Pairs whose merge is measured at each number of components, those first that share the most rows (default 30: all of them up to eight components). */
  readonly pairs?: number;
  /** Steps of EM, or of variational Bayes, after each merge (default 5). */
  readonly steps?: number;
};

/** One merge. The components of the fit are nodes 0 to K − 1, the m-th merge makes node K + m. */
export type Merge = {
  /** What was merged. */
  readonly nodes: readonly [number, number];
  /** What it became. */
  readonly node: number;
  /** Components that are left. */
  readonly components: number;
  /** The criterion after the merge less before it, steps after it aside. */
  readonly change: number;
  /** Nats of the objective (log-likelihood, log posterior or bound) that all merges so far have lost, with the steps after them: below 0 where they have gained. */
  readonly height: number;
};

/** What is left after some merges. */
export type Merged = {
  readonly model: MixtureModel;
  /** Components of the fit that component k of the model is made of. */
  readonly groups: readonly (readonly number[])[];
};

/** A mixture merged down to one component. */
export type MergeTree = {
  /** Of K, K − 1, … and one component; as of `select`, but that no mixture after the first is fitted to its end. */
  readonly table: readonly SelectRow[];
  readonly best: SelectRow;
  /** Of the rows of the table. */
  readonly mixtures: readonly Merged[];
  /** Of `best`. */
  readonly model: MixtureModel;
  readonly merges: readonly Merge[];
  /** Of all K components. */
  readonly fit: Fit | BayesFit;
  readonly criterion: Exclude<Criterion, 'held-out'>;
  /** Why, in a sentence or two. */
  readonly why: string;
  readonly seconds: number;
};
