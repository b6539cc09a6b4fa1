import type { Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { decimal } from '@mixtention/core/page';
import { faithful } from '@mixtention/mixture';
import { fitVariational } from '@mixtention/svi';
import type { Job } from './job.ts';
import { FREE_FORM_BOUND } from './known.ts';
import type { VariationalFit, VariationalResult } from './results.ts';

const ASSIGNMENTS = ['exact', 'relaxed', 'straight-through', 'score'] as const;
/** At most: scored draws may need more to settle, and have come to their optimum by then. */
const STEPS = 5000;

/** Bayesian mixture of Old Faithful by reparameterised samples of parameters, assignments weighed exactly, drawn by Gumbel-softmax, or moved by their scores. */
export async function fitVariationally({ reporter, signal }: Job): Promise<VariationalResult> {
  const x = standardized(faithful());
  return reporter.stage(
    'variational fits of Old Faithful',
    async (show) => {
      const fits: VariationalFit[] = [];
      for (const assignments of ASSIGNMENTS) {
        const { bound, boundStandardError, relaxedObjective, steps, gradientEvaluations, seconds } =
          await fitVariational(x, {
            components: 2,
            prior: PRIOR,
            assignments,
            steps: STEPS,
            ...(signal && { signal }),
            onStep: ({ step, bound: here }) => show(`${assignments} assignments, step ${step}, ${decimal(here)} nats`),
          });
        const told = { bound, boundError: boundStandardError, relaxedObjective };
        fits.push({ assignments, ...told, iterations: steps, gradientEvaluations, seconds });
      }
      return { freeForm: FREE_FORM_BOUND, fits };
    },
    ({ fits }) => fits.map(({ assignments, bound }) => `${assignments} ${decimal(bound)}`).join(', '),
  );
}

/** Columns divided by their sample deviations, as the known optimum has them. */
function standardized(x: Matrix): Matrix {
  const { center, scale } = columnTransform(x, null);
  return applyTransform(x, { center, scale: scale.map((s) => s * Math.sqrt(x.rows / (x.rows - 1))) });
}

/** The model of the known optimum: α = 1, β = 1, m = 0, W = I, ν = 2. */
const PRIOR = {
  concentration: 1,
  family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) },
};
