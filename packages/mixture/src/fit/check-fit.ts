import type { Dataset, Family, Table } from '@mixtention/core';
import { checkOptions, fail, isSpec, lookUp, show, table } from '@mixtention/core/base';
import { isDataset, isList } from '@mixtention/core/data';
import { standWidth, sumsLength } from '@mixtention/core/kernel';
import { type GaussianCovariance, gaussian, simpleFamilies } from '../families/index.ts';
import type { Covariance, FitInput, FitMethod, FitOptions } from './types.ts';

const KNOWN = [
  'components',
  'family',
  'covariance',
  'start',
  'screen',
  'restarts',
  'seed',
  'maxIterations',
  'tolerance',
  'weights',
  'prior',
  'floor',
  'executor',
  'shardRows',
  'signal',
  'budgetMs',
  'onStep',
] as const satisfies readonly (keyof FitOptions)[];

/** Sufficient statistics of all components: 4 GiB of float64, and a fit holds several such arrays. */
const MOST_STATISTICS = 2 ** 29;

/** What fits and models call of a family. */
const CALLED = [
  'terms',
  'checkSupport',
  'scores',
  'startAt',
  'estimate',
  'sample',
  'freeParameters',
  'unscale',
  'rescale',
  'describe',
  'fromDescription',
  'select',
  'shape',
] as const satisfies readonly (keyof Family)[];

const CALLED_OF_PRIOR = [
  'weak',
  'describe',
  'posterior',
  'mode',
  'logDensity',
  'expectedScores',
  'divergence',
  'evidence',
  'sample',
  'select',
  'shape',
  'posteriorShape',
] as const satisfies readonly (keyof Family['prior'])[];

/** mclust's three letters beside the words. */
const COVARIANCES: { readonly [C in Covariance]: GaussianCovariance } = {
  full: 'full',
  tied: 'tied',
  diagonal: 'diagonal',
  spherical: 'spherical',
  VVV: 'full',
  EEE: 'tied',
  VVI: 'diagonal',
  VII: 'spherical',
};

/** Refuses options and shapes of data that a fit cannot use; the cells are looked at by the passes over them. */
export function checkFit(
  input: FitInput,
  options: FitOptions,
  { where, ownOptions = [] }: Pick<FitMethod, 'where' | 'ownOptions'>,
): { readonly x: Table | Dataset; readonly family: Family } {
  if (typeof options !== 'object' || options === null)
    fail(where, 'BAD_OPTION', 'options are missing; at least { components } was due');
  checkOptions(where, options, [...KNOWN, ...ownOptions]);
  const family = chooseFamily(options, where);
  const isReady = isDataset(input);
  const x = isReady ? input : table(input, where);
  checkHanded(where, options);
  if (isReady) checkReady(where, options);
  checkCount(where, 'components', options.components, 1);
  checkRows(where, x.rows, { ...options, weights: isReady ? input.sides.weights : options.weights });
  checkSize(where, family, 'cols' in x ? x.cols : x.width, options.components);
  checkNumbers(where, options);
  return { x, family };
}

/** Refuses what is no whole number from `least`. */
export function checkCount(where: string, name: string, value: number | undefined, least: number): void {
  if (value === undefined && name !== 'components') return;
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a whole number from ${least} was due`);
}

/** Refuses what is no number from `least` to `most`; by default every finite one will do. */
export function checkNumber(
  where: string,
  name: string,
  value: number | undefined,
  least: number,
  most: number = Number.MAX_VALUE,
): void {
  if (value === undefined) return;
  if (typeof value === 'number' && value >= least && value <= most) return;
  const due = value === Number.POSITIVE_INFINITY ? 'a finite number' : 'a number';
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, ${due} from ${least} was due`);
}

