import type { LinearTerm, Scores, Term, WhitenedTerm } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { factorRows, precisionOf } from '@mixtention/core/kernel';

/**
 * Scores multiplied by T, log weights and normalizers included: responsibilities become the power posterior ∝ (π_k p(x | k))^T.
 *
 *     linear T η, T b      whitened √T W, √T c, T b
 *
 * A component that is switched off stays so.
 */
export function temper({ components, bias, terms }: Scores, logitScale: number): Scores {
  if (logitScale === 1) return { components, bias, terms };
  return {
    components,
    bias: bias.map((b) => logitScale * b),
    terms: terms.map((term) => temperTerm(term, logitScale)),
  };
}

function temperTerm(term: Term, logitScale: number): Term {
  if (term.form === 'linear') return { ...term, natural: term.natural.map((h) => logitScale * h) };
  if (term.form === 'student')
    return fail(
      'attention/complete',
      'BAD_OPTION',
      'logitScale needs scores that are linear or whitened, no Student-t',
    );
  const root = Math.sqrt(logitScale);
  return { ...term, factor: term.factor.map((w) => root * w), offset: term.offset.map((c) => root * c) };
}

/**
 * Scores of x_O and x_H together in which the part of x_O, the prior included, is multiplied by T.
 *
 *     T (log π_k + log p(x_O | k)) + log p(x_H | x_O, k)
 *
 * Whitened scores take the columns O first: then the first rows of W see x_O alone and whiten it as its marginal does, and those after them
 * whiten what x_H is given x_O. Linear ones are `s(x) + (T − 1) s(x_O)`: the terms of the marginal once more, times T − 1.
 *
 * @param whole  scores of [x_O, x_H]
 * @param seen   scores of x_O
 * @param width  |O|
 */
export function temperSeen(whole: Scores, seen: Scores, width: number, logitScale: number): Scores {
  const { components } = whole;
  const bias = whole.bias.map((b, k) => (b === Number.NEGATIVE_INFINITY ? b : b + (logitScale - 1) * seen.bias[k]!));
  const whitened = whole.terms.flatMap((term) =>
    term.form === 'whitened' ? [temperRows(term, components, seenOf(term, width), logitScale)] : [],
  );
  return { components, bias, terms: [...whitened, ...besides(whole, seen, logitScale)] };
}

/** How many of a term's columns are among the first `width`, which it must take first. */
function seenOf({ columns, triangular }: WhitenedTerm, width: number): number {
  const count = columns === null ? width : columns.filter((c) => c < width).length;
  if (triangular && (columns === null || columns.slice(0, count).every((c) => c < width))) return count;
  return fail('attention/complete', 'BAD_OPTION', 'logitScale needs whitened scores whose factors are triangular');
}

function temperRows(term: WhitenedTerm, components: number, seen: number, logitScale: number): WhitenedTerm {
  const R = factorRows(term, components);
  const root = Math.sqrt(logitScale);
  const scale = (row: number): number => (row % R < seen ? root : 1);
  return {
    ...term,
    factor: term.factor.map((w, i) => scale(Math.floor(i / term.width)) * w),
    offset: term.offset.map((c, row) => scale(row) * c),
  };
}

/** Linear terms of both side by side. Their biases may cancel where their terms do not, so what precision they need is asked of each. */
function besides(whole: Scores, seen: Scores, logitScale: number): LinearTerm[] {
  const apart = [whole, temper(seen, Math.abs(logitScale - 1))];
  const precision = apart.some((one) => precisionOf(one) === 'float64') ? 'float64' : 'float32';
  const terms = [...whole.terms, ...temper(seen, logitScale - 1).terms];
  return terms.flatMap((term) => (term.form === 'linear' ? [{ ...term, precision } as const] : []));
}
