import { logNormal, normal } from '../distributions/index.ts';
import {
  add,
  constant,
  div,
  exp,
  hold,
  log,
  mul,
  numberOf,
  random,
  sizeOf,
  square,
  sub,
  sum,
  type Value,
  value,
} from '../graph/index.ts';
import type { Latent } from '../model/index.ts';
import type { Guide } from './guide-types.ts';
import { rowsOfLatent } from './rows-of-latent.ts';

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * The mean-field guide: every free number is normal and independent of all others.
 *
 * It is quick, and blind to correlations: deviations come out too small where numbers of the posterior depend on one another.
 *
 * @example
 * autoNormal().name; // 'autoNormal'
 */
export const autoNormal = (): Guide => ({
  name: 'autoNormal',
  found: 'by steps',
  normal: 'independent',
  make: ({ latents, around, parameter }) => {
    const parts = new Map(
      latents.map(({ name, start, size, freeShape }) => {
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
        const { center, unit, moved, logScale } = here(latent);
        // In units of the start, so that every parameter is of order 1.
        const step = add(moved, mul(exp(logScale), random('normal', moved.shape)));
        drawn.push({ latent, step, moved, logScale, unit });
        return { free: add(center, mul(unit, step)) };
      },
      logDensity: (held) =>
        total(
          drawn.map(({ latent, step, moved, logScale, unit }) => {
            const [m, s] = held ? [hold(moved), hold(logScale)] : [moved, logScale];
            const z = div(sub(step, m), exp(s));
            const density = sub(mul(-0.5, square(z)), add(s, log(unit), 0.5 * LOG_2PI));
            return mul(sum(density), latent.scale);
          }),
        ),
      entropy: () =>
        total(
          drawn.map(({ latent, logScale, unit }) =>
            mul(add(sum(add(logScale, log(unit))), 0.5 * (1 + LOG_2PI) * sizeOf(logScale.shape)), latent.scale),
          ),
        ),
      marginal: (latent) => {
        const { center, unit, moved, logScale } = here(latent);
        const [m, s] = [add(center, mul(unit, moved)), mul(unit, exp(logScale))];
        if (latent.transform?.name === 'identity') return { distribution: normal(m, s) };
        const { support } = latent.distribution;
        const isPositive =
          latent.transform?.name === 'exp' &&
          support.kind === 'interval' &&
          support.lower !== null &&
          numberOf(support.lower) === 0 &&
          support.upper === null;
        return isPositive ? { distribution: logNormal(m, s) } : null;
      },
    };
  },
});

const total = (terms: readonly Value[]): Value => terms.reduce((a, b) => add(a, b), value(0));
