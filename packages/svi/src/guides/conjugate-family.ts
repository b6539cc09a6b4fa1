import { fail } from '@mixtention/core/base';
import {
  beta,
  type Distribution,
  dirichlet,
  gamma,
  inverseGamma,
  logNormal,
  multivariateNormal,
  normal,
  wishart,
} from '../distributions/index.ts';
import {
  add,
  compile,
  constant,
  exp,
  log,
  mul,
  numberOf,
  reshape,
  type Shape,
  sizeOf,
  sqrt,
  square,
  sub,
  sum,
  type Value,
} from '../graph/index.ts';
import type { Coordinates, Latent } from '../model/index.ts';
import { supportTransform } from '../transforms/index.ts';
import type { Around } from './guide-types.ts';

type Parts = { readonly [part: string]: Value };

/** A latent's family: what is trained of it, and the distribution that it makes, in a model in which the latent's prior may depend on draws. */
export type Family = {
  readonly parts: {
    readonly [part: string]: { readonly start: ArrayLike<number> & Iterable<number>; readonly shape: Shape };
  };
  /** @param atStart  numbers of a value of the trace, where the guide begins */
  readonly given: (latent: Latent, atStart: (x: Value) => Float64Array) => (parts: Parts) => Distribution;
};

/** The conjugate family of a latent, begun at a normal in free coordinates. */
export function conjugateFamily(latent: Coordinates, { mean, deviations }: Around): Family {
  const { name, distribution, start, size } = latent;
  const near = { ...latent, sd: deviations.subarray(start, start + size), center: mean.subarray(start, start + size) };
  const { support } = distribution;
  if (support.kind === 'real')
    return distribution.name === 'multivariateNormal' && distribution.parameters.factor !== undefined
      ? vectors(near)
      : numbers(near);
  const [lower, upper] =
    support.kind === 'interval' ? [support.lower, support.upper].map((x) => (x === null ? null : numberOf(x))) : [];
  if (support.kind === 'interval' && lower === 0 && upper === null) return positive(near);
  if (support.kind === 'interval' && lower === 0 && upper === 1) return shares(near);
  if (support.kind === 'simplex') return simplex(near);
  if (support.kind === 'positiveDefinite') return matrices(near);
  return fail(
    'svi/autoStructured',
    'BAD_MODEL',
    `site "${name}" of ${distribution.name} has support "${support.kind}", for which no family is known here`,
  );
}

type Near = Coordinates & { readonly sd: Float64Array; readonly center: Float64Array };

const logs = (numbers: ArrayLike<number>): Float64Array => Float64Array.from(numbers, Math.log);

/** A family whose parameters are logarithms of these numbers, whatever the rest of the model says. */
const plain = (
  shape: Shape,
  parts: { readonly [part: string]: ArrayLike<number> },
  make: (parts: Parts) => Distribution,
): Family => ({
  parts: Object.fromEntries(Object.entries(parts).map(([part, x]) => [part, { start: logs(x), shape }])),
  given: () => (logged) => make(Object.fromEntries(Object.entries(logged).map(([part, x]) => [part, exp(x)]))),
});

/** Whether a value changes from draw to draw. */
const isDrawn = (x: Value): boolean => x.op === 'random' || x.inputs.some(isDrawn);

/** Normals; where the prior's deviation depends on draws, as wide as a power of it, which is 1 where the two are conjugate. */
function numbers({ shape, center, sd, distribution }: Near): Family {
  const isWide = distribution.name === 'normal';
  const parts = { loc: { start: center, shape }, scale: { start: logs(sd), shape } };
  return {
    parts:
      isWide && dependsOnOthers(distribution.parameters.sd!) ? { ...parts, power: { start: [1], shape: [] } } : parts,
    given: ({ distribution: prior }, atStart) => {
      const width = prior.parameters.sd;
      if (width === undefined || !isWide || !isDrawn(width)) return ({ loc, scale }) => normal(loc!, exp(scale!));
      const reference = constant(logs(atStart(width)), width.shape);
      return ({ loc, scale, power }) =>
        normal(loc!, exp(add(scale!, power === undefined ? 0 : mul(power, sub(log(width), reference)))));
    },
  };
}

/** Whether a value of a model without numbers depends on other latents, which are its inputs. */
const dependsOnOthers = (x: Value): boolean => x.op === 'input' || x.inputs.some(dependsOnOthers);

