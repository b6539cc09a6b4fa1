import { MixtureModel } from '@mixtention/mixture';
import type { FitInput } from '@mixtention/mixture/fit';
import { type SviResult, sviSteps } from '../inference/index.ts';
import { guideNamed } from '../inference/svi-options.ts';
import type { Nested, SiteSummary } from '../report/index.ts';
import { withAssigner } from './assigned-guide.ts';
import { beginningOf, firstScores } from './beginning.ts';
import { summedOut, withAssignments } from './mixture-model.ts';
import type { SiteValues } from './mixture-sites.ts';
import { type Posed, pose } from './pose.ts';
import { settleVariational, type VariationalOptions } from './variational-options.ts';

/** A Bayesian mixture by fixed-form variational inference. Bounds are totals in nats, in the user's units; components in the order of the model, by weight. */
export type VariationalFit = Pick<
  SviResult,
  | 'status'
  | 'message'
  | 'method'
  | 'estimator'
  | 'boundStandardError'
  | 'relaxedObjectiveStandardError'
  | 'paretoK'
  | 'corrected'
  | 'logEvidenceStandardError'
  | 'steps'
  | 'gradientEvaluations'
  | 'densityEvaluations'
  | 'seconds'
> & {
  /** The family at the mean of the guide: E π, E μ or E θ, (E Λ)⁻¹. */
  readonly model: MixtureModel;
  /** The evidence lower bound with discrete assignments, every constant included: comparable across numbers of components, families, priors and methods. */
  readonly bound: number;
  /** What relaxed or straight-through draws raised, a mean over the last hundred steps. **No bound on the evidence**, and it may lie above it; null elsewhere. */
  readonly relaxedObjective: number | null;
  /** By importance weights, of one naming of the components (add log K! for all); to be believed as `paretoK` says. */
  readonly logEvidence: number;
  /** Of weights `[K]` and means `[K, D]` (for `bernoulli` probabilities), in the user's units. */
  readonly posterior: { readonly weights: SiteSummary; readonly means: SiteSummary };
  /** The prior in words. */
  readonly prior: string;
};

/**
 * Fits a Bayesian mixture by fixed-form variational inference, by the machinery of `svi`: a model with the family's conjugate prior, a guide, an estimator, and one of five treatments of assignments.
 *
 * With the guide of the conjugate families (`autoStructured`, default) and `exact` assignments its optimum is that of free-form variational Bayes (`fitBayes` of em), at some hundred times the cost; any other guide lies below it. `summed-out`
 * assignments are exact given the parameters, so their bound lies above.
 *
 * @param x        `[N, D]`; a source, whose rows are read once, into memory (a mixture that is written as a model goes over files by `sviOnRows`, with the same guides); or a data set. `gaussian` (full, tied, diagonal, spherical) or `bernoulli`
 * @param options  `components`, `family`, `covariance`, `start`, `weights` and `prior` (default `weak`) as for every fit; those of `svi`; `assignments`, `assigner`, `restarts`, `minibatch`
 * @returns the bound with discrete assignments, whatever was raised; `relaxedObjective` is none
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, NOT_FINITE; TOO_LARGE where rows and statistics do not fit into memory
 *
 * Cost: a step is about three passes of N·K·P multiply–adds a draw (`exact`: K times that), and K·D³; some hundreds to thousands of steps.
 * Source: Kucukelbir et al. (2017), ADVI; Jang, Gu & Poole (2017), Maddison, Mnih & Teh (2017) for relaxed assignments; Ranganath, Gerrish & Blei (2014) for scores.
 *
 * @example
 * import { faithful } from '@mixtention/mixture';
 * const { bound, model } = await fitVariational(faithful(), { components: 2, steps: 1000, restarts: 2 });
 * bound.toFixed(0); // '-1169'
 * model.weights; // [0.64, 0.36]
 */
export async function fitVariational(x: FitInput, options: VariationalOptions): Promise<VariationalFit> {
  const settled = settleVariational(options);
  const posed = pose(x, options, settled.restarts);
  const begun = performance.now();
  const beginning = beginningOf(posed, settled);
  const named = guideNamed(settled.svi.guide!);
  const { discrete, assigner, minibatch } = settled;
  const first = discrete === null ? null : firstScores(posed, beginning.values);
  const run = sviSteps(first === null ? summedOut(minibatch) : withAssignments(minibatch), posed, {
    ...settled.svi,
    around: beginning.around,
    guide: first === null ? named : withAssigner(named, assigner, first, first.logits),
    ...(discrete !== null && { discrete }),
    // Names of components may be swapped in what a proposal learns.
    rounds: 0,
    report: ['weights', ...Object.keys(beginning.values)],
  });
  for (;;) {
    const next = run.next();
    if (next.done) return reported(posed, next.value, beginning.gradientEvaluations, begun);
    options.onStep?.(next.value);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function reported(posed: Posed, result: SviResult, before: number, begun: number): VariationalFit {
  const { sites, family, transform, size, shift, prior } = posed;
  const means: SiteValues = Object.fromEntries(
    Object.entries(result.sites).map(([site, { mean }]) => [site, Float64Array.from(flat(mean))]),
  );
  const weights = means.weights!;
  const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]! || a - b);
  const inOrder = (nested: Nested): Nested => order.map((k) => (nested as readonly Nested[])[k]!);
  const place = result.sites.mean ?? result.sites.probability!;
  const { method, estimator, status, message, boundStandardError, relaxedObjectiveStandardError } = result;
  const { paretoK, corrected, logEvidenceStandardError } = result;
  return {
    model: new MixtureModel({
      family,
      logWeights: Float64Array.from(order, (k) => Math.log(weights[k]!)),
      params: family.select(family.unscale(sites.to(means, size), transform), order),
      transform,
    }),
    method,
    estimator,
    status,
    message,
    boundStandardError,
    paretoK,
    corrected,
    logEvidenceStandardError,
    bound: result.bound + shift,
    logEvidence: result.logEvidence + shift,
    relaxedObjective: result.relaxedObjective === null ? null : result.relaxedObjective + shift,
    relaxedObjectiveStandardError,
    posterior: {
      weights: mapped(
        result.sites.weights!,
        (x) => inOrder(x),
        (x) => inOrder(x),
      ),
      means: mapped(
        place,
        (x) => inOrder(inUnits(x, (v, d) => transform.center[d]! + transform.scale[d]! * v)),
        (x) => inOrder(inUnits(x, (v, d) => transform.scale[d]! * v)),
      ),
    },
    prior: prior.text,
    steps: result.steps,
    gradientEvaluations: result.gradientEvaluations + before,
    densityEvaluations: result.densityEvaluations,
    seconds: (performance.now() - begun) / 1000,
  };
}

const flat = (x: Nested): number[] => (typeof x === 'number' ? [x] : x.flatMap(flat));

/** Places and widths of a summary, each in its own way. */
const mapped = (
  { mean, sd, quantiles }: SiteSummary,
  place: (x: Nested) => Nested,
  width: (x: Nested) => Nested,
): SiteSummary => ({
  mean: place(mean),
  sd: width(sd),
  quantiles: Object.fromEntries(Object.entries(quantiles).map(([p, x]) => [p, place(x)])),
});

/** Each number of `[K, D]`, by its column. */
const inUnits = (rows: Nested, map: (x: number, column: number) => number): Nested =>
  (rows as readonly (readonly number[])[]).map((row) => row.map(map));
