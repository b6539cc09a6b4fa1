import { fail } from '@mixtention/core/base';
import { beta, type Distribution, dirichlet, gamma, inverseGamma, logNormal, normal } from '../distributions/index.ts';
import { compile, constant, exp, numberOf, type Value } from '../graph/index.ts';
import type { Coordinates } from '../model/index.ts';
import { supportTransform } from '../transforms/index.ts';
import type { Around, Guide } from './guide-types.ts';
import { type WrittenTools, writtenGuide } from './written-guide.ts';

/**
 * Every latent independent of the others, in the family that is conjugate to its prior where there is one: gamma, inverse gamma, beta, Dirichlet; normal on the
 * real line and log-normal on half of it. Where the model is conjugate latent by latent, its optimum is that of free-form mean field.
 *
 * @throws BAD_MODEL from `make` for a support that has no such family
 *
 * @example
 * autoStructured().name; // 'autoStructured'
 */
export const autoStructured = (): Guide => ({
  name: 'autoStructured',
  found: 'by steps',
  make: (tools) =>
    writtenGuide((g) => {
      for (const latent of tools.latents) g.sample(latent.name, familyOf(latent, tools.around, g));
    }).make(tools),
});

function familyOf(
  { name, distribution, shape, start, size, freeShape }: Coordinates,
  { mean, deviations }: Around,
  g: WrittenTools,
): Distribution {
  const sd = deviations.subarray(start, start + size);
  const center = mean.subarray(start, start + size);
  const { support } = distribution;
  const parameter = (part: string, numbers: ArrayLike<number>): Value => g.parameter(`${name}.${part}`, numbers, shape);
  const logged = (part: string, numbers: Float64Array): Value => exp(parameter(part, numbers.map(Math.log)));
  if (support.kind === 'real') return normal(parameter('loc', center), logged('scale', sd));
  const [lower, upper] =
    support.kind === 'interval' ? [support.lower, support.upper].map((x) => (x === null ? null : numberOf(x))) : [];
  if (support.kind === 'interval' && lower === 0 && upper === null) {
    // The shape whose logarithm has this variance, nearly; the scale puts the median where it is.
    const shapes = sd.map((s) => Math.max(0.5, 1 / (s * s) + 0.3));
    const medians = shapes.map((a, i) => Math.exp(center[i]!) / (a * (1 - 1 / (9 * a)) ** 3));
    if (distribution.name === 'gamma' || distribution.name === 'exponential')
      return gamma(
        logged('shape', shapes),
        logged(
          'rate',
          medians.map((x) => 1 / x),
        ),
      );
    if (distribution.name === 'inverseGamma')
      return inverseGamma(
        logged('shape', shapes),
        logged(
          'scale',
          shapes.map((a, i) => a * Math.exp(center[i]!)),
        ),
      );
    return logNormal(parameter('loc', center), logged('scale', sd));
  }
  if (support.kind === 'interval' && lower === 0 && upper === 1) {
    const p = center.map((x) => 1 / (1 + Math.exp(-x)));
    const counts = sd.map((s, i) => Math.max(1, 1 / (s * s * p[i]! * (1 - p[i]!))));
    return beta(
      logged(
        'a',
        counts.map((n, i) => n * p[i]!),
      ),
      logged(
        'b',
        counts.map((n, i) => n * (1 - p[i]!)),
      ),
    );
  }
  if (support.kind === 'simplex') {
    const program = compile(
      [supportTransform(support).forward(constant(Float64Array.from(center), freeShape)).value],
      [],
    );
    program.run();
    const spread = sd.reduce((total, s) => total + s * s, 0) / Math.max(1, size);
    return dirichlet(
      logged(
        'concentration',
        program.outputs.map((share) => Math.max(0.1, (2 * share * shape.at(-1)!) / spread)),
      ),
    );
  }
  return fail(
    'svi/autoStructured',
    'BAD_MODEL',
    `site "${name}" of ${distribution.name} has support "${support.kind}", for which no family is known here`,
  );
}
