import type { Family } from '@mixtention/core';
import { dataRows } from './family-data.ts';
import { densityRows } from './family-density.ts';
import { type FamilyFixture, fixtureRow } from './family-fixture.ts';
import { mapRows } from './family-maps.ts';
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
];

export type FamilySuiteOptions = {
  /** Densities from an independent program. */
  readonly fixture?: FamilyFixture;
  readonly skips?: readonly Skip[];
};

/**
 * The suite that every family meets: density, statistics, estimate and samples belong to one another; so do the parts of its prior;
 * parameters are plain data that keep their meaning in every space and order.
 *
 * @example
 * testFamily(bernoulli);
 */
export function testFamily(family: Family, { fixture, skips = [] }: FamilySuiteOptions = {}): void {
  const subject: FamilySubject = {
    family,
    // A fresh one for each row: its random source moves on as it is used.
    get problem() {
      return familyProblem(family, 1);
    },
  };
  const rows = [...(fixture === undefined ? [] : [fixtureRow(fixture)]), ...familyRows];
  declareRows(`family ${family.spec.name}`, rows, () => subject, { skips });
}
