import type { RandomSource } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { compile, type Execution, type Shape, sizeOf, type Value } from '../graph/index.ts';
import type { DrawsTable } from '../report/index.ts';

/** Rows of values, one a draw, by site. */
export type SiteDraws = { readonly [site: string]: { readonly shape: Shape; readonly rows: readonly Float64Array[] } };

type Named = { readonly name: string; readonly value: Value };

/** Refuses what has no draws. */
export function checkDraws(where: string, given: { readonly draws?: DrawsTable } | null | undefined): DrawsTable {
  const draws = given?.draws;
  if (!Array.isArray(draws?.columns) || draws?.data === undefined)
    return fail(where, 'BAD_DATA', 'the posterior has no draws; a result of svi or pathfinder was due');
  return draws;
}

/** Where the numbers of latents stand in a row of draws. */
export function columnsIn(where: string, inputs: readonly Value[], draws: DrawsTable): number[] {
  return inputs.flatMap(({ name, shape }) => {
    const first = draws.columns.findIndex((column) => column === name || column.startsWith(`${name}[`));
    if (first < 0)
      fail(
        where,
        'BAD_MODEL',
        `latent "${name}" is not among the draws: report it, and hand over the model of the fit`,
      );
    const size = sizeOf(shape);
    const last = draws.columns[first + size - 1];
    if (last !== name && !last?.startsWith(`${name}[`))
      fail(where, 'BAD_SHAPE', `latent "${name}" has ${counted(size, 'number')} here, other than in the draws`);
    return Array.from({ length: size }, (_, i) => first + i);
  });
}

type Running = {
  readonly inputs: readonly Value[];
  readonly rows: number;
  /** Fills the inputs of a draw. */
  readonly fill: (inputs: Float64Array, draw: number) => void;
  readonly random: RandomSource;
  readonly execution?: Execution | undefined;
};

/** Values of some sites in every draw, a row a draw. */
export function rowsOf(named: readonly Named[], { inputs, rows, fill, random, execution }: Running): Float64Array[] {
  const program = compile(
    named.map(({ value }) => value),
    inputs,
    { execution },
  );
  return Array.from({ length: rows }, (_, s) => {
    fill(program.inputs, s);
    program.run(random);
    return program.outputs.slice();
  });
}

/** The same rows by site. */
export function bySite(named: readonly Named[], rows: readonly Float64Array[]): SiteDraws {
  let start = 0;
  return Object.fromEntries(
    named.map(({ name, value: { shape } }) => {
      const from = start;
      start += sizeOf(shape);
      const to = start;
      return [name, { shape, rows: rows.map((row) => row.subarray(from, to)) }];
    }),
  );
}
