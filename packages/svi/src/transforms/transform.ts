import type { Shape, Value } from '../graph/index.ts';

/**
 * A map between free numbers and values of a support, with what it does to volume. Leading axes are a batch: each of them is mapped alone.
 */
export type Transform = {
  /** For messages: `exp`, `stick-breaking`. */
  readonly name: string;
  /** The shape of the free numbers behind values of this shape. */
  readonly freeShape: (shape: Shape) => Shape;
  /** The values of free numbers, and log |det ∂value/∂free| summed over all of them. */
  readonly forward: (free: Value) => { readonly value: Value; readonly logJacobian: Value };
  /** The free numbers of values. */
  readonly inverse: (value: Value) => Value;
};
