import type { DiscreteDraw, Relaxed } from '../discrete/index.ts';
import type { Distribution } from '../distributions/index.ts';
import type { Shape, Value } from '../graph/index.ts';
import type { Coordinates, Latent, Provided } from '../model/index.ts';

/** Where a guide begins: a normal approximation in free coordinates. */
export type Around = {
  readonly mean: Float64Array;
  /** Deviations of every free number. */
  readonly deviations: Float64Array;
  /** Deviations of the best normal without correlations: each given all others. */
  readonly conditionalDeviations: Float64Array;
  /** Lower factor of the covariance; `null` where there are too many free numbers to hold one. */
  readonly factor: Float64Array | null;
  /** Where other paths of the start ended, in free coordinates, the best first. */
  readonly others?: readonly Float64Array[];
  /** Sites whose free numbers are standard ones (default: none). */
  readonly nonCentred?: readonly string[];
};

/** What a guide is made with. */
export type GuideTools = {
  /** The latents that the guide is of, with all rows of their plates: those with free numbers, and discrete ones too where it guides them itself. */
  readonly latents: readonly Coordinates[];
  readonly dimension: number;
  readonly around: Around;
  /** A number, or array of them, that is trained; the name is unique. */
  readonly parameter: (name: string, start: ArrayLike<number>, shape: Shape) => Value;
  /** Where discrete latents are to be drawn relaxed, so that draws have gradients. */
  readonly relaxed?: Relaxed | undefined;
};

/** A draw of the guide, and what it says of itself. */
export type GuideDraw = {
  /** Values of the latents, of the rows that are there. */
  readonly provide: (latent: Latent) => Provided;
  /** log q of the draw in nats, without discrete latents; with `held`, parameters are fixed in it, and only the draw has a gradient. */
  readonly logDensity: (held: boolean) => Value;
  /** What was drawn of discrete latents, once all are provided, of a guide that guides them itself. */
  readonly discrete?: () => readonly DiscreteDraw[];
  /** The log probability of a choice that the guide made by the way, as that of a component of a mixture: its score moves what it was chosen by. */
  readonly choice?: () => Value;
  /** The entropy of the guide without discrete latents, where it has a closed form. */
  readonly entropy?: () => Value;
  /** Of a latent that the guide holds independent of all others: its distribution (of the value, not of free numbers). */
  readonly marginal?: (latent: Latent) => { readonly distribution: Distribution } | null;
};

/** A family of approximate posteriors. */
export type Guide = {
  readonly name: string;
  /** How it is found: by gradient steps, or at once from the mode of the posterior. */
  readonly found: 'by steps' | 'at the mode';
  /** Whether a guide of these latents is made as a point, with no spread (MAP): then Jacobians do not count, nor does k̂. */
  readonly isPoint?: boolean;
  /** Whether all free numbers together are normal, with parameters as those of `autoNormal` (`independent`) or `autoMultivariateNormal` (`full`): then steps of natural gradient can move them. */
  readonly normal?: 'independent' | 'full';
  /** Whether it draws values, not free numbers: then no coordinates are better than others. */
  readonly inValues?: boolean;
  /** Whether it guides discrete latents itself; else each of their values has a logit of its own. */
  readonly guidesDiscrete?: boolean;
  /** Of such a guide, the names of the latents that it states (default: all). */
  readonly statedOf?: (latents: readonly Coordinates[]) => readonly string[];
  readonly make: (tools: GuideTools) => GuideDraw;
};
