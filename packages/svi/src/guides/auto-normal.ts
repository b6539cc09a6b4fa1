import { type Distribution, logNormal, normal } from '../distributions/index.ts';
import {
  add,
  constant,
  div,
  exp,
  hold,
  log,
  mul,
  neg,
  numberOf,
  random,
  sizeOf,
  square,
  sub,
  sum,
  type Value,
} from '../graph/index.ts';
import type { Latent } from '../model/index.ts';
import { discretePart, guideOf, relaxedDraw } from './discrete-part.ts';
import type { Guide } from './guide-types.ts';
import { rowsOfLatent } from './rows-of-latent.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * The mean-field guide: every free number is normal and independent of all others.
 *
 * Discrete latents have a probability for each of their values, moved by their score, or through relaxed draws (`discrete` of `svi`). It is quick, and blind to correlations: deviations come out too small where numbers of the posterior depend on one another.
 *
 * @example
 * autoNormal().name; // 'autoNormal'
 */
export const autoNormal = (): Guide => ({
  name: 'autoNormal',
  found: 'by steps',
  make: ({ latents, around, parameter, relaxed }) => {
    const logits = new Map(
      latents
        .filter(({ transform }) => transform === 'none')
        .map((latent) => [latent.name, discretePart(latent, parameter)] as const),
    );
    const chosen: { readonly latent: Latent; readonly distribution: Distribution; readonly value: Value }[] = [];
    const parts = new Map(
      latents
        .filter(({ transform }) => transform !== 'none')
        .map(({ name, start, size, freeShape }) => {
          const center = constant(around.mean.slice(start, start + size), freeShape);
          const unit = constant(around.conditionalDeviations.slice(start, start + size), freeShape);
          const moved = parameter(`${name}.loc`, new Float64Array(size), freeShape);
          const logScale = parameter(`${name}.logScale`, new Float64Array(size), freeShape);
          return [name, { center, unit, moved, logScale }] as const;
        }),
    );
    const drawn: {
      readonly latent: Latent;
      readonly step: Value;
      readonly moved: Value;
      readonly logScale: Value;
      readonly unit: Value;
    }[] = [];
    const here = (latent: Latent) => {
      const { center, unit, moved, logScale } = parts.get(latent.name)!;
      const [c, u, m, s] = [center, unit, moved, logScale].map((x) => rowsOfLatent(x, latent)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      return { center: c, unit: u, moved: m, logScale: s };
    };
    return {
      provide: (latent) => {
        const own = logits.get(latent.name);
        if (own !== undefined) {
          const here = rowsOfLatent(own, latent);
          const distribution = guideOf(here);
          const value = relaxed === undefined ? distribution.sample(latent.shape) : relaxedDraw(latent, here, relaxed);
          chosen.push({ latent, distribution, value });
          return { value };
        }
        const { center, unit, moved, logScale } = here(latent);
        // In units of the start, so that every parameter is of order 1.
        const step = add(moved, mul(exp(logScale), random('normal', moved.shape)));
        drawn.push({ latent, step, moved, logScale, unit });
        return { free: add(center, mul(unit, step)) };
      },
      logDensity: (held) =>
        total([
          ...chosen.map(({ latent, distribution, value }) => {
            // A relaxed draw has no density here: the mean of that of a discrete one stands in its place.
            if (relaxed !== undefined) return mul(neg(sum(distribution.entropy!())), latent.scale);
            const density = sum(distribution.logDensity(value));
            return mul(held ? hold(density) : density, latent.scale);
          }),
          ...drawn.map(({ latent, step, moved, logScale, unit }) => {
            const [m, s] = held ? [hold(moved), hold(logScale)] : [moved, logScale];
            const z = div(sub(step, m), exp(s));
            const density = sub(mul(-0.5, square(z)), add(s, log(unit), 0.5 * LOG_2PI));
            return mul(sum(density), latent.scale);
          }),
        ]),
      ...(logits.size > 0 &&
        relaxed === undefined && {
          score: () => total(chosen.map(({ distribution, value }) => sum(distribution.logDensity(value)))),
        }),
      entropy: () =>
        total([
          ...chosen.map(({ latent, distribution }) => mul(sum(distribution.entropy!()), latent.scale)),
          ...drawn.map(({ latent, logScale, unit }) =>
            mul(add(sum(add(logScale, log(unit))), 0.5 * (1 + LOG_2PI) * sizeOf(logScale.shape)), latent.scale),
          ),
        ]),
      marginal: (latent) => {
        if (logits.has(latent.name)) return null;
        const { center, unit, moved, logScale } = here(latent);
        const [m, s] = [add(center, mul(unit, moved)), mul(unit, exp(logScale))];
        if (latent.transform?.name === 'identity') return { distribution: normal(m, s) };
        const { support } = latent.distribution;
        const isPositive =
          support.kind === 'interval' &&
          support.lower !== null &&
          numberOf(support.lower) === 0 &&
          support.upper === null;
        return isPositive ? { distribution: logNormal(m, s) } : null;
      },
    };
  },
});

const total = (terms: readonly Value[]): Value => terms.reduce((a, b) => add(a, b));
