import { decimal } from '@mixtention/attention/page';
import { inline, type Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { faithful } from '@mixtention/mixture';
import { fitVariational } from '@mixtention/svi/variational';
import type { Job } from './job.ts';
import { FREE_FORM_BOUND } from './known.ts';
import type { VariationalFit, VariationalResult } from './results.ts';

const ASSIGNMENTS = ['exact', 'relaxed', 'straight-through'] as const;

/** Bayesian mixture of Old Faithful by reparameterised samples, assignments summed out or drawn by Gumbel-softmax; null on a backend without gradients. */
export async function fitVariationally({ backend, reporter, signal }: Job): Promise<VariationalResult | null> {
  if (backend.tf === null) return null;
  const { x, scatter } = standardized(faithful());
  return reporter.stage(
    'variational fits of Old Faithful',
    async (show) => {
      const fits: VariationalFit[] = [];
      for (const assignments of ASSIGNMENTS) {
        const { elbo, elboStandardError, relaxedObjective, iterations, gradientEvaluations, seconds } =
          await fitVariational(x, {
            components: 2,
            prior: priorOf(scatter),
            assignments,
            executor: inline(backend),
            signal,
            onStep: ({ iteration, objective }) =>
              show(`${assignments} assignments, step ${iteration}, ${decimal(objective)} nats`),
          });
        const bound = { bound: elbo, boundError: elboStandardError, relaxedObjective: relaxedObjective?.mean ?? null };
        fits.push({ assignments, ...bound, iterations, gradientEvaluations, seconds });
      }
      return { backend: backend.name, freeForm: FREE_FORM_BOUND, fits };
    },
    ({ fits }) => fits.map(({ assignments, bound }) => `${assignments} ${decimal(bound)}`).join(', '),
  );
}

/** Columns divided by their sample deviations, as the known optimum has them, and by how much these differ from the deviations of a fit. */
function standardized(x: Matrix): { x: Matrix; scatter: number } {
  const { center, scale } = columnTransform(x, null);
  const scatter = x.rows / (x.rows - 1);
  return { x: applyTransform(x, { center, scale: scale.map((s) => s * Math.sqrt(scatter)) }), scatter };
}

/** The model of the known optimum: α = 1, β = 1, m = 0, W = I, ν = 2; W in the space of the fit, whose columns have deviation 1. */
function priorOf(scatter: number): { concentration: number; family: { [name: string]: number | Float64Array } } {
  const inverseScale = Float64Array.of(scatter, 0, 0, scatter);
  return { concentration: 1, family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale } };
}
