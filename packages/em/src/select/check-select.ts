import type { Dataset, Source, Table } from '@mixtention/core';
import { checkOptions, fail, lookUp, show, table } from '@mixtention/core/base';
import { dataset, isDataset, isSource } from '@mixtention/core/data';
import type { Covariance } from '@mixtention/mixture';
import { checkCount, checkNumber, type FitInput } from '@mixtention/mixture/fit';
import type { Criterion, HeldOut, SelectOptions } from './types.ts';

export const WHERE: string = 'em/select';

/** Options that go to every fit as they are. */
type Shared =
  | 'family'
  | 'start'
  | 'prior'
  | 'floor'
  | 'screen'
  | 'restarts'
  | 'seed'
  | 'maxIterations'
  | 'tolerance'
  | 'precision'
  | 'signal'
  | 'stopSignal';

const SHARED: readonly Shared[] = [
  'family',
  'start',
  'prior',
  'floor',
  'screen',
  'restarts',
  'seed',
  'maxIterations',
  'tolerance',
  'precision',
  'signal',
  'stopSignal',
];

const OWN = [
  'components',
  'covariance',
  'criterion',
  'heldOut',
  'onFit',
  'weights',
  'executor',
  'shardRows',
  'budgetMs',
] as const satisfies readonly (keyof SelectOptions)[];

/** Folds of a cross-validation, unless said otherwise. */
const FOLDS = 5;

/** What is to be tried, with every default filled in. */
export type Plan = {
  readonly components: readonly number[];
  readonly covariances: readonly (Covariance | null)[];
  readonly criterion: Criterion;
  readonly heldOut: HeldOut | null;
  /** For every fit. */
  readonly shared: Pick<SelectOptions, Shared>;
};

/** Refuses what cannot be tried, and fills in the defaults. */
export function checkSelect(options: SelectOptions): Plan {
  if (typeof options !== 'object' || options === null)
    fail(WHERE, 'BAD_OPTION', 'options are missing; at least { components: [1, 2, 3] } was due');
  checkOptions(WHERE, options, [...SHARED, ...OWN]);
  const { criterion: wanted = 'bic', onFit, prior } = options;
  const criteria = { bic: 'bic', icl: 'icl', aic: 'aic', bound: 'bound', 'held-out': 'held-out' } as const;
  const criterion = lookUp(WHERE, 'criterion', wanted, criteria);
  if (criterion === 'bound' && prior === 'none')
    fail(WHERE, 'BAD_OPTION', 'the criterion "bound" goes with a prior, prior is "none"; "weak" or values were due');
  if (onFit !== undefined && typeof onFit !== 'function')
    fail(WHERE, 'BAD_OPTION', `onFit is ${show(onFit)}, a function was due`);
  const components = listOf('components', options.components, 'numbers of components, as [1, 2, 3],');
  for (const K of components) checkCount(WHERE, 'components', K, 1);
  const given = SHARED.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  checkStart(options, components);
  return {
    components,
    covariances: covariancesOf(options),
    criterion,
    heldOut: heldOutOf(criterion, options.heldOut),
    shared: Object.fromEntries(given),
  };
}

/** The rows, once; every fit shares them. */
export function rowsFor(input: FitInput, { weights, shardRows }: SelectOptions): Dataset {
  if (isDataset(input)) {
    const name = weights !== undefined ? 'weights' : shardRows !== undefined ? 'shardRows' : null;
    if (name === null) return input;
    fail(WHERE, 'BAD_OPTION', `${name} came with a data set, which was made with its own; give them to dataset()`);
  }
  checkCount(WHERE, 'shardRows', shardRows, 1);
  const x: Table | Source = isSource(input) ? input : table(input, WHERE);
  return dataset(x, { weights, shardRows }, WHERE);
}

function listOf<Item>(name: string, list: readonly Item[], due: string): readonly Item[] {
  if (!Array.isArray(list)) return fail(WHERE, 'BAD_OPTION', `${name} is ${show(list)}, a list of ${due} was due`);
  if (list.length === 0) fail(WHERE, 'BAD_OPTION', `${name} is an empty list, a list of ${due} was due`);
  return [...new Set<Item>(list)];
}

function covariancesOf({ family = 'gaussian', covariance }: SelectOptions): readonly (Covariance | null)[] {
  if (covariance !== undefined && family !== 'gaussian')
    fail(WHERE, 'BAD_OPTION', `covariance goes with the family "gaussian" only, the family is ${show(family)}`);
  if (family !== 'gaussian') return [null];
  return covariance === undefined ? ['full'] : listOf('covariance', covariance, 'covariances, as ["full", "tied"],');
}

function heldOutOf(criterion: Criterion, heldOut: HeldOut | undefined): HeldOut | null {
  if (criterion !== 'held-out') {
    if (heldOut !== undefined)
      fail(WHERE, 'BAD_OPTION', `heldOut goes with the criterion "held-out", the criterion is "${criterion}"`);
    return null;
  }
  if (heldOut === undefined) return { folds: FOLDS };
  if (typeof heldOut !== 'object' || heldOut === null || 'folds' in heldOut === 'share' in heldOut)
    return fail(WHERE, 'BAD_OPTION', `heldOut is ${show(heldOut)}, { folds: 5 } or { share: 0.2 } was due`);
  if ('folds' in heldOut) checkCount(WHERE, 'heldOut.folds', heldOut.folds, 2);
  else {
    checkNumber(WHERE, 'heldOut.share', heldOut.share, 0, 1);
    if (heldOut.share === 0 || heldOut.share === 1)
      fail(WHERE, 'BAD_OPTION', `heldOut.share is ${heldOut.share}, a number between 0 and 1 was due`);
  }
  return heldOut;
}

/** Values of a start are of one number of components. */
function checkStart({ start }: SelectOptions, components: readonly number[]): void {
  if (start === undefined || typeof start === 'string' || components.length === 1) return;
  fail(WHERE, 'BAD_OPTION', 'start holds the values of one number of components; a method, as "k-means++", was due');
}
