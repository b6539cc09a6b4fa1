import type { Machine } from '../speed/machine.ts';

/** A model that completes digits: lower half given upper half, unseen images, nats an image. */
export type CompletionModel = {
  readonly model: string;
  /** Keys that a query sees */
  readonly keys: number;
  /** T, which multiplied the scores; 1 is Bayes */
  readonly logitScale: number;
  /** Exact: `−log p(lower | upper)`, all pixels together */
  readonly nats: number;
  /** Pixel by pixel under the mean prediction; null where that would take samples */
  readonly marginalNats: number | null;
  /** What fitting, choosing and training took; scoring unseen images is not in it */
  readonly seconds: number;
};

/** One of two ways to the same attention: K keys, their log weights and values. */
export type FittedOrTrained = CompletionModel & {
  /** Times that all training images were gone through */
  readonly passes: number;
  readonly marginalNats: number;
  readonly cpuSeconds: number;
};

/** Attention that gradients have trained from scratch beside dictionaries of as many keys by EM, on one backend with as many threads. */
export type FromScratch = {
  readonly madeAt: string;
  readonly machine: Machine;
  readonly backend: string;
  readonly models: readonly FittedOrTrained[];
};

/** A density of whole images, nats an image. */
export type JointModel = { readonly model: string; readonly nats: number; readonly seconds: number };

/** A figure of others, nats an image: exact, an upper bound, or an estimate. */
export type PublishedNats = {
  readonly name: string;
  readonly sign: '' | '≤' | '≈';
  readonly value: number;
  readonly source: string;
};

/** What `npm run bench:digits` keeps in `results/digits.json`. */
export type DigitModels = {
  readonly madeAt: string;
  readonly machine: Machine;
  readonly backend: string;
  readonly data: string;
  readonly completion: readonly CompletionModel[];
  readonly joint: readonly JointModel[];
  /** Absent where a run left it out. */
  readonly fromScratch?: FromScratch;
  readonly published: { readonly completion: readonly PublishedNats[]; readonly joint: readonly PublishedNats[] };
};
