import { inline } from '@mixtention/core';
import { availableTensorBackends } from '@mixtention/core/testing';
import { expect, test } from 'vitest';
import { fitVariational } from './fit-variational.ts';
import { prior, standardized } from './testing-faithful.ts';
import type { VariationalOptions } from './variational-options.ts';

/** What the best guide comes to (`best-guide.test.ts`). */
const BEST_GUIDE = -435.194;

const [backend] = await availableTensorBackends();
const x = standardized();
const options: VariationalOptions = { components: 2, prior, executor: inline(backend) };

test.each(['exact', 'relaxed', 'straight-through'] as const)(
  'with %s assignments the discrete bound comes to that of the best guide, and not above it',
  async (assignments) => {
    const fit = await fitVariational(x, { ...options, assignments });
    expect(fit.status).toBe('converged');
    expect(fit.elboStandardError).toBeLessThan(0.02);
    expect(fit.elbo).toBeLessThan(BEST_GUIDE + 4 * fit.elboStandardError);
    expect(fit.elbo).toBeGreaterThan(BEST_GUIDE - 0.02 - 4 * fit.elboStandardError);
    expect(fit.message).toMatch(
      /stands still at 1\/32 of the learning rate: its mean over the last 50 steps gained .* two standard errors/,
    );
    const { relaxedObjective: relaxed } = fit;
    expect(relaxed === null).toBe(assignments === 'exact');
    if (relaxed !== null) {
      expect(relaxed.standardError).toBeGreaterThan(0.01);
      expect(relaxed.standardError).toBeLessThan(0.5);
      expect(Math.abs(relaxed.mean - fit.elbo)).toBeLessThan(2);
    }
  },
);
