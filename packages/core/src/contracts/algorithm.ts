import type { Cancellation } from './backend.ts';
import type { Key, Matrix, Tree } from './data.ts';
import type { Precision } from './precision.ts';
import type { Shard } from './shard.ts';
import type { Spec } from './spec.ts';

/** Whether the objective rises with every step, or only on average. */
export type Claims = { readonly objective: 'monotone' | 'noisy' };

/**
 * Part `part` of `of` of the rows of a shard: those from ⌊part·B/of⌋ on, or under `shuffle` those in these places of a random order of the shard's
 * rows, drawn from that key and the shard's number. All parts under one key together are the shard. Nothing in it may depend on workers.
 */
export type RowPart = { readonly shard: number; readonly part: number; readonly of: number; readonly shuffle?: Key };

/** What a step asks of the rows before it updates. */
export type Ask<Message extends Tree = Tree, Stats extends Tree = Tree> = {
  /** What `collect` needs to know, and no more: it crosses to every worker in every pass. */
  readonly message: Message;
  /** The rows that are looked at: all shards, unless given; `[]` makes no pass. Their statistics are added in this order. */
  readonly rows?: readonly RowPart[];
  /** Whether `update` also gets the statistics of each entry of `rows`, in their order. After a switch of precision it asks for all of them anew. */
  readonly parts?: boolean;
  /** Asks for a pass in float64, whatever the precision of the run. */
  readonly precision?: 'float64';
  /** Parts of an earlier pass that nobody needs any more: those of this one may be written over them. */
  readonly into?: readonly Stats[];
};

/** What a step may know when it asks. */
export type AskedOf = {
  /** Of the run: the pass has it, unless more is asked for. */
  readonly precision: Precision;
  /** First row of each shard of the data, and the row count as last entry. */
  readonly cuts: readonly number[];
};

/** What a pass over the rows brings home. */
export type Collected<Stats extends Tree = Tree> = {
  /** The sum over `rows`, null where they are `[]`. */
  readonly sum: Stats | null;
  /** Of each entry of `rows`, where `parts` were asked for. */
  readonly parts: readonly Stats[] | null;
};

/** What a step comes to. */
export type Updated<State extends Tree, Info extends StepInfo> = {
  /** A NaN or +∞ anywhere in it ends the run as `diverged`; −∞ may be there. */
  readonly state: State;
  /** Speaks of the state that came in; null after an intermediate pass (a trial, a line search), which is neither shown nor counted. */
  readonly info: Info | null;
  /** False where float32 was too coarse for what the pass has shown: the loop makes it again in float64 from the state that came in, and all later ones. */
  readonly believed?: boolean;
};

/**
 * An algorithm: a plain object from a factory closing over plain config.
 * One step = `ask`, `collect` on all that was asked for, add in that order, `update` once.
 */
export interface Algorithm<
  State extends Tree,
  Message extends Tree,
  Stats extends Tree,
  Info extends StepInfo = StepInfo,
> {
  readonly spec: Spec;
  readonly claims: Claims;
  /** The first state, from a bounded sample of rows in the space of the fit. */
  init(key: Key, sample: Matrix): State;
  /** Pure. */
  ask(state: State, about: AskedOf): Ask<Message>;
  /**
   * Pure; any part of the rows, any machine. The sum of its numbers and arrays is what `update` gets; all else must be equal on all parts.
   * An entry `precision` names what they were computed in, where `update` needs to know. What belongs to no row is `update`'s.
   */
  collect(message: Message, shard: Shard, cancel?: Cancellation): Stats;
  /** Pure; `info` speaks of the state that came in, `state` is the one that goes out. It may hold another number of components. */
  update(state: State, collected: Collected<Stats>): Updated<State, Info>;
}

/** What every step tells, at least. */
export type StepInfo = {
  /** What the algorithm raises (total, nats): log-likelihood, log posterior or bound. */
  readonly objective: number;
  /** Log-likelihood of the data in the space of the fit (total, nats); NaN where the step does not know it. */
  readonly logLikelihood: number;
  /** `Σₙ wₙ log maxₖ r_nk`, where the step knows it: the classification part of ICL. */
  readonly logMaxResponsibility?: number;
  /** Size of the terms that the objective is a difference of, where they cancel: rounding is judged against it. */
  readonly magnitude?: number;
  /** What the objective was computed in, where that may differ from the pass: objectives of two precisions are not compared. */
  readonly precision?: Precision;
  /** What the objective is the sum of, where it is a bound: one that falls is told with the terms that did. */
  readonly boundTerms?: { readonly [term: string]: number };
  /** The objective must not be compared with those before, as after a merge that a criterion chose. */
  readonly reset?: boolean;
  /** What the step did besides moving: a component born, merged or removed, say. */
  readonly events?: readonly StepEvent[];
  /** Why the algorithm itself wants to stop, if it does. */
  readonly status?: 'converged' | 'diverged' | 'degenerate';
  /** What `status` was tested in, where that is not the precision of the pass: the loop takes no word for `converged` that float32 gave. */
  readonly tested?: Precision;
  /** What `status` says, in a sentence, where it is not the usual one: what was tested, and what came of it. */
  readonly because?: string;
  readonly degenerate?: readonly number[];
};

/** Something that a step did, by name, with what there is to say of it. */
export type StepEvent = { readonly name: string; readonly [detail: string]: Tree };

// biome-ignore lint/suspicious/noExplicitAny: executors and loops handle algorithms of any state
export type AnyAlgorithm = Algorithm<any, any, any, any>;

/** How a run ended. */
export type Status = 'converged' | 'stopped' | 'diverged' | 'degenerate';
