import type { Dataset } from '@mixtention/core';
import { columnLabel, counted, numbered } from '@mixtention/core/base';
import { openReader, runPass } from '@mixtention/core/data';
import { leastVariance } from '../families/gaussian/floor-covariance.ts';
import type { MixtureModel } from '../model/mixture-model.ts';

/** Components that are told of. */
const MOST_TOLD = 3;
/** Rows that are named, and cells times components that are looked at for them. */
const MOST_ROWS = 3;
const MOST_WORK = 1e8;
/** A variance at its floor, up to rounding. */
const AT = 1 + 1e-6;

/**
 * Where each degenerate component has collapsed, in words: the rows that it owns, and the column whose variance the floor holds.
 *
 * Cost: a pass over the rows in this thread, where a component owns few and they are not many.
 */
export function collapseNotes(
  model: MixtureModel,
  degenerate: readonly number[],
  { data, floor }: { readonly data: Dataset; readonly floor: number },
): string[] {
  const told = degenerate.filter((k) => model.weights[k]! > 0).slice(0, MOST_TOLD);
  const few = told.filter((k) => model.weights[k]! * data.totalWeight < MOST_ROWS + 0.5);
  const rows =
    few.length > 0 && data.rows * data.width * model.components <= MOST_WORK ? rowsOwned(model, few, data) : null;
  return told.flatMap((k) => {
    const column = columnAtFloor(model, k, floor);
    if (column === null) return [];
    const own = rows?.get(k);
    const owns =
      own === undefined
        ? `about ${counted(Number((model.weights[k]! * data.totalWeight).toPrecision(3)), 'row')}`
        : named(own);
    return `component ${k} owns ${owns}, and the floor of ${leastVariance(floor)} holds its variance in ${columnLabel(column, data.columns.names)}`;
  });
}

function named(rows: readonly number[]): string {
  return `${numbered(rows, 'row')} (counted from 0) alone`;
}

/** The column of least variance, where that is the floor; null where no column is there. */
function columnAtFloor({ family, params, transform, width }: MixtureModel, k: number, floor: number): number | null {
  const own = family.rescale(family.select(params, [k]), transform);
  const covariance = family.describe(own).covariances?.[0]?.data;
  if (covariance === undefined) return null;
  const variances = Array.from({ length: width }, (_, d) => covariance[d * width + d]!);
  const least = Math.min(...variances);
  return least <= AT * leastVariance(floor) ? variances.indexOf(least) : null;
}

/** Numbers of the rows whose likeliest component each is, where they are few. */
function rowsOwned(model: MixtureModel, components: readonly number[], data: Dataset): Map<number, number[]> {
  const owned = new Map(components.map((k) => [k, [] as number[]]));
  runPass(openReader(data), {
    add(part, first) {
      model.predict(part).forEach((k, n) => {
        owned.get(k)?.push(first + n);
      });
    },
    done: () => owned,
  });
  for (const [k, rows] of owned) if (rows.length === 0 || rows.length > MOST_ROWS) owned.delete(k);
  return owned;
}
