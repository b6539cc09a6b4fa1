import { counted, fail } from '@mixtention/core/base';
import { add, dependents, exp, mul, substitute, sum, type Value, value } from '../graph/index.ts';
import type { Site } from '../model/index.ts';
import { batchOf, type DiscreteDraw } from './draws.ts';
import { kindOf, kindsOf, MOST } from './kinds.ts';
import { sharedAxes } from './plates.ts';

/**
 * The sites of a model with every term that depends on discrete draws replaced by its mean over all of their values.
 *
 *     E_q(z) f(z) = Σ_k q(z = k) f(k), member by member of the plates of z
 *
 * @throws BAD_MODEL for a term that depends on members of z that no plate tells apart from one another, or on too many values at once
 *
 * Cost: those parts of the model that depend on z, once for each of its values (for each pair of values, where a term depends on two latents).
 */
export function expectSites(sites: readonly Site[], draws: readonly DiscreteDraw[]): readonly Site[] {
  const roots = sites.map(({ terms }) => terms);
  const reached = draws.map((draw) => ({ draw, nodes: dependents(roots, draw.value) }));
  return sites.map((site) => {
    if (site.kind === 'deterministic') return site;
    const used = reached.flatMap(({ draw, nodes }) => (nodes.has(site.terms) ? [draw] : []));
    if (used.length === 0) return site;
    for (const draw of used) checkMembers(site, draw);
    const terms = combinations(site, used)
      .map((chosen) => weighed(site, used, chosen))
      .reduce((a, b) => add(a, b));
    return { ...site, terms, logDensity: mul(sum(terms), site.scale) };
  });
}

function checkMembers(site: Site, { latent }: DiscreteDraw): void {
  if (site.latent === latent || sharedAxes(site, latent) === batchOf(latent).length) return;
  fail(
    'svi/svi',
    'BAD_MODEL',
    `site "${site.name}" depends on members of "${latent.name}" that no plate tells apart; state both within one plate, or take discrete: "score"`,
  );
}

/** Every choice of a value for each of the draws. */
function combinations(site: Site, used: readonly DiscreteDraw[]): number[][] {
  const all = used.reduce<number[][]>(
    (before, { latent }) => {
      const kinds = kindsOf(latent.name, latent.distribution);
      return before.flatMap((chosen) => Array.from({ length: kinds }, (_, k) => [...chosen, k]));
    },
    [[]],
  );
  if (all.length > MOST)
    fail(
      'svi/svi',
      'BAD_MODEL',
      `site "${site.name}" depends on ${counted(all.length, 'value')} at once, ${MOST} at most are enumerated`,
    );
  return all;
}

/** The terms at one choice, times the probabilities of it. */
function weighed(site: Site, used: readonly DiscreteDraw[], chosen: readonly number[]): Value {
  const values = used.map(({ latent }, i) => kindOf(latent.distribution, chosen[i]!, latent.shape));
  const logWeight = used
    .map(({ distribution }, i) => distribution.logDensity(values[i]!))
    .reduce((a, b) => add(a, b), value(0));
  return mul(exp(logWeight), substitute(site.terms, new Map(used.map((draw, i) => [draw.value, values[i]!]))));
}
