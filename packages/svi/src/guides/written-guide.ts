import { fail, show } from '@mixtention/core/base';
import { type DiscreteDraw, drawDiscrete } from '../discrete/index.ts';
import { beyondSupport } from '../distributions/beyond-support.ts';
import { type Distribution, describe, isDiscrete } from '../distributions/index.ts';
import { add, broadcastTo, hold, input, type Shape, showShape, sum, type Value, value } from '../graph/index.ts';
import type { Coordinates, Latent } from '../model/index.ts';
import { toolbox } from '../model/toolbox.ts';
import type { Guide, GuideTools } from './guide-types.ts';
import { rowsOfLatent } from './rows-of-latent.ts';

/** What a guide of one's own is written with: every distribution and operation, trained parameters, and one statement a latent. */
export type WrittenTools = typeof toolbox & {
  /** A trained number, or array of them; any real value. `exp` or `softplus` make it positive. */
  readonly parameter: (name: string, start: number | ArrayLike<number>, shape?: Shape) => Value;
  /** The approximate posterior of a latent; what comes back may be used in those that follow. */
  readonly sample: (name: string, distribution: Distribution) => Value;
  readonly latents: readonly Coordinates[];
};

/**
 * A guide of one's own: for each latent a distribution whose draws have gradients; for a discrete one `bernoulli`, `categorical` or `oneHotCategorical`, which may depend on data (amortised).
 *
 * @param body  called once (and once more with its parameters held), with `sample` for each latent of the model
 * @throws BAD_MODEL for a latent without a statement, or with two, and for distributions without gradients of draws, or with draws outside of the prior's support
 *
 * @example
 * writtenGuide(({ sample, parameter, beta, exp }) => sample('p', beta(exp(parameter('a', 0)), exp(parameter('b', 0))))).name; // 'written'
 */
export function writtenGuide(body: (g: WrittenTools) => unknown, name = 'written'): Guide {
  return {
    name,
    found: 'by steps',
    guidesDiscrete: true,
    inValues: true,
    statedOf: (latents) => [...stated(body, { latents }, (own, _, shape) => input(own, shape)).keys()],
    make: (tools) => {
      const parameters = new Map<string, Value>();
      const first = stated(body, tools, (own, start, shape) => {
        const made = tools.parameter(own, start, shape);
        parameters.set(own, made);
        return made;
      });
      const found = ({ name: site, shape }: Latent): { readonly distribution: Distribution; readonly value: Value } =>
        first.get(site) ??
        fail(
          'svi/guide',
          'BAD_MODEL',
          `site "${site}" has no guide; it is ${showShape(shape)}, guided ${first.size === 0 ? 'is none' : `are ${[...first.keys()].join(', ')}`}`,
        );
      const used: Latent[] = [];
      const chosen: DiscreteDraw[] = [];
      return {
        provide: (latent) => {
          const { distribution, value } = found(latent);
          if (latent.transform === null) {
            const draw = drawDiscrete(latent, distribution, tools.relaxed);
            chosen.push(draw);
            return { value: draw.value };
          }
          used.push(latent);
          return { value: rowsOfLatent(value, latent) };
        },
        discrete: () => chosen,
        logDensity: (held) => {
          const from = held ? stated(body, tools, (own) => hold(parameters.get(own)!), first) : first;
          return used
            .map(({ name: site }) => {
              const { distribution, value } = from.get(site)!;
              return sum(distribution.logDensity(value));
            })
            .reduce((a, b) => add(a, b), value(0));
        },
        ...(entropyOf(first) && { entropy: entropyOf(first)! }),
        marginal: (latent) => ({ distribution: first.get(latent.name)!.distribution }),
      };
    },
  };
}

type Stated = Map<string, { readonly distribution: Distribution; readonly value: Value }>;

function stated(
  body: (g: WrittenTools) => unknown,
  { latents }: Pick<GuideTools, 'latents'>,
  parameter: (name: string, start: ArrayLike<number>, shape: Shape) => Value,
  known?: Stated,
): Stated {
  const sites: Stated = new Map();
  const where = 'svi/guide';
  body({
    ...toolbox,
    latents,
    parameter: (name, start, shape) => {
      const numbers = typeof start === 'number' ? [start] : start;
      return parameter(name, numbers, shape ?? (typeof start === 'number' ? [] : [start.length]));
    },
    sample: (name, distribution) => {
      const latent = latents.find((other) => other.name === name);
      if (latent === undefined)
        return fail(
          where,
          'BAD_MODEL',
          `the guide samples "${name}", which is no latent; latents are ${latents.map((x) => x.name).join(', ')}`,
        );
      if (sites.has(name)) fail(where, 'BAD_MODEL', `the guide samples "${name}" twice`);
      if (latent.transform === 'none') {
        checkGuideOf(latent, distribution);
        // Drawn once the model says which rows are there; nothing of the guide may depend on it.
        sites.set(name, { distribution, value: nothing });
        return nothing;
      }
      if (distribution?.isPathwise !== true)
        fail(
          where,
          'BAD_MODEL',
          `the guide of "${name}" is ${distribution?.name ?? show(distribution)}, whose draws have no gradients`,
        );
      checkSupport(latent, distribution);
      const batch = latent.shape.slice(0, latent.shape.length - distribution.event.length);
      const value = known?.get(name)?.value ?? distribution.sample(batch);
      sites.set(name, { distribution: atBatch(distribution, batch), value });
      return value;
    },
  });
  return sites;
}

/** Of a discrete latent, within the guide. */
const nothing = value(Number.NaN);

const families: { readonly [latent: string]: readonly string[] } = {
  bernoulli: ['bernoulli', 'categorical'],
  oneHotCategorical: ['oneHotCategorical'],
};

function checkGuideOf({ name, distribution: of }: Coordinates, distribution: Distribution): void {
  const due = families[of.name] ?? ['categorical'];
  if (!due.includes(distribution?.name))
    fail(
      'svi/guide',
      'BAD_MODEL',
      `the guide of "${name}" of ${of.name} is ${distribution?.name ?? show(distribution)}, ${due.join(' or ')} was due`,
    );
}

/** A draw outside of what the prior allows has no density: a run would lose its numbers sooner or later. */
function checkSupport({ name, distribution: prior }: Coordinates, distribution: Distribution): void {
  const beyond = beyondSupport(distribution.support, prior.support);
  if (beyond !== null)
    fail(
      'svi/guide',
      'BAD_MODEL',
      `the guide of "${name}" is ${describe(distribution)}, whose draws are ${beyond.came}; site "${name}" of ${describe(prior)} takes ${beyond.due}; a distribution with that support was due`,
    );
}

/** The distribution with log densities of the whole batch. */
const atBatch = (distribution: Distribution, batch: Shape): Distribution => {
  const { entropy } = distribution;
  return {
    ...distribution,
    batch,
    logDensity: (x) => broadcastTo(distribution.logDensity(x), batch),
    ...(entropy && { entropy: () => broadcastTo(entropy(), batch) }),
  };
};

function entropyOf(sites: Stated): (() => Value) | null {
  const all = [...sites.values()].flatMap((own) => (isDiscrete(own.distribution) ? [] : [own.distribution.entropy]));
  if (!all.every((entropy) => entropy !== undefined)) return null;
  return () => all.map((entropy) => sum(entropy!())).reduce((a, b) => add(a, b), value(0));
}
