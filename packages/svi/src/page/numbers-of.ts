import type { Approximation, Nested, SiteSummaries, SiteSummary } from '../report/index.ts';

/** What is told of one number of a site: at these probabilities, 0.025, 0.25, 0.5, 0.75, 0.975. */
export type Told = { readonly mean: number; readonly sd: number; readonly quantiles: readonly number[] };

export type SiteNumber = {
  /** As columns of draws are called: `theta[0]`. */
  readonly name: string;
  readonly told: Told;
  /** As the guide says. */
  readonly guide: Told;
  /** By draw; none of what is predicted. */
  readonly draws: Float64Array;
};

export type Site = { readonly name: string; readonly numbers: readonly SiteNumber[]; readonly isHeavy: boolean };

/** Sites of a result, number by number, with their draws. */
export function sitesOf({ sites, uncorrectedSites, draws, heavySites }: Approximation): Site[] {
  let column = 0;
  return Object.entries(sites).map(([name, summary]) => {
    const told = toldOf(summary);
    const guide = toldOf(uncorrectedSites[name] ?? summary);
    const numbers = told.map((one, i): SiteNumber => {
      const at = column++;
      const own = Float64Array.from({ length: draws.rows }, (_, s) => draws.data[s * draws.cols + at]!);
      return { name: draws.columns[at] ?? name, told: one, guide: guide[i]!, draws: own };
    });
    return { name, numbers, isHeavy: heavySites.includes(name) };
  });
}

/** What is predicted, number by number. */
export const predictedOf = (sites: SiteSummaries): Site[] =>
  Object.entries(sites).map(([name, summary]) => {
    const told = toldOf(summary);
    const numbers = told.map((one, i): SiteNumber => {
      const place = told.length === 1 ? name : `${name}[${i}]`;
      return { name: place, told: one, guide: one, draws: new Float64Array(0) };
    });
    return { name, numbers, isHeavy: false };
  });

function toldOf({ mean, sd, quantiles }: SiteSummary): Told[] {
  const [means, deviations] = [flatten(mean), flatten(sd)];
  const byProbability = ['0.025', '0.25', '0.5', '0.75', '0.975'].map((p) => flatten(quantiles[p]!));
  return means.map((each, i) => ({ mean: each, sd: deviations[i]!, quantiles: byProbability.map((q) => q[i]!) }));
}

const flatten = (x: Nested): number[] => (typeof x === 'number' ? [x] : x.flatMap(flatten));
