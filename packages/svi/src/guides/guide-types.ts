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
};

/** What a guide is made with. */
export type GuideTools = {
  /** The latents of the model, with all rows of their plates. */
  readonly latents: readonly Coordinates[];
  readonly dimension: number;
  readonly around: Around;
  /** A number, or array of them, that is trained; the name is unique. */
  readonly parameter: (name: string, start: ArrayLike<number>, shape: Shape) => Value;
  /** Where discrete latents are to be drawn relaxed, so that draws have gradients. */
  readonly relaxed?: Relaxed | undefined;
};

/** Relaxed draws of yes and no: at a temperature above 0, between 0 and 1; or 0 and 1 themselves, with the gradients of those. */
export type Relaxed = { readonly temperature: Value; readonly isStraightThrough: boolean };

/** A draw of the guide, and what it says of itself. */
export type GuideDraw = {
  /** Values of the latents, of the rows that are there. */
  readonly provide: (latent: Latent) => Provided;
  /** log q of the draw in nats; with `held`, parameters are fixed in it, and only the draw has a gradient. */
  readonly logDensity: (held: boolean) => Value;
  /** log q of the discrete latents alone, with the gradient of their parameters, where there are any: their draws have none, so it is their score that moves them. */
  readonly score?: () => Value;
  /** The entropy of the whole guide where it has a closed form. */
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
  readonly make: (tools: GuideTools) => GuideDraw;
};
