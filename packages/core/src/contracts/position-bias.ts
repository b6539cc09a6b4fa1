/**
 * A bias that follows from where rows and components stand, as queries and keys stand in a sequence, or events in time:
 *
 *     b_nk = −alibi · |p_n − q_k|     and −∞ where causal and q_k > p_n, or where |p_n − q_k| > window
 *
 * Positions are finite, in any order and of any unit. Tensor backends make it a tile at a time from N + K numbers, never pair by pair.
 */
export type PositionBias = {
  /** p `[N]` */
  readonly queries: Float64Array;
  /** q `[K]` */
  readonly keys: Float64Array;
  /** Whether a row sees only what stands where it does or before. */
  readonly causal?: boolean;
  /** How far a row sees, to both sides unless `causal`; 0 or more. */
  readonly window?: number;
  /** Slope of ALiBi, 0 or more. */
  readonly alibi?: number;
};
