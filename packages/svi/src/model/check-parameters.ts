import { fail } from '@mixtention/core/base';
import { type Distribution, describe } from '../distributions/index.ts';
import { knownNumbers, showShape, type Value } from '../graph/index.ts';
import type { Site } from './model-types.ts';

/** Whether numbers are right, and what else was due. */
type Rule = readonly [holds: (x: number) => boolean, due: string];

const finite: Rule = [Number.isFinite, 'a finite number'];
const above0: Rule = [(x) => x > 0 && x < Number.POSITIVE_INFINITY, 'a finite number above 0'];
const from0: Rule = [(x) => x >= 0 && x < Number.POSITIVE_INFINITY, 'a finite number from 0'];
const share: Rule = [(x) => x >= 0 && x <= 1, 'a number from 0 to 1'];
/** Kinds that cannot be have −∞. */
const logit: Rule = [(x) => x < Number.POSITIVE_INFINITY, 'a number or −∞'];
const whole: Rule = [(x) => Number.isInteger(x) && x >= 0, 'a whole number from 0'];

/** What parameters are held to, by name; of some distributions otherwise. */
const rules: { readonly [parameter: string]: Rule } = {
  a: above0,
  b: above0,
  concentration: above0,
  degrees: above0,
  deviations: above0,
  eta: above0,
  location: finite,
  logits: logit,
  lower: finite,
  mean: finite,
  probability: from0,
  rate: above0,
  scale: above0,
  sd: above0,
  shape: above0,
  trials: whole,
  upper: finite,
  weights: from0,
};
const exceptions: { readonly [distribution: string]: { readonly [parameter: string]: Rule } } = {
  bernoulli: { probability: share, logits: finite },
  binomial: { probability: share, logits: finite },
  geometric: { probability: share, logits: finite },
  mixture: { rate: from0 },
  poisson: { rate: from0 },
};

/** Refuses constant parameters that a distribution cannot have, and real latents as widths and rates, naming the site, the parameter and its value. */
export function checkParameters(
  where: string,
  site: string,
  distribution: Distribution,
  sites: readonly Site[] = [],
): void {
  const { name: own, parameters, support } = distribution;
  const refuse = (what: string): never =>
    fail(where, 'BAD_DATA', `site "${site}" of ${describe(distribution)} ${what}`);
  for (const [name, { data, shape }] of Object.entries(parameters)) {
    const rule = exceptions[own]?.[name] ?? rules[name];
    if (rule === above0) checkReal(name, parameters[name]!, sites, refuse);
    const i = data === undefined || rule === undefined ? -1 : data.findIndex((x) => !rule[0](x));
    if (i >= 0) refuse(`has ${name} ${data![i]} (place ${i} of ${showShape(shape)}); ${rule![1]} was due`);
    if (isShares(own, name) && data !== undefined && lacksAll(data, shape.at(-1) ?? 1, name))
      refuse(`has ${name} by which nothing can be; one above ${name === 'logits' ? '−∞' : '0'} was due`);
  }
  if (support.kind === 'interval') checkBounds(support, refuse);
  if (parameters.factor !== undefined) checkFactor(parameters.factor, refuse);
  const d = distribution.event[0]!;
  if (own === 'wishart' && parameters.degrees!.data?.some((x) => !(x > d - 1)))
    refuse(`has too few degrees; more than ${d - 1} were due`);
}

/** A latent that may be below 0 is no width. */
function checkReal(name: string, value: Value, sites: readonly Site[], refuse: (what: string) => never): void {
  if (value.op === 'constant') return;
  const real = sites.find((site) => site.value === value && site.latent?.distribution.support.kind === 'real');
  if (real !== undefined)
    refuse(
      `has "${real.name}" as its ${name}, which may be below 0; halfNormal, gamma, logNormal and their like are above, and so is exp of it`,
    );
}

const isShares = (distribution: string, parameter: string): boolean =>
  ['weights', 'probability', 'logits'].includes(parameter) &&
  ['categorical', 'oneHotCategorical', 'multinomial', 'mixture', 'gumbelSoftmax'].includes(distribution);

function lacksAll(data: Float64Array, size: number, name: string): boolean {
  const none = name === 'logits' ? Number.NEGATIVE_INFINITY : 0;
  for (let n = 0; n < data.length; n += size) if (data.subarray(n, n + size).every((x) => x === none)) return true;
  return false;
}

/** Bounds that are numbers are finite, the lower below the upper. */
function checkBounds(
  { lower, upper }: { readonly lower: Value | null; readonly upper: Value | null },
  refuse: (what: string) => never,
): void {
  for (const bound of [lower, upper])
    if (bound?.data?.some((x) => !Number.isFinite(x))) refuse('has a bound that is not finite; leave it out');
  const [a, b] = [lower?.data, upper?.data];
  if (a === undefined || b === undefined || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [from, to] = [a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!];
    if (!(from < to)) refuse(`has lower bound ${from} and upper bound ${to}; the lower was due below the upper`);
  }
}

/** Covariances that are known are symmetric and positive definite, factors lower triangular with a positive diagonal. */
function checkFactor(factor: Value, refuse: (what: string) => never): void {
  const numbers = knownNumbers(factor);
  if (numbers === null) return;
  const d = factor.shape.at(-1)!;
  const of = factor.op === 'cholesky' ? factor.inputs[0]!.data : undefined;
  const scale = of === undefined ? 0 : of.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  for (let at = 0; at < numbers.length; at++) {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    const mirrored = at + (j - i) * (d - 1);
    if (i === j && !(numbers[at]! > 0 && numbers[at]! < Number.POSITIVE_INFINITY))
      refuse(
        factor.op === 'cholesky'
          ? 'has a matrix that is not positive definite'
          : `has a factor with ${numbers[at]} on its diagonal; numbers above 0 were due`,
      );
    if (j > i && numbers[at] !== 0) refuse(`has a factor with ${numbers[at]} above its diagonal; zeros were due`);
    if (of !== undefined && j > i && Math.abs(of[at]! - of[mirrored]!) > 1e-8 * scale)
      refuse('has a matrix that is not symmetric');
  }
}
