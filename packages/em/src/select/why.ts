import { counted } from '@mixtention/core/base';
import type { Criterion, SelectRow } from './types.ts';

const NAMES: { readonly [C in Criterion]: string } = {
  bic: 'BIC',
  icl: 'ICL',
  aic: 'AIC',
  bound: 'bound on the log evidence',
  'held-out': 'held-out log density a row',
};

/** What rows are ordered by: the criterion, so that smaller is better. */
export function costOf(row: SelectRow, criterion: Criterion): number {
  if (criterion === 'held-out') return -(row.heldOut ?? Number.NEGATIVE_INFINITY);
  if (criterion === 'bound') return -(row.bound ?? Number.NEGATIVE_INFINITY);
  return row[criterion];
}

/** Whether more is better. */
function isHighest(criterion: Criterion): boolean {
  return criterion === 'held-out' || criterion === 'bound';
}

/** Rows from the best on; sound mixtures before degenerate ones. */
export function ranked(table: readonly SelectRow[], criterion: Criterion): SelectRow[] {
  const value = (row: SelectRow): number => {
    const cost = costOf(row, criterion);
    return Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost;
  };
  const trouble = ({ status, isDegenerate }: SelectRow): number => (status === 'diverged' ? 2 : isDegenerate ? 1 : 0);
  return [...table].sort((a, b) => trouble(a) - trouble(b) || (value(a) === value(b) ? 0 : value(a) - value(b)));
}

/** Why the first of some rows in their order was chosen. */
export function whyOf(order: readonly SelectRow[], criterion: Criterion, what: 'fits' | 'mixtures' = 'fits'): string {
  const [best, next] = order as [SelectRow, SelectRow | undefined];
  const shown = (row: SelectRow): string => shownValue(row, criterion);
  const way = isHighest(criterion) ? 'highest' : 'lowest';
  const sound = order.filter(({ isDegenerate, status }) => !isDegenerate && status !== 'diverged');
  const rest = order.length - sound.length;
  const first = `${nameOf(best)} has the ${way} ${NAMES[criterion]}, ${shown(best)}`;
  const second =
    next === undefined
      ? ', of one fit'
      : `, of ${order.length} ${what}; the next best, ${nameOf(next)}, has ${shown(next)}`;
  const parts = [`${first}${second}.`];
  if (order.some(({ logSymmetricModes = 0 }) => logSymmetricModes > 0))
    parts.push(
      'Bounds hold log K!: the K! orders of the components are modes alike, those of components without rows aside.',
    );
  if (rest === order.length) parts.push('Every fit has degenerate components: use fewer, a prior, or a higher floor.');
  else if (rest > 0)
    parts.push(`${rest === 1 ? `One of the ${what}` : `${rest} ${what}`} with degenerate components came last.`);
  const most = Math.max(...order.map(({ components }) => components));
  if (best.components === most && most > 1 && order.length > 1)
    parts.push(`No more than ${most} components were tried: more may be better.`);
  return parts.join(' ');
}

function nameOf({ components, covariance }: SelectRow): string {
  const count = counted(components, 'component');
  if (covariance === null) return count;
  return `${count} with ${covariance} covariance${components === 1 ? '' : 's'}`;
}

function shownValue(row: SelectRow, criterion: Criterion): string {
  const cost = costOf(row, criterion);
  return criterion === 'held-out' ? (-cost).toFixed(4) : (isHighest(criterion) ? -cost : cost).toFixed(2);
}
