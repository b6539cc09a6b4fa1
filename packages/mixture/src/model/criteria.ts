export type Criteria = {
  readonly parameters: number;
  readonly bic: number;
  readonly aic: number;
  readonly icl: number;
};

/**
 * Information criteria of a mixture; smaller is better in all of them.
 *
 *     bic = p·log n − 2ℓ      aic = 2p − 2ℓ      icl = bic − 2 Σₙ wₙ log maxₖ r_nk
 *
 * @param parameters            p, free parameters, weights included
 * @param weight                n = Σ w
 * @param logLikelihood         ℓ, total, nats
 * @param logMaxResponsibility  Σₙ wₙ log maxₖ r_nk
 *
 * Source: Schwarz (1978); Akaike (1974); Biernacki, Celeux & Govaert (2000) with hard labels, as mclust has it (there with the sign reversed).
 *
 * @example
 * const { bic, aic } = criteria(11, 272, -1130.264, -0.25);
 * [bic, aic]; // [2322.19, 2282.53]
 */
export function criteria(
  parameters: number,
  weight: number,
  logLikelihood: number,
  logMaxResponsibility: number,
): Criteria {
  const bic = parameters * Math.log(weight) - 2 * logLikelihood;
  return {
    parameters,
    bic,
    aic: 2 * parameters - 2 * logLikelihood,
    icl: bic - 2 * logMaxResponsibility,
  };
}
