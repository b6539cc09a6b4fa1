/** `width` is D; `probabilities` θ `[K, D]`, in [0, 1]. */
export type BernoulliParams = { readonly width: number; readonly probabilities: Float64Array };
