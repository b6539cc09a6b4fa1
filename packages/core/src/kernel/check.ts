import { counted } from '../base/counted.ts';
import { fail } from '../base/errors.ts';
import type { Accumulation, Rows, Scores, StudentTerm, Term, WhitenedTerm } from '../contracts/index.ts';

/**
 * R: rows of a whitening factor.
 *
 * @example
 * factorRows({ offset: new Float64Array(6) }, 2); // 3
 */
export function factorRows({ offset }: WhitenedTerm | StudentTerm, components: number): number {
  return offset.length / components;
}

/**
 * Whether one factor `[R, C]` serves all K components, whose offsets are `[K, R]`; of one component it is false.
 *
 * @example
 * isShared({ factor: new Float64Array(9), offset: new Float64Array(6), width: 3 }, 2); // true
 * isShared({ factor: new Float64Array(18), offset: new Float64Array(6), width: 3 }, 2); // false
 */
export function isShared({ factor, offset, width }: WhitenedTerm | StudentTerm, components: number): boolean {
  return components > 1 && factor.length === (offset.length / components) * width;
}

/**
 * Whether each row of the factor has a Student-t of its own.
 *
 * @example
 * isPerColumn({ degrees: new Float64Array(2) }, 2); // false
 * isPerColumn({ degrees: new Float64Array(6) }, 2); // true
 */
export function isPerColumn({ degrees }: StudentTerm, components: number): boolean {
  return degrees.length > components;
}

/** Refuses scores that tell nothing of sums: a Student-t is no exponential family, so its rows have no sufficient statistics. */
export function checkWritable(where: string, { terms }: Scores): void {
  const t = terms.findIndex(({ form }) => form === 'student');
  if (t >= 0)
    fail(
      where,
      'BAD_OPTION',
      `term ${t} (counted from 0) is a Student-t, which can only be read: it has no sufficient statistics`,
    );
}

/** Refuses rows that are not those of the stands. */
export function checkAccumulation(where: string, rows: readonly Rows[], { components, stands }: Accumulation): void {
  if (!(Number.isSafeInteger(components) && components > 0))
    fail(where, 'BAD_SHAPE', `${counted(components, 'component')} came, a whole number above 0 was due`);
  if (stands.length === 0 || rows.length !== stands.length)
    fail(where, 'BAD_SHAPE', `${rows.length} sets of rows came for ${stands.length} stands, one for each was due`);
  checkSameRows(where, rows);
}

function checkSameRows(where: string, rows: readonly Rows[]): void {
  const t = rows.findIndex((own) => own.rows !== rows[0]!.rows);
  if (t >= 0)
    fail(
      where,
      'BAD_SHAPE',
      `${counted(rows[t]!.rows, 'row')} came for term ${t} (counted from 0), ${rows[0]!.rows} for term 0`,
    );
}

/** Refuses scores and rows that do not fit each other. */
export function checkScores(where: string, rows: readonly Rows[], scores: Scores): void {
  const { components: K, terms, bias } = scores;
  if (bias.length !== K)
    fail(where, 'BAD_SHAPE', `${counted(bias.length, 'bias', 'biases')} came with ${counted(K, 'component')}`);
  if (terms.length === 0 || rows.length !== terms.length)
    fail(
      where,
      'BAD_SHAPE',
      `${rows.length} sets of rows came for ${counted(terms.length, 'term')}, one for each was due`,
    );
  checkSameRows(where, rows);
  terms.forEach((term, t) => {
    if (rows[t]!.cols !== term.width)
      fail(where, 'BAD_SHAPE', `the scores have width ${term.width}, the rows have ${rows[t]!.cols}`);
    checkTerm(where, term, K);
  });
}

function checkTerm(where: string, term: Term, K: number): void {
  const { width: C } = term;
  if (term.form === 'linear') {
    const { length } = term.natural;
    if (length !== K * C)
      fail(where, 'BAD_SHAPE', `${length} natural parameters came, components × width needs ${K * C}`);
    return;
  }
  const R = factorRows(term, K);
  const { length } = term.factor;
  if (!Number.isInteger(R))
    fail(where, 'BAD_SHAPE', `${counted(term.offset.length, 'offset')} came with ${counted(K, 'component')}`);
  if (length !== K * R * C && length !== R * C)
    fail(
      where,
      'BAD_SHAPE',
      `a factor of ${counted(length, 'number')} came, components × rows × width needs ${K * R * C}`,
    );
  if (term.triangular && R !== C)
    fail(
      where,
      'BAD_SHAPE',
      `a triangular factor has ${counted(R, 'row')} and ${counted(C, 'column')}, as many of both were due`,
    );
  if (term.form === 'student') checkStudent(where, term, K, R);
}

function checkStudent(where: string, { scale, degrees }: StudentTerm, K: number, R: number): void {
  if (scale.length !== degrees.length || (degrees.length !== K && degrees.length !== K * R))
    fail(
      where,
      'BAD_SHAPE',
      `${scale.length} scales and ${counted(degrees.length, 'degree')} came, ${K} or ${K * R} of both were due`,
    );
}
