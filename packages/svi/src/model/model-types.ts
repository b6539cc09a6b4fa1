import type { Distribution } from '../distributions/index.ts';
import type { Shape, Value, ValueLike } from '../graph/index.ts';
import type { Transform } from '../transforms/index.ts';
import type { toolbox } from './toolbox.ts';

export type SampleOptions = {
  /** Independent copies, in front of the distribution's own batch (default none; plates are the other way to say it). */
  readonly shape?: Shape;
};

export type PlateOptions = {
  /** Rows a step: a random subset of this size, whose terms count size/subsample times (default: all). */
  readonly subsample?: number;
  /** How often each member's terms count: 0 is one removed, 2 one that is there twice (default: once). Latents of members are discrete then, or there are none. */
  readonly weights?: ArrayLike<number>;
};

/** Of data or of a latent with one row for each member of the plate: the rows that are there in this step. */
export type RowsOf = (x: ValueLike) => Value;

/** What a model is written with: statements, beside every distribution and every operation. */
export type ModelTools = typeof toolbox & {
  /** A latent variable. */
  readonly sample: (name: string, distribution: Distribution, options?: SampleOptions) => Value;
  /** Data: a value of the distribution that is known. */
  readonly observe: (name: string, distribution: Distribution, x: ValueLike) => Value;
  /** Something made of others, that reports should tell. */
  readonly deterministic: (name: string, x: ValueLike) => Value;
  /** A term of the log density that belongs to no distribution, in nats. */
  readonly factor: (name: string, x: ValueLike) => void;
  /**
   * Independent members: what is sampled within has an axis of this size. The axis of the outer of two plates is the last one, as in Pyro, so that its
   * variables broadcast in the inner plate as they are.
   */
  readonly plate: {
    <Result>(name: string, size: number, body: (rows: RowsOf) => Result): Result;
    <Result>(name: string, size: number, options: PlateOptions, body: (rows: RowsOf) => Result): Result;
  };
};

/** A generative story as a plain function: it makes its statements, in any order that it likes, and keeps nothing. */
export type Model<Data> = {
  (m: ModelTools, data: Data): unknown;
  /** Of a model whose discrete latents are summed out: what does it, and the model as it was. */
  readonly eliminate?: Elimination;
  readonly whole?: Model<Data>;
  /** Of a model in non-centred coordinates: the sites that have them. */
  readonly nonCentred?: ReadonlySet<string>;
};

/** A discrete latent that is to be summed out, and what stood for its value. */
export type Hidden = { readonly latent: Latent; readonly value: Value };

/** What a model states without some latents; `termsOf` has the terms of each site, before they are weighed. */
export type Elimination = (
  sites: readonly Site[],
  hidden: readonly Hidden[],
  termsOf: ReadonlyMap<string, Value>,
) => readonly Site[];

/** A latent variable before its value is known: what a guide is made from. */
export type Latent = {
  readonly name: string;
  readonly distribution: Distribution;
  /** Of its value in a step: `[...batch, ...event]`. */
  readonly shape: Shape;
  readonly transform: Transform | null;
  /** Of the free numbers behind a value of that shape; of the value itself where there are none. */
  readonly freeShape: Shape;
  /** How often its terms count: the sizes of the plates that it is in, over what is there of them. */
  readonly scale: number;
  /** How often its members count, to be multiplied by what its batch tells; null where each does once. */
  readonly weights: Value | null;
  /** Names of the plates that it is in, the outermost first: of its batch they are the last axes, the outermost plate the very last. */
  readonly plates: readonly string[];
  /** The rows that are there, where its first axis is a plate of which only some are; and how many there are in all. */
  readonly subset: { readonly index: Value; readonly size: number } | null;
};

/** What stands at a site. */
export type Site = {
  readonly name: string;
  readonly kind: 'sample' | 'observe' | 'deterministic' | 'factor';
  readonly value: Value;
  /** Of a latent: what it was made from. */
  readonly latent: Latent | null;
  /** Of an observed site: its distribution, and the batch that makes values of the observed shape. */
  readonly observed: { readonly distribution: Distribution; readonly batch: Shape } | null;
  /** Its terms of the log joint density, one a member of its batch, times the weights of plates, before they are scaled. */
  readonly terms: Value;
  readonly scale: number;
  readonly plates: readonly string[];
  /** Its terms of the log joint density, summed and scaled: densities, and Jacobians of free coordinates. */
  readonly logDensity: Value;
  readonly logJacobian: Value;
};

/** A plate of which only some rows are there in a step. */
export type Subset = { readonly name: string; readonly size: number; readonly index: Value };

/** A model run once, with values in place of numbers. */
export type Trace = {
  readonly sites: readonly Site[];
  readonly subsets: readonly Subset[];
  /** log p(data, latents) with Jacobians, in nats: one number. */
  readonly logJoint: Value;
};

/** How a latent gets its value: from free numbers, or as it is. */
export type Provided = { readonly free: Value } | { readonly value: Value };