/** Vectors: where the prior's factor depends on draws, that factor times a width for each vector; else with a factor of their own. */
function vectors({ shape, center, sd, distribution }: Near): Family {
  const d = shape.at(-1)!;
  const batch = shape.slice(0, -1);
  const loc = { start: center, shape };
  if (dependsOnOthers(distribution.parameters.factor!))
    return {
      parts: { loc, width: { start: new Float64Array(sizeOf(batch)), shape: batch } },
      given: ({ distribution: prior }, atStart) => {
        const factor = prior.parameters.factor!;
        // Widths are 1 where the guide begins as wide as it is told to.
        const wide = atStart(reshape(sqrt(sum(square(factor), -1)), [sizeOf(factor.shape) / d]));
        const ratio = sd.reduce((total, s, i) => total + Math.log(s / wide[i % wide.length]!), 0) / sd.length;
        return ({ loc: at, width }) =>
          multivariateNormal(at!, { factor: mul(factor, reshape(exp(add(width!, ratio)), [...width!.shape, 1, 1])) });
      },
    };
  const free = supportTransform({ kind: 'choleskyFactor' });
  const freeShape = free.freeShape([...batch, d, d]);
  const count = freeShape.at(-1)!;
  const factors = new Float64Array(sizeOf(freeShape));
  sd.forEach((s, i) => {
    const row = i % d;
    factors[Math.floor(i / d) * count + (row * (row + 3)) / 2] = Math.log(s);
  });
  return {
    parts: { loc, factor: { start: factors, shape: freeShape } },
    given: () => (own) => multivariateNormal(own.loc!, { factor: free.forward(own.factor!).value }),
  };
}

function positive({ shape, center, sd, distribution }: Near): Family {
  // The shape whose logarithm has this variance, nearly; the scale puts the median where it is.
  const shapes = sd.map((s) => Math.max(0.5, 1 / (s * s) + 0.3));
  const medians = shapes.map((a, i) => Math.exp(center[i]!) / (a * (1 - 1 / (9 * a)) ** 3));
  if (distribution.name === 'gamma' || distribution.name === 'exponential')
    return plain(shape, { shape: shapes, rate: medians.map((x) => 1 / x) }, (p) => gamma(p.shape!, p.rate!));
  if (distribution.name === 'inverseGamma')
    return plain(shape, { shape: shapes, scale: shapes.map((a, i) => a * Math.exp(center[i]!)) }, (p) =>
      inverseGamma(p.shape!, p.scale!),
    );
  return {
    parts: { loc: { start: center, shape }, scale: { start: logs(sd), shape } },
    given: () => (p) => logNormal(p.loc!, exp(p.scale!)),
  };
}

function shares({ shape, center, sd }: Near): Family {
  const p = center.map((x) => 1 / (1 + Math.exp(-x)));
  const counts = sd.map((s, i) => Math.max(1, 1 / (s * s * p[i]! * (1 - p[i]!))));
  return plain(shape, { a: counts.map((n, i) => n * p[i]!), b: counts.map((n, i) => n * (1 - p[i]!)) }, (q) =>
    beta(q.a!, q.b!),
  );
}

/** The value of free numbers. */
function valueAt({ distribution: { support }, center, freeShape }: Near): Float64Array {
  const program = compile(
    [supportTransform(support).forward(constant(Float64Array.from(center), freeShape)).value],
    [],
  );
  program.run();
  return program.outputs;
}

function simplex(near: Near): Family {
  const { shape, sd, size } = near;
  const spread = sd.reduce((total, s) => total + s * s, 0) / Math.max(1, size);
  const concentration = valueAt(near).map((share) => Math.max(0.1, (2 * share * shape.at(-1)!) / (spread || 1)));
  return plain(shape, { concentration }, (p) => dirichlet(p.concentration!));
}

/** Wisharts: ν by how wide logarithms of diagonals are (variance 1/(2ν), nearly), the factor so that the mean is where it is. */
function matrices(near: Near): Family {
  const { shape, sd, center, freeShape } = near;
  const d = shape.at(-1)!;
  const batch = shape.slice(0, -2);
  const count = freeShape.at(-1)!;
  const places = Array.from({ length: d }, (_, row) => (row * (row + 3)) / 2);
  const beyond = Float64Array.from({ length: sizeOf(batch) }, (_, k) => {
    const variance = places.reduce((total, at) => total + sd[k * count + at]! ** 2, 0) / d;
    return Math.max(1, 1 / (2 * variance));
  });
  const factors = Float64Array.from(center, (x, at) => {
    const root = Math.sqrt(beyond[Math.floor(at / count)]! + d - 1);
    return places.includes(at % count) ? x - Math.log(root) : x / root;
  });
  const free = supportTransform({ kind: 'choleskyFactor' });
  return {
    parts: { degrees: { start: logs(beyond), shape: batch }, factor: { start: factors, shape: freeShape } },
    given: () => (p) => wishart(add(exp(p.degrees!), d - 1), { factor: free.forward(p.factor!).value }),
  };
}
