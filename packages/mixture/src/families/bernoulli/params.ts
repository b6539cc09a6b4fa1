/** `width` is D; `probabilities` θ `[K, D]`, in [0, 1]. */
export type BernoulliParams = { readonly width: number; readonly probabilities: Float64Array };

/** One Beta(a, b) for every cell. */
export type BernoulliPrior = { readonly a: number; readonly b: number };

/** Beta(a_kd, b_kd), `[K, D]` each. */
export type BernoulliPosterior = { readonly width: number; readonly a: Float64Array; readonly b: Float64Array };
