import { inline, type Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { faithful } from '@mixtention/mixture';
import { describe, expect, it } from 'vitest';
import { fitByGradient } from './fit-by-gradient.ts';

/** Two components of the same deviation, half of the rows each, of which no row lies between: [centre of the second, deviation]. */
const PROBLEMS = [
  { center: [10, 3], deviation: 0.3 },
  { center: [10, 3], deviation: 0.1 },
  { center: [16, 16], deviation: 1 },
] as const;
type Problem = (typeof PROBLEMS)[number];
type Rows = Matrix & { readonly data: Float64Array };

function rowsOf({ center, deviation }: Problem, rows = 1000): Rows {
  const random = generator(key(9));
  const data = Float64Array.from(
    { length: 2 * rows },
    (_, i) => (Math.floor(i / 2) % 2) * center[i % 2]! + deviation * random.normal(),
  );
  return { data, rows, cols: 2 };
}

/** The highest log-likelihood, where EM ends: with rows of one component each it is in closed form. */
function maximum({ data, rows }: Rows, covariance: 'diagonal' | 'spherical'): number {
  let total = rows * Math.log(0.5);
  for (const k of [0, 1]) {
    const variances = [0, 1].map((d) => varianceOf(data.filter((_, i) => i % 2 === d && Math.floor(i / 2) % 2 === k)));
    const common = (variances[0]! + variances[1]!) / 2;
    for (const own of variances) {
      const variance = covariance === 'diagonal' ? own : common;
      total -= (rows / 4) * (Math.log(2 * Math.PI * variance) + 1);
    }
  }
  return total;
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
}

describe.each(await availableBackends())('on the backend $name', (backend) => {
  describe.each(['diagonal', 'spherical'] as const)('%s covariances', (covariance) => {
    it.each(PROBLEMS)('of deviation $deviation at $center are fitted to where EM ends', async (problem) => {
      const x = rowsOf(problem);
      const due = maximum(x, covariance);
      const fit = await fitByGradient(x, { components: 2, covariance, executor: inline(backend) });
      expect(fit.status).toBe('converged');
      expect(Math.abs(fit.logLikelihood - due)).toBeLessThan(0.05);
      expect(Math.abs(fit.model.evaluate(x).logLikelihood - due)).toBeLessThan(0.05);
      expect(fit.iterations).toBeLessThan(400);
      if (backend.precision === 'float32') expect(fit.message).toMatch(/too narrow for float32, so float64 was used/);
    });
  });

  it('components as wide as those of Old Faithful go to float64 for the end alone', async () => {
    const seen: (string | undefined)[] = [];
    const fit = await fitByGradient(faithful(), {
      components: 2,
      screen: 0,
      executor: inline(backend),
      onStep: ({ info }) => void seen.push(info.precision),
    });
    expect(fit.status).toBe('converged');
    expect(fit.info.precision).toBe('float64');
    expect(fit.message).not.toMatch(/float64 was used/);
    expect(Math.abs(fit.logLikelihood + 1130.264)).toBeLessThan(0.05);
    const first = seen.indexOf('float64');
    if (backend.precision === 'float32') expect(first).toBeGreaterThan(150);
    expect(fit.iterations).toBeLessThan(450);
  });
});
