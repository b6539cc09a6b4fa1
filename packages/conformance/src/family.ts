import type { Family } from '@mixtention/core';
import { coordinateRows } from './family-coordinates.ts';
import { dataRows } from './family-data.ts';
import { densityRows } from './family-density.ts';
import { type FamilyFixture, fixtureRow } from './family-fixture.ts';
import { mapRows } from './family-maps.ts';
import { marginalRows } from './family-marginal.ts';
import { posteriorRows } from './family-posterior.ts';
import { priorRows } from './family-prior.ts';
import { familyProblem } from './family-problem.ts';
import type { FamilyRow, FamilySubject } from './family-subject.ts';
import { declareRows, type Skip } from './rows.ts';

/** Every row but that of a fixture, which needs one. */
export const familyRows: readonly FamilyRow[] = [
  ...densityRows,
  ...priorRows,
  ...posteriorRows,
  ...dataRows,
  ...mapRows,
  ...marginalRows,
  ...coordinateRows,
];

/** Rows of what the family is capable of. */
function rowsFor({ coordinates, prior, marginal, conditional }: Family): readonly FamilyRow[] {
  const predictive = prior?.predictive;
  const missing = new Set<string>([
    ...(prior === undefined ? [...priorRows, ...posteriorRows].map(({ name }) => name) : []),
    ...(coordinates === undefined ? coordinateRows.map(({ name }) => name) : []),
    ...Object.entries({
      predictive,
      marginal,
      conditional,
      'predictive-marginal': predictive && marginal && prior?.marginal,
      'predictive-conditional': predictive && prior?.conditional,
    })
      .filter(([, capability]) => capability === undefined)
      .map(([name]) => name),
  ]);
  return familyRows.filter(({ name }) => !missing.has(name));
}

export type FamilySuiteOptions = {
  /** Densities from an independent program. */
  readonly fixture?: FamilyFixture;
  /** D, for a family that is made for so many columns. */
  readonly width?: number;
  readonly skips?: readonly Skip[];
};

/** What a factory of families makes, for so many columns. */
export type FamilyExample = { readonly family: Family; readonly width?: number };

/**
 * The suite that every family meets: density, statistics, estimate and samples belong to one another; so do the parts of its prior;
 * parameters are plain data that keep their meaning in every space and order.
 *
 * @example
 * testFamily(bernoulli);
 */
export function testFamily(family: Family, { fixture, width, skips = [] }: FamilySuiteOptions = {}): void {
  const subject: FamilySubject = {
    family,
    // A fresh one for each row: its random source moves on as it is used.
    get problem() {
      return familyProblem(family, 1, 240, width);
    },
  };
  const rows = [...(fixture === undefined ? [] : [fixtureRow(fixture)]), ...rowsFor(family)];
  declareRows(`family ${family.spec.name}`, rows, () => subject, { skips });
}
