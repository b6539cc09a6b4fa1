import type { Matrix } from '@mixtention/core';
import { decimal, duration } from '@mixtention/core/page';
import { type BayesFit, type BayesInfo, fit, fitBayes } from '@mixtention/em';
import { faithful } from '@mixtention/mixture';
import type { Digits } from '../digits/types.ts';
import type { Job } from './job.ts';
import { RECIPES } from './recipes.ts';
import type { BayesDigits, BayesMark, BayesResult, BesideEm, BoundTerms } from './results.ts';

/** How many components are compared by their bound. */
const SIZES = [1, 2, 3, 4] as const;
/** More than the data ask for, under a Dirichlet so small that the rest die. */
const MANY = { components: 12, concentration: 0.001 } as const;

/** The Bayesian mixture by closed-form updates: Old Faithful by its bound, components that die, and digits beside EM. */
export async function fitByBayes(digits: Digits, job: Job): Promise<BayesResult> {
  const old = await job.reporter.stage(
    'Old Faithful by variational Bayes',
    () => fitFaithful(faithful(), job.signal),
    ({ sizes, dying }) => {
      const best = sizes.reduce((a, b) => (b.bound > a.bound ? b : a));
      return `K = ${best.components} has the highest bound, ${dying.active} of ${dying.components} components stay`;
    },
  );
  return { ...old, digits: await fitBits(digits, job) };
}

async function fitFaithful(x: Matrix, signal: AbortSignal): Promise<Omit<BayesResult, 'digits'>> {
  const sizes = [];
  for (const components of SIZES) {
    const { bound, activeComponents, iterations } = await fitBayes(x, { components, signal });
    sizes.push({ components, bound, active: activeComponents, iterations, em: await byEm(x, components, signal) });
  }
  const { components, concentration } = MANY;
  const marks: BayesMark[] = [];
  const many = await fitBayes(x, {
    components,
    prior: { concentration },
    screen: 0,
    signal,
    onStep: ({ iteration, info }) => {
      const { boundTerms, counts } = info as BayesInfo;
      marks.push({ iteration, terms: boundTerms, counts: Array.from(counts) });
    },
  });
  const em = await byEm(x, components, signal);
  return { sizes, dying: { components, concentration, ...endOf(many), trace: inUserUnits(marks, many), em } };
}

async function byEm(x: Matrix, components: number, signal: AbortSignal): Promise<BesideEm> {
  const { logLikelihood, bic } = await fit(x, { components, signal });
  return { logLikelihood, bic };
}

/** From the space of the fit to the user's units densities differ by one constant, which belongs to the data's term. */
function inUserUnits(marks: readonly BayesMark[], { boundTerms }: BayesFit): BayesMark[] {
  const shift = boundTerms.data - marks.at(-1)!.terms.data;
  return marks.map(({ iteration, terms, counts }) => ({
    iteration,
    terms: { ...terms, data: terms.data + shift } satisfies BoundTerms,
    counts,
  }));
}

function endOf({
  bound,
  activeComponents,
  iterations,
  status,
  expectedWeights,
}: BayesFit): Pick<BayesResult['dying'], 'bound' | 'active' | 'iterations' | 'status' | 'expectedWeights'> {
  return { bound, active: activeComponents, iterations, status, expectedWeights: Array.from(expectedWeights) };
}

/** With as many components, starts and iterations as EM has on digits. */
function fitBits({ train, test }: Digits, { executor, backend, reporter, signal }: Job): Promise<BayesDigits> {
  const { components, start, restarts, maxIterations } = RECIPES.many;
  return reporter.stage(
    `${components} components by variational Bayes`,
    async (show) => {
      const fit = await fitBayes(train, {
        ...{ components, start, restarts, maxIterations },
        family: 'bernoulli',
        screen: 0,
        executor,
        signal,
        onStep: ({ iteration, objective }) =>
          show(`iteration ${iteration}, ${decimal(objective / train.rows)} nats per image`),
      });
      return {
        components,
        iterations: fit.iterations,
        seconds: fit.seconds,
        status: fit.status,
        bound: fit.bound / fit.rows,
        active: fit.activeComponents,
        testLogLikelihood: fit.model.score(test, { backend }),
      };
    },
    (found) => `${decimal(found.testLogLikelihood)} nats per unseen image, fitted in ${duration(found.seconds)}`,
  );
}