/** Refuses more components than rows that weigh anything. */
export function checkRows(
  where: string,
  rows: number,
  { components, weights }: { readonly components: number; readonly weights?: ArrayLike<number> | null | undefined },
): void {
  let owned = rows;
  if (weights) for (let n = 0; n < weights.length; n++) if (weights[n] === 0) owned--;
  if (components <= owned) return;
  const which = owned < rows ? ' of weight above 0' : '';
  fail(where, 'BAD_OPTION', `${components} components were asked of ${owned} rows${which}; ask for ${owned} at most`);
}

/** A data set has weights and cuts of its own. */
export function checkReady(where: string, { weights, shardRows }: Pick<FitOptions, 'weights' | 'shardRows'>): void {
  const name = weights !== undefined ? 'weights' : shardRows !== undefined ? 'shardRows' : null;
  if (name !== null)
    fail(where, 'BAD_OPTION', `${name} came with a data set, which was made with its own; give them to dataset()`);
}

/** What is not even of the right kind, as only callers without types can hand it over. */
function checkHanded(where: string, { weights, executor, signal, onStep }: FitOptions): void {
  const refuse = (name: string, value: unknown, due: string): never =>
    fail(where, 'BAD_OPTION', `${name} is ${show(value)}, ${due} was due`);
  if (weights !== undefined && !isList(weights)) refuse('weights', weights, 'an array of numbers');
  if (executor !== undefined && typeof executor?.collect !== 'function')
    refuse('executor', executor, 'an executor, as inline() or await openExecutor(),');
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') refuse('signal', signal, 'an AbortSignal');
  if (onStep !== undefined && typeof onStep !== 'function') refuse('onStep', onStep, 'a function');
}

function checkSize(where: string, family: Family, columns: number, components: number): void {
  const numbers = family
    .terms(columns)
    .reduce((sum, stand) => sum + sumsLength(stand.statistics.squares, standWidth(stand, columns), components), 0);
  if (numbers <= MOST_STATISTICS) return;
  const size = `${components} components of ${family.spec.name} over ${columns} columns`;
  fail(
    where,
    'BAD_OPTION',
    `${size} take ${numbers} statistics, ${MOST_STATISTICS} at most were due; ask for fewer components or a simpler covariance`,
  );
}

function checkNumbers(where: string, options: FitOptions): void {
  checkCount(where, 'screen', options.screen, 0);
  checkCount(where, 'restarts', options.restarts, 1);
  checkCount(where, 'maxIterations', options.maxIterations, 0);
  checkCount(where, 'shardRows', options.shardRows, 1);
  checkNumber(where, 'tolerance', options.tolerance, 0);
  checkNumber(where, 'floor', options.floor, 0);
  checkNumber(where, 'budgetMs', options.budgetMs, 0, Number.POSITIVE_INFINITY);
}

function chooseFamily({ family = 'gaussian', covariance }: FitOptions, where: string): Family {
  if (covariance !== undefined && family !== 'gaussian') {
    fail(
      where,
      'BAD_OPTION',
      `covariance goes with the family "gaussian" only, the family is ${show(typeof family === 'object' && family !== null ? family.spec?.name : family)}`,
    );
  }
  if (typeof family === 'object' && family !== null) return checkFamily(where, family);
  if (family === 'gaussian') return gaussian(lookUp(where, 'covariance', covariance ?? 'full', COVARIANCES));
  return lookUp<Family>(where, 'family', family, { ...simpleFamilies, gaussian: gaussian() });
}

/** A family object may come from a caller without types. */
function checkFamily(where: string, family: Family): Family {
  const named = [
    ...CALLED.map((name) => [name, family[name]] as const),
    ...CALLED_OF_PRIOR.map((name) => [`prior.${name}`, family.prior?.[name]] as const),
  ];
  for (const [name, value] of named)
    if (typeof value !== 'function') fail(where, 'BAD_OPTION', `family.${name} is ${show(value)}, a function was due`);
  if (!isSpec(family.spec) || family.spec.kind !== 'family')
    fail(where, 'BAD_OPTION', `family.spec is ${show(family.spec)}, the spec of a family was due`);
  return family;
}
