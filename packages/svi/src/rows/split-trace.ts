import type { Backend, Matrix, Tree } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { add, input, mul, type Program, type Programs, rebinding, type Value, value } from '../graph/index.ts';
import { type Model, type Site, traceModel } from '../model/index.ts';

/** The plate whose members are rows. */
export const PLATE = 'rows';

/** What a model gets: rows `[N, D]`, their columns by name, and whatever is shared. */
export type RowsData = { readonly rows: Matrix; readonly [name: string]: unknown };

/** What data are made of beside the rows themselves. */
export type Shared = { readonly shared: { readonly [name: string]: Tree }; readonly columns: readonly string[] };

/** Data of some rows. */
export function dataOf(rows: Matrix, { shared, columns }: Shared): RowsData {
  const column = (at: number): Float64Array =>
    Float64Array.from({ length: rows.rows }, (_, n) => rows.data[n * rows.cols + at]!);
  return { ...shared, ...Object.fromEntries(columns.map((name, at) => [name, column(at)])), rows };
}

/** Whether a site is one of rows. */
export const isOfRows = ({ plates }: Pick<Site, 'plates'>): boolean => plates.includes(PLATE);

/** Log densities of sites together, with Jacobians. */
export const jointOf = (sites: readonly Site[]): Value =>
  sites.reduce((total, { logDensity, logJacobian }) => add(total, add(logDensity, logJacobian)), value(0));

/**
 * What some rows add to the log density, as a program of the free numbers of all latents.
 *
 * @param options  `weights` of the rows; `withOthers`: as often as rows stand behind each, with the terms of no row; `programs` of other rows, one of which may do
 * @throws BAD_MODEL for a model without observations in the plate of rows, with latents in it that are not summed out
 */
export function compileRows(
  model: Model<RowsData>,
  data: RowsData,
  backend: Backend | undefined,
  {
    withOthers = 0,
    weights = null,
    programs = rebinding(),
  }: {
    readonly withOthers?: number;
    readonly weights?: Float64Array | null;
    readonly programs?: Programs | undefined;
  } = {},
): Program {
  const inputs: Value[] = [];
  const { sites } = traceModel(
    model,
    data,
    (latent) => {
      if (latent.transform === null)
        fail('svi/sviOnRows', 'BAD_MODEL', `site "${latent.name}" is discrete; sum it out`);
      const free = input(latent.name, latent.freeShape);
      inputs.push(free);
      return { free };
    },
    { whole: true, weights: { [PLATE]: weights } },
  );
  checkRows(sites, data.rows.rows);
  const ofRows = sites.filter(isOfRows);
  const own = jointOf(ofRows);
  // Of a sample that stands for all rows: its terms as often as rows stand behind it, and those of no row once.
  const total = withOthers === 0 ? own : add(mul(own, withOthers), jointOf(sites.filter((site) => !isOfRows(site))));
  return programs(total, inputs, { backend });
}

function checkRows(sites: readonly Site[], rows: number): void {
  const refuse = (what: string): never => fail('svi/sviOnRows', 'BAD_MODEL', what);
  const own = sites.filter(isOfRows);
  if (!own.some(({ kind }) => kind === 'observe' || kind === 'factor'))
    refuse(`nothing is observed within plate("${PLATE}", …), which tells what belongs to a row`);
  const latent = own.find(({ kind }) => kind === 'sample');
  if (latent !== undefined)
    refuse(`site "${latent.name}" is a latent of each row; sum it out (mixture), or take svi, which holds all rows`);
  const outside = sites.find(
    (site) => site.kind === 'observe' && !isOfRows(site) && site.value.shape[0] === rows && rows > 64,
  );
  if (outside !== undefined)
    refuse(
      `site "${outside.name}" observes ${counted(rows, 'value')} outside of plate("${PLATE}", …); as terms of rows they belong in it`,
    );
}
