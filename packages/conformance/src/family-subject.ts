import type { Family } from '@mixtention/core';
import type { FamilyProblem } from './family-problem.ts';
import type { Row } from './rows.ts';

export type FamilySubject = { readonly family: Family; readonly problem: FamilyProblem };

export type FamilyRow = Row<FamilySubject>;
