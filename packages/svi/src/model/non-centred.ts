import { fail, show } from '@mixtention/core/base';
import { inOrder } from '../graph/in-order.ts';
import { input, type Value } from '../graph/index.ts';
import type { Latent, Model } from './model-types.ts';
import { traceModel } from './trace-model.ts';

/**
 * The same model in other coordinates: free numbers of these sites are standard ones, z of x = location + scale·z (of log x where x is positive; L z of a multivariate normal with factor L). Sites, values and evidence stay
 * what they are; what a guide has to follow changes. Few data a member, and the posterior of z is nearly its prior, while x follows its scale into a funnel; many data a member, and x is known whatever its prior.
 *
 * `svi` and `pathfinder` choose between these and the coordinates as stated by themselves, wherever location or scale are latent.
 *
 * @param sites  names of latents whose distribution has a location or a scale
 * @throws BAD_OPTION for what is no list of names; BAD_MODEL, when it is run, for other latents
 *
 * Source: Papaspiliopoulos, Roberts & Sköld (2007), A general framework for the parametrization of hierarchical models; as NumPyro's `LocScaleReparam(centered=0)`.
 *
 * @example
 * const funnel = ({ sample, normal, exp }) => sample('x', normal(0, exp(sample('v', normal(0, 3)))));
 * const { logDensity } = posterior(nonCentred(funnel, ['x']), null);
 * logDensity(Float64Array.of(1, 2)) - logDensity(Float64Array.of(1, 0)); // -2: that of a standard normal, whatever v is
 */
export function nonCentred<Data>(model: Model<Data>, sites: readonly string[]): Model<Data> {
  if (!Array.isArray(sites) || sites.some((name) => typeof name !== 'string'))
    fail('svi/nonCentred', 'BAD_OPTION', `sites is ${show(sites)}, a list of names of latents was due`);
  const { eliminate, whole } = model;
  return Object.assign((...given: Parameters<Model<Data>>) => model(...given), {
    ...(eliminate && { eliminate }),
    ...(whole && { whole }),
    nonCentred: new Set(sites),
  });
}

/** Sites whose location or scale depends on other latents, and on none that is discrete. */
export function canBeNonCentred<Data>(model: Model<Data>, data: Data): string[] {
  const latents: Latent[] = [];
  const free = new Set<Value>();
  const whole = { whole: true };
  traceModel(
    model,
    data,
    (latent) => {
      const own = input(latent.name, latent.freeShape);
      if (latent.transform === null) return { value: own };
      latents.push(latent);
      free.add(own);
      return { free: own };
    },
    whole,
  );
  const standards = latents.flatMap(({ name, distribution: { standard } }) =>
    standard === undefined ? [] : [{ name, of: standard.of }],
  );
  // Whether a value is made of latents with free numbers; null where of discrete ones, too.
  const made = new Map<Value, boolean | null>();
  for (const node of inOrder(standards.flatMap(({ of }) => of))) {
    const parts: (boolean | null)[] =
      node.op === 'input' ? [free.has(node) || null] : node.inputs.map((x) => made.get(x) ?? null);
    made.set(node, parts.includes(null) ? null : parts.includes(true));
  }
  return standards.flatMap(({ name, of }) => {
    const parts = of.map((x) => made.get(x) ?? null);
    return parts.includes(null) || !parts.includes(true) ? [] : [name];
  });
}
