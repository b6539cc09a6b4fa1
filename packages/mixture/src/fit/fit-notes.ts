import type { Columns, Dataset, Family } from '@mixtention/core';
import { columnLabel, counted } from '@mixtention/core/base';
import { problemOf } from '@mixtention/core/plan';
import type { Course } from './driver/subject.ts';
import { slowerHere } from './slower-here.ts';

/**
 * What a user should know of a fit that its status does not say: columns that are identifiers rather than measurements, and what another executor
 * would save.
 *
 * @param seconds        that the fit took
 * @param isOwnExecutor  whether the caller chose the executor
 */
export function fitNotes(
  { data, family, components, hasPrior }: Noted,
  { seconds, executor, isOwnExecutor }: Pick<Course, 'seconds' | 'executor' | 'isOwnExecutor'>,
): string[] {
  const notes = data.columns.counting.map((d) => countingNote(d, data.columns));
  if (!hasPrior) notes.push(...undeterminedNote(data, family));
  const problem = problemOf(family.terms(data.width), { rows: data.rows, cols: data.width, components });
  const slower = isOwnExecutor ? null : slowerHere(problem, seconds, executor);
  return slower === null ? notes : [...notes, slower];
}

type Noted = {
  readonly data: Dataset;
  readonly family: Family;
  readonly components: number;
  readonly hasPrior: boolean;
};

/** Where one covariance alone has more parameters than there are rows. */
function undeterminedNote({ rows, width }: Dataset, family: Family): string[] {
  const parameters = family.freeParameters(1, width);
  const hasProducts = family.terms(width).some(({ statistics }) => statistics.squares !== 'none');
  if (!hasProducts || parameters <= rows) return [];
  return [
    `a component over ${counted(width, 'column')} has ${counted(parameters, 'parameter')}, and there ${rows === 1 ? 'is' : 'are'} ${counted(rows, 'row')}, which cannot determine them: take diagonal covariances, a prior, or fewer columns`,
  ];
}

function countingNote(column: number, { names }: Columns): string {
  return `${columnLabel(column, names)} counts the rows, as an identifier does: leave it out, or read it as the id`;
}

/** Columns that hold one value, of those that the family would scale: it gives components no variance. */
export function constantColumns({ columns: { least, most }, width }: Dataset, family: Family): number[] {
  const kinds = family.columns(width);
  return Array.from(least.keys()).filter((d) => kinds[d]!.scaling !== 'none' && least[d] === most[d]);
}

/** Constant columns, by number and name; null where there are none. */
export function constantNote(data: Dataset, family: Family): string | null {
  const { names } = data.columns;
  const constant = constantColumns(data, family);
  if (constant.length === 0) return null;
  const labels = constant.map((d) => (names === null ? String(d) : `${d} ${JSON.stringify(names[d])}`));
  return constant.length === 1
    ? `${columnLabel(constant[0]!, names)} is constant: leave it out`
    : `columns ${labels.join(', ')} (counted from 0) are constant: leave them out`;
}
