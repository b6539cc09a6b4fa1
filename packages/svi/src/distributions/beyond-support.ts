import { knownNumbers, type Value } from '../graph/index.ts';
import type { Support } from './distribution.ts';

/** What lies in a support, in words. */
const words: { readonly [kind in Exclude<Support['kind'], 'interval'>]: string } = {
  real: 'any number',
  simplex: 'shares that sum to 1',
  ordered: 'rising numbers',
  choleskyFactor: 'a Cholesky factor',
  correlationFactor: 'a Cholesky factor of correlations',
  positiveDefinite: 'a positive definite matrix',
  whole: 'whole numbers',
  oneHot: 'one 1 among zeros',
  counts: 'counts that sum to a total',
};

/**
 * How draws of one support leave another, in words for messages: what they are, and what was due. Null where they stay in it, or where a bound that would tell is not known before a run.
 */
export function beyondSupport(of: Support, due: Support): { readonly came: string; readonly due: string } | null {
  const told = { came: inWords(of), due: inWords(due) };
  if (due.kind === 'interval') {
    if (of.kind !== 'interval') return due.lower === null && due.upper === null && of.kind === 'real' ? null : told;
    return isBeyond(of.lower, due.lower, (a, b) => a < b) || isBeyond(of.upper, due.upper, (a, b) => a > b)
      ? told
      : null;
  }
  const isReal = due.kind === 'real' && (of.kind === 'interval' || of.kind === 'ordered');
  return of.kind === due.kind || isReal ? null : told;
}

/** Whether one bound lies beyond another somewhere, as far as both are known; no bound lies beyond any. */
function isBeyond(own: Value | null, due: Value | null, beyond: (a: number, b: number) => boolean): boolean {
  if (due === null) return false;
  if (own === null) return true;
  const [a, b] = [knownNumbers(own), knownNumbers(due)];
  if (a === null || b === null) return false;
  const size = Math.max(a.length, b.length);
  if (a.length * b.length !== size && a.length !== b.length) return false;
  return Array.from({ length: size }, (_, i) => beyond(a[i % a.length]!, b[i % b.length]!)).some(Boolean);
}

function inWords(support: Support): string {
  if (support.kind !== 'interval') return words[support.kind];
  const show = (bound: Value | null): string | null => {
    if (bound === null) return null;
    const numbers = knownNumbers(bound);
    return numbers === null || numbers.some((x) => x !== numbers[0]) ? 'a bound' : String(numbers[0]);
  };
  const [lower, upper] = [show(support.lower), show(support.upper)];
  if (lower === null) return upper === null ? 'any number' : `numbers below ${upper}`;
  return upper === null ? `numbers above ${lower}` : `numbers between ${lower} and ${upper}`;
}
