import type { Family, Matrix, Mixture, Source, Table, Transform, Tree } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import {
  checkRoom,
  dataset,
  isDataset,
  meanStatistics,
  prepare,
  scalingsOf,
  takeRowsOf,
  transformOf,
} from '@mixtention/core/data';
import { key, split } from '@mixtention/core/numeric';
import type { Dirichlet } from '@mixtention/mixture';
import { checkFit, choosePrior, chooseStart, type FitInput } from '@mixtention/mixture/fit';
import { startMixture } from '@mixtention/mixture/starts';
import { type MixtureSites, sitesOf } from './mixture-sites.ts';
import { type VariationalOptions, WHERE } from './variational-options.ts';

/** A Bayesian mixture over rows, in the space of the fit. */
export type Posed = {
  readonly family: Family;
  readonly sites: MixtureSites;
  readonly size: { readonly components: number; readonly width: number };
  readonly rows: Matrix & { readonly data: Float64Array };
  /** How often each row counts, `[N]`; null where each does once. */
  readonly weights: Float64Array | null;
  readonly transform: Transform;
  readonly prior: { readonly family: Tree; readonly concentration: number; readonly text: string };
  readonly starts: readonly Mixture[];
  /** Σ w, or N. */
  readonly totalWeight: number;
  /** From densities in the space of the fit to those in the user's units, over all rows, in nats. */
  readonly shift: number;
};

/** Checks rows and options, and brings them into the space of the fit. */
export function pose(input: FitInput, options: VariationalOptions, restarts: number): Posed {
  const { components, family: given, covariance, start: begun, prior: wanted, seed = 0 } = options;
  const named = Object.entries({
    components,
    family: given,
    covariance,
    start: begun,
    prior: wanted,
    weights: options.weights,
  });
  const own = Object.fromEntries(named.filter(([, x]) => x !== undefined)) as { components: number };
  const { x, options: settled } = checkFit(input, own, { where: WHERE });
  const data = isDataset(x) ? x : dataset(x as Table | Source, { weights: options.weights }, WHERE);
  const { family } = settled;
  const { width, totalWeight } = data;
  const { weights } = data.sides;
  // Rows, and their statistics thrice: as constants, in the memory of programs, and as the kernel takes them in.
  const sites = sitesOf(family);
  checkRoom(
    WHERE,
    8 * data.rows * (width + 3 * sites.statistics(width)),
    `${data.rows.toLocaleString('en')} rows with their statistics, which fitVariational holds (sviOnRows reads rows where they lie),`,
  );
  const transform = transformOf(data.columns, scalingsOf(family, width));
  const all = Int32Array.from({ length: data.rows }, (_, n) => n);
  const rows = takeRowsOf(prepare(data, transform), all);
  family.checkSupport(rows, { first: 0 });
  const sample = { ...rows, weights };
  const mean = (): Float64Array[] => meanStatistics(family.terms(width), sample);
  const prior = choosePrior(WHERE, settled.prior, family, {
    width,
    totalWeight,
    transform,
    mean,
    infers: 'posterior',
  });
  const { concentration } = prior.weights as Partial<Dirichlet>;
  if (concentration === undefined)
    return fail(WHERE, 'BAD_OPTION', `weights are ${show(prior.weights.spec.name)}; a Dirichlet prior was due`);
  const start = chooseStart(WHERE, settled.start, { family, components, width, transform, mean });
  const starts =
    typeof start === 'string'
      ? Array.from({ length: restarts }, (_, i) =>
          startMixture({ family, components, start }, split(key(seed), 'variational', 'start', i), sample),
        )
      : [start];
  return {
    family,
    sites,
    size: { components, width },
    rows,
    weights,
    totalWeight,
    transform,
    prior: { family: prior.family!, concentration, text: prior.note.text },
    starts,
    shift: -totalWeight * transform.scale.reduce((total, s) => total + Math.log(s), 0),
  };
}
