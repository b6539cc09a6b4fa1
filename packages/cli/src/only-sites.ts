import { lookUp } from '@mixtention/core/base';
import type { Approximation, SiteSummaries } from '@mixtention/svi';

/**
 * A result with some sites alone, in their order; all where none are named.
 *
 * @throws UNKNOWN_NAME for a site that is not among them
 */
export function onlySites<Result extends Approximation>(result: Result, names: readonly string[] | undefined): Result {
  if (names === undefined) return result;
  const { sites, uncorrectedSites, draws } = result;
  const some = (of: SiteSummaries): SiteSummaries =>
    Object.fromEntries(names.map((name) => [name, lookUp('cli/vi', 'site to report', name, of)]));
  const places = names.flatMap((name) =>
    Array.from(draws.columns.keys()).filter((i) => siteOf(draws.columns[i]!) === name),
  );
  const data = new Float64Array(draws.rows * places.length);
  for (let row = 0; row < draws.rows; row++)
    for (const [i, place] of places.entries()) data[row * places.length + i] = draws.data[row * draws.cols + place]!;
  const columns = places.map((place) => draws.columns[place]!);
  return {
    ...result,
    sites: some(sites),
    uncorrectedSites: some(uncorrectedSites),
    draws: { columns, rows: draws.rows, cols: places.length, data },
  };
}

/** The site of a column as `theta[0,1]`. */
const siteOf = (column: string): string => column.replace(/\[[\d,]*\]$/, '');
