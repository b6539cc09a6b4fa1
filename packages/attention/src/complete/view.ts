import type { Backend, Matrix, Reading, ReadOptions, Scores, Statistics } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { openRows } from '@mixtention/core/data';
import { scoresToRead } from '@mixtention/mixture/families';
import type { Space } from '../space.ts';
import { takeColumns } from './columns.ts';
import { temper, temperSeen } from './temper.ts';

/** A mixture seen in some of its columns. Rows go in at full width, in the space of the fit; the other columns are not looked at. */
export type View = {
  /** log π_k + log p(x_O | k) */
  readonly scores: Scores;
  /** As the kernel's `read` of the scores times T: the evidence is their log-sum-exp. In the space of the fit. */
  read(x: Matrix, values: Matrix | null, options?: ReadOptions): Reading;
  /** log p(x_O), `[N]`, whatever T is. */
  logDensity(x: Matrix): Float64Array;
};

type Where = { readonly backend: Backend; readonly logitScale: number };

/**
 * The marginal mixture of some columns, exact: that of the family itself.
 *
 * @param columns  O, ascending; may be empty, then responsibilities are the weights and the evidence is 0
 * @param logitScale  T, which multiplies the scores as they are read
 *
 * Cost: that of the family's `scores` at width |O|: for full covariances one factorisation a component.
 */
export function viewOf(space: Space, columns: Int32Array, { backend, logitScale }: Where): View {
  if (columns.length === 0) return viewOfNothing(space, { backend, logitScale });
  const whole = columns.length === space.width;
  const scores = whole
    ? scoresToRead(space.family, space.params, space.logWeights, space.isFar)
    : marginalScores(space, columns);
  const tempered = temper(scores, logitScale);
  const read = (x: Matrix, by: Scores, values: Matrix | null, options?: ReadOptions): Reading =>
    readOnce(backend, whole ? x : takeColumns(x, columns), by, values, options);
  return {
    scores,
    read: (x, values, options) => read(x, tempered, values, options),
    logDensity: (x) => read(x, scores, null).logEvidence,
  };
}

/**
 * Hidden columns beside seen ones whose scores are multiplied by T: the log evidence that it reads is
 *
 *     log Σₖ exp(T s_k + log p(x_H | x_O, k)),  s_k = log π_k + log p(x_O | k)
 *
 * which exceeds that of the seen columns' own view by log p(x_H | x_O), with responsibilities ∝ exp(T s_k) as weights.
 *
 * @param seen  the view of the observed columns O, of the same T
 */
export function conditionalView(
  space: Space,
  { observed, hidden }: { readonly observed: Int32Array; readonly hidden: Int32Array },
  { backend, logitScale, seen }: Where & { readonly seen: View },
): Pick<View, 'read'> {
  const columns = Int32Array.of(...observed, ...hidden);
  if (logitScale === 1) return viewOf(space, columns.sort(), { backend, logitScale });
  const whole = marginalScores(space, columns);
  const scores = temperSeen(whole, ofFirst(seen.scores, observed.length), observed.length, logitScale);
  return { read: (x, values, options) => readOnce(backend, takeColumns(x, columns), scores, values, options) };
}

/** Scores of some columns, in the order given. */
function marginalScores({ family, params, logWeights, isFar }: Space, columns: Int32Array): Scores {
  if (family.marginal === undefined)
    return fail('attention/complete', 'BAD_OPTION', `the family ${family.spec.name} has no marginals, which it needs`);
  const marginal = family.marginal(params, Array.from(columns));
  return scoresToRead(marginal.family, marginal.params, logWeights, isFar);
}

/** Scores of rows whose first columns are those that they were made for. */
function ofFirst(scores: Scores, width: number): Scores {
  const first = Array.from({ length: width }, (_, i) => i);
  const move = (columns: readonly number[] | null): readonly number[] => columns?.map((c) => first[c]!) ?? first;
  return { ...scores, terms: scores.terms.map((term) => ({ ...term, columns: move(term.columns) })) };
}

/** One `read` of rows that a backend takes in and lets go again. */
export function readOnce(
  backend: Backend,
  x: Matrix,
  scores: Scores,
  values: Matrix | null,
  options?: ReadOptions,
): Reading {
  const rows = openRows(x, backend);
  try {
    return rows.read(scores, values, options);
  } finally {
    rows.release();
  }
}

/** Nothing is seen: a column of zeros stands in, since a kernel needs a width. */
const nothing: Statistics = {
  key: '0',
  squares: 'none',
  width: () => 1,
  statistics: ({ rows }) => ({ data: new Float64Array(rows), rows, cols: 1 }),
  logBaseMeasure: () => null,
};

function viewOfNothing({ logWeights, components }: Space, { backend, logitScale }: Where): View {
  const natural = new Float64Array(components);
  const term = { form: 'linear', statistics: nothing, columns: null, width: 1, natural } as const;
  const scores: Scores = { components, bias: logWeights, terms: [term] };
  const tempered = temper(scores, logitScale);
  return {
    scores,
    read: (x, values, options) => readOnce(backend, x, tempered, values, options),
    logDensity: ({ rows }) => new Float64Array(rows),
  };
}
