import type { Conditional, ConjugateFamily, Family, Matrix, Scores, Tree } from '@mixtention/core';
import { takeColumns } from '@mixtention/core/base';
import { reference, standStatistics } from '@mixtention/core/kernel';
import { expectClose } from './expect-close.ts';
import { COMPONENTS, type FamilyProblem, fittedParams, weightedStatistics, withWeakPrior } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const ROWS = 3;

type Node = { readonly value: number; readonly weight: number };

/** The trapezoid rule in u, x = 4 sinh u: fine near the data, and far enough for the tails of a Student-t. */
const GRID: readonly Node[] = Array.from({ length: 1401 }, (_, i) => {
  const u = 0.01 * (i - 700);
  return { value: 4 * Math.sinh(u), weight: 0.04 * Math.cosh(u) };
});
const BITS: readonly Node[] = [0, 1].map((value) => ({ value, weight: 1 }));

/** What is read in some columns: parameters under their family, or a posterior under its predictive. */
type Reader = {
  /** Scores without weights. */
  scores(): Scores;
  marginal(columns: readonly number[]): Reader;
  conditional(seen: readonly number[], hidden: readonly number[]): Conditional;
};

function readerOf(family: Family, params: Tree): Reader {
  return {
    scores: () => family.scores(params, new Float64Array(COMPONENTS)),
    marginal(columns) {
      const { family: left, params: own } = family.marginal!(params, columns);
      return readerOf(left, own);
    },
    conditional: (seen, hidden) => family.conditional!(params, seen, hidden),
  };
}

function predictiveOf(family: ConjugateFamily, posterior: Tree): Reader {
  return {
    scores: () => family.prior.predictive!(posterior, new Float64Array(COMPONENTS)),
    marginal(columns) {
      const left = family.marginal!(family.prior.mean(posterior), columns).family as ConjugateFamily;
      return predictiveOf(left, family.prior.marginal!(posterior, columns));
    },
    conditional: (seen, hidden) => family.prior.conditional!(posterior, seen, hidden),
  };
}

/** A posterior that has seen few rows, so that its predictive is far from any member of the family. */
function posteriorReader(problem: FamilyProblem): Reader {
  const { family, prior, x, soft } = withWeakPrior(problem);
  const few = 36;
  const { counts, sums } = weightedStatistics(
    family,
    { ...x, rows: few, data: x.data.slice(0, few * x.cols) },
    soft.slice(0, few * COMPONENTS),
  );
  return predictiveOf(family, family.prior.posterior(prior, counts, sums) as Tree);
}

/** Columns integrated out, where a family tells what is left: against sums and quadrature over them. */
export const marginalRows: readonly FamilyRow[] = [
  {
    name: 'marginal',
    title: 'the marginal of columns in another order scores as before, and that of all but one is the integral over it',
    check: ({ problem }) => expectMarginals(problem, readerOf(problem.family, fittedParams(problem))),
  },
  {
    name: 'conditional',
    title: 'the conditional mean of a column within each component is its mean by quadrature, whatever the others are',
    check: ({ problem }) => expectConditionals(problem, readerOf(problem.family, fittedParams(problem))),
  },
  {
    name: 'predictive-marginal',
    title:
      'the predictive of the posterior of some columns is that of all with the others integrated out, in any order of the columns',
    check: ({ problem }) => expectMarginals(problem, posteriorReader(problem)),
  },
  {
    name: 'predictive-conditional',
    title: 'the conditional mean of a column of a new row is its mean under the predictive, by quadrature',
    check: ({ problem }) => expectConditionals(problem, posteriorReader(problem)),
  },
];

function expectMarginals(problem: FamilyProblem, reader: Reader): void {
  const { family, width } = problem;
  const few = firstRows(problem);
  const turned = Array.from({ length: width }, (_, d) => width - 1 - d);
  const again = scoresOf(reader.marginal(turned), takeColumns(few, turned));
  expectClose(again, scoresOf(reader, few), 1e-9, 'turned scores');
  for (const hidden of integrable(family, width)) {
    const seen = allBut(hidden, width);
    const due = integrals({ family, reader, few, hidden }).map(({ mass }) => Math.log(mass));
    const came = scoresOf(reader.marginal(seen), takeColumns(few, seen));
    expectClose(came, due, 1e-6, `scores without column ${hidden}`);
  }
}

function expectConditionals(problem: FamilyProblem, reader: Reader): void {
  const { family, width } = problem;
  const few = firstRows(problem);
  for (const hidden of integrable(family, width)) {
    const seen = allBut(hidden, width);
    const { intercepts, slopes } = reader.conditional(seen, [hidden]);
    const x = takeColumns(few, seen).data;
    const means = Float64Array.from({ length: ROWS * COMPONENTS }, (_, i) => {
      const [n, k] = [Math.floor(i / COMPONENTS), i % COMPONENTS];
      const own = slopes === null ? null : slopes.length === seen.length ? slopes : slopes.subarray(k * seen.length);
      return seen.reduce((sum, _d, s) => sum + (own?.[s] ?? 0) * x[n * seen.length + s]!, intercepts[k]!);
    });
    const due = integrals({ family, reader, few, hidden }).map(({ mass, first }) => first / mass);
    expectClose(means, due, 1e-5, `means of column ${hidden}`);
  }
}

function firstRows({ x, width }: FamilyProblem): Matrix {
  return { ...x, rows: ROWS, data: x.data.slice(0, ROWS * width) };
}

/** Scores `[N, K]` without weights; a posterior predictive stands on other statistics than the terms of its family. */
function scoresOf(reader: Reader, x: Matrix): ArrayLike<number> {
  const scores = reader.scores();
  return reference(
    scores.terms.map((term) => standStatistics(term, x)),
    scores,
  ).scores.data;
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
  reader,
  few,
  hidden,
}: {
  readonly family: Family;
  readonly reader: Reader;
  readonly few: Matrix;
  readonly hidden: number;
}): { mass: number; first: number }[] {
  const { cols } = few;
  const isBinary = family.columns(cols)[hidden]!.cells === 'binary';
  const nodes = isBinary ? BITS : GRID;

  const totals = Array.from({ length: ROWS * COMPONENTS }, () => ({ mass: 0, first: 0 }));
  for (const { value, weight } of nodes) {
    const data = few.data.map((v, i) => (i % cols === hidden ? value : v));
    const scores = scoresOf(reader, { ...few, data });
    totals.forEach((total, i) => {
      const density = weight * Math.exp(scores[i]!);
      total.mass += density;
      total.first += value * density;
    });
  }
  return totals;
}
