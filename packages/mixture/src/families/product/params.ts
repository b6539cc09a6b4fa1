import type { Tree } from '@mixtention/core';
import type { OfParts } from './parts.ts';

/** `width` is D; the parameters of each part, by its number. */
export type ProductParams = { readonly width: number; readonly parts: OfParts<Tree> };

/** A prior of each part. */
export type ProductPrior = { readonly parts: OfParts<Tree> };

/** A posterior of each part. */
export type ProductPosterior = { readonly parts: OfParts<Tree> };
