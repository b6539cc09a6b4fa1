import type { Matrix, Tree } from '@mixtention/core';
import { logBaseOf } from '@mixtention/core/kernel';
import { expect } from 'vitest';
import { expectClose } from './expect-close.ts';
import { readRows } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

/** Numbers of an independent source, flat: rows `[N, D]`, parameters as the family names them, what they must give. */
export type FamilyFixture = {
  readonly x: readonly number[];
  readonly logWeights: readonly number[];
  /** Arrays by name; `width` is added. */
  readonly params: { readonly [name: string]: readonly number[] | number };
  /** log p(x_n | k) `[N, K]` */
  readonly logComponents: readonly number[];
  /** log Σ_k π_k p(x_n | k) `[N]` */
  readonly logDensity: readonly number[];
};

/** The row that holds a family to densities from elsewhere (SciPy, say): statistics times natural parameters, normalizer and base measure. */
export function fixtureRow(fixture: FamilyFixture): FamilyRow {
  return {
    name: 'fixture',
    title: 'T(x)·η − A + log h is the log density that an independent program gives',
    check: ({ family }) => {
      const rows = fixture.logDensity.length;
      const K = fixture.logWeights.length;
      const x: Matrix = { data: Float64Array.from(fixture.x), rows, cols: fixture.x.length / rows };
      const params: Tree = { width: x.cols, ...typed(fixture.params) };
      const read = readRows(family, x, family.scores(params, Float64Array.from(fixture.logWeights)));
      expectClose(
        read.logEvidence,
        fixture.logDensity,
        fixture.logDensity.map((l) => 1e-11 * Math.max(1, Math.abs(l))),
        'log density',
      );
      const base = logBaseOf(family.terms(x.cols), x) ?? new Float64Array(rows);
      const due = fixture.logComponents.map((l, i) => l + fixture.logWeights[i % K]! - base[Math.floor(i / K)]!);
      expectClose(
        read.scores.data,
        due,
        due.map((l) => 1e-11 * Math.max(1, Math.abs(l))),
        'scores',
      );
      expect(due.length).toBe(rows * K);
    },
  };
}

function typed(flat: FamilyFixture['params']): { readonly [name: string]: Tree } {
  const entries = Object.entries(flat).map(([name, value]): [string, Tree] => [
    name,
    typeof value === 'number' ? value : Float64Array.from(value),
  ]);
  return Object.fromEntries(entries);
}
