import type { Family, Matrix, Tree } from '@mixtention/core';
import { takeColumns } from '@mixtention/core/base';
import { expectClose } from './expect-close.ts';
import { COMPONENTS, type FamilyProblem, fittedParams, readRows } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const ROWS = 3;

/** Columns integrated out, where a family tells what is left: against sums and quadrature over them. */
export const marginalRows: readonly FamilyRow[] = [
  {
    name: 'marginal',
    title: 'the marginal of columns in another order scores as before, and that of all but one is the integral over it',
    check: ({ problem }) => {
      const { family, width } = problem;
      const { params, few } = given(problem);
      const scores = scoresOf(family, params, few);
      const turned = Array.from({ length: width }, (_, d) => width - 1 - d);
      const again = family.marginal!(params, turned);
      expectClose(scoresOf(again.family, again.params, takeColumns(few, turned)), scores, 1e-9, 'turned scores');
      for (const hidden of integrable(family, width)) {
        const seen = allBut(hidden, width);
        const { family: left, params: own } = family.marginal!(params, seen);
        const due = integrals({ family, params, few, hidden }).map(({ mass }) => Math.log(mass));
        expectClose(scoresOf(left, own, takeColumns(few, seen)), due, 1e-6, `scores without column ${hidden}`);
      }
    },
  },
  {
    name: 'conditional',
    title: 'the conditional mean of a column within each component is its mean by quadrature, whatever the others are',
    check: ({ problem }) => {
      const { family, width } = problem;
      const { params, few } = given(problem);
      for (const hidden of integrable(family, width)) {
        const seen = allBut(hidden, width);
        const { intercepts, slopes } = family.conditional!(params, seen, [hidden]);
        const x = takeColumns(few, seen).data;
        const means = Float64Array.from({ length: ROWS * COMPONENTS }, (_, i) => {
          const [n, k] = [Math.floor(i / COMPONENTS), i % COMPONENTS];
          const own =
            slopes === null ? null : slopes.length === seen.length ? slopes : slopes.subarray(k * seen.length);
          return seen.reduce((sum, _d, s) => sum + (own?.[s] ?? 0) * x[n * seen.length + s]!, intercepts[k]!);
        });
        const due = integrals({ family, params, few, hidden }).map(({ mass, first }) => first / mass);
        expectClose(means, due, 1e-5, `means of column ${hidden}`);
      }
    },
  },
];

function given(problem: FamilyProblem): { readonly params: Tree; readonly few: Matrix } {
  const { x, width } = problem;
  return { params: fittedParams(problem), few: { ...x, rows: ROWS, data: x.data.slice(0, ROWS * width) } };
}

/** Scores `[N, K]` without weights. */
function scoresOf(family: Family, params: Tree, x: Matrix): ArrayLike<number> {
  return readRows(family, x, family.scores(params, new Float64Array(COMPONENTS))).scores.data;
}

/** Up to two columns of each kind whose values can be added up: both of a binary one, all numbers of a scaled one. */
function integrable(family: Family, width: number): number[] {
  const kinds = family.columns(width);
  const all = Array.from(kinds.keys());
  const scaled = all.filter((d) => kinds[d]!.scaling !== 'none');
  const binary = all.filter((d) => kinds[d]!.cells === 'binary');
  return [...scaled.slice(0, 2), ...binary.slice(0, 2)];
}

function allBut(hidden: number, width: number): number[] {
  return Array.from({ length: width }, (_, d) => d).filter((d) => d !== hidden);
}

/** `∫ p(x) dx_d` and `∫ x_d p(x) dx_d` of every row and component, `[N·K]`: the trapezoid rule, or a sum over 0 and 1. */
function integrals({
  family,
  params,
  few,
  hidden,
}: {
  readonly family: Family;
  readonly params: Tree;
  readonly few: Matrix;
  readonly hidden: number;
}): { mass: number; first: number }[] {
  const { cols } = few;
  const isBinary = family.columns(cols)[hidden]!.cells === 'binary';
  const step = isBinary ? 1 : 0.1;
  const values = isBinary ? [0, 1] : Array.from({ length: 1201 }, (_, i) => (i - 600) * step);
  const totals = Array.from({ length: ROWS * COMPONENTS }, () => ({ mass: 0, first: 0 }));
  for (const value of values) {
    const data = few.data.map((v, i) => (i % cols === hidden ? value : v));
    const scores = scoresOf(family, params, { ...few, data });
    totals.forEach((total, i) => {
      const density = step * Math.exp(scores[i]!);
      total.mass += density;
      total.first += value * density;
    });
  }
  return totals;
}
