import { expect, test } from 'vitest';
import { svi } from '../inference/svi.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { type Model, type ModelTools, posterior } from './index.ts';

const y = [0.5, 1.2];
/** A place within the bounds of what is observed, and one that is not. */
const models: { readonly [name: string]: readonly [at: number, beyond: number, model: Model<null>] } = {
  uniform: [1.3, 1.1, ({ sample, observe, normal, uniform }) => observe('y', uniform(0, sample('s', normal(1, 1))), y)],
  pareto: [
    Math.log(0.4),
    Math.log(0.6),
    ({ sample, observe, logNormal, pareto }) => observe('y', pareto(sample('s', logNormal(0, 1)), 3), y),
  ],
  truncatedNormal: [
    -0.5,
    0.7,
    ({ sample, observe, normal, truncatedNormal }) =>
      observe('y', truncatedNormal(0, 1, { lower: sample('s', normal(0, 1)) }), y),
  ],
};

test.each(Object.keys(models))(
  '%s: what is observed beyond a latent bound has density 0, and nothing is believed of a guide that holds it possible',
  (name) => {
    const [at, beyond, model] = models[name]!;
    const { logDensity } = posterior(model, null);
    expect(logDensity(Float64Array.of(at))).toBeGreaterThan(-20);
    expect(logDensity(Float64Array.of(beyond))).toBe(Number.NEGATIVE_INFINITY);
    const { status, corrected, message } = svi(model, null, { steps: 500 });
    expect([status, corrected]).toEqual(['diverged', false]);
    expect(message).toContain('the log density of site "y" is -Infinity: its bounds are made of latents');
  },
);

/** ∫ e^−t (1.2 + t)^−2 dt from 0, by the midpoint rule. */
const EVIDENCE = Math.log(
  Array.from({ length: 40_000 }, (_, i) => (i + 0.5) / 1000).reduce(
    (total, t) => total + (Math.exp(-t) * (1.2 + t) ** -2) / 1000,
    0,
  ),
);

test('a bound that is stated beyond the data is fitted as before', () => {
  const model = ({ sample, observe, exponential, uniform, add }: ModelTools): void => {
    observe('y', uniform(0, add(1.2, sample('t', exponential(1)))), y);
  };
  for (const { logEvidence, logEvidenceStandardError, corrected } of [svi(model, null), pathfinder(model, null)]) {
    expect(corrected).toBe(true);
    expect(Math.abs(logEvidence - EVIDENCE)).toBeLessThan(4 * logEvidenceStandardError + 1e-3);
  }
});
