import type { ConjugateFamily, Dataset, Family, Source, Table } from '@mixtention/core';
import { counted, fail, isSpec, lookUp, show } from '@mixtention/core/base';
import { standWidth, sumsLength } from '@mixtention/core/kernel';
import { type GaussianCovariance, gaussian, simpleFamilies } from '../families/index.ts';
import { checkDriverOptions, checkNumber } from './driver/check-options.ts';
import { fitDefaults } from './driver/defaults.ts';
import { type DriverOptions, type FitInput, settle } from './driver/options.ts';
import type { Covariance, FitMethod, FitOptions, SettledFit } from './types.ts';

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

/** And of its prior, where it has one. */
const CALLED_OF_PRIOR = [
  'weak',
  'describe',
  'posterior',
  'mode',
  'mean',
  'logDensity',
  'expectedScores',
  'divergence',
  'evidence',
  'sample',
  'select',
  'shape',
  'posteriorShape',
] as const satisfies readonly (keyof ConjugateFamily['prior'])[];

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

const OWN = ['family', 'covariance', 'start', 'prior', 'floor'] as const satisfies readonly Exclude<
  keyof FitOptions,
  keyof DriverOptions
>[];

/**
 * Refuses options and shapes of data that a fit cannot use, and fills in the defaults; the cells are looked at by the passes over them.
 *
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE, UNKNOWN_NAME
 *
 * @example
 * const { options } = checkFit(faithful(), { components: 2 }, { where: 'mine/fit' });
 * options.start; // 'k-means++'
 * options.family.spec.name; // 'gaussian-full'
 */
export function checkFit(
  input: FitInput,
  options: FitOptions,
  { where, ownOptions = [], defaults }: Pick<FitMethod, 'where' | 'ownOptions' | 'defaults'>,
): { readonly x: Table | Source | Dataset; readonly options: SettledFit } {
  const x = checkDriverOptions(where, input, { options, own: [...OWN, ...ownOptions] });
  checkNumber(where, 'floor', options.floor, 0);
  const family = chooseFamily(options, where);
  checkSize(where, family, 'cols' in x ? x.cols : x.width, options.components);
  const { start = fitDefaults.start, floor = fitDefaults.floor, prior } = options;
  return { x, options: { ...settle(options, defaults), family, start, floor, ...(prior !== undefined && { prior }) } };
}

function checkSize(where: string, family: Family, columns: number, components: number): void {
  const numbers = family
    .terms(columns)
    .reduce((sum, stand) => sum + sumsLength(stand.statistics.squares, standWidth(stand, columns), components), 0);
  if (numbers <= MOST_STATISTICS) return;
  const size = `${counted(components, 'component')} of ${family.spec.name} over ${counted(columns, 'column')}`;
  fail(
    where,
    'BAD_OPTION',
    `${size} take ${counted(numbers, 'statistic')}, ${MOST_STATISTICS} at most were due; ask for fewer components or a simpler covariance`,
  );
}

function chooseFamily({ family = fitDefaults.family, covariance }: FitOptions, where: string): Family {
  if (covariance !== undefined && family !== 'gaussian') {
    fail(
      where,
      'BAD_OPTION',
      `covariance goes with the family "gaussian" only, the family is ${show(typeof family === 'object' && family !== null ? family.spec?.name : family)}`,
    );
  }
  if (typeof family === 'object' && family !== null) return checkFamily(where, family);
  if (family === 'gaussian')
    return gaussian(lookUp(where, 'covariance', covariance ?? fitDefaults.covariance, COVARIANCES));
  return lookUp<Family>(where, 'family', family, { ...simpleFamilies, gaussian: gaussian() });
}

/** A family object may come from a caller without types. */
function checkFamily(where: string, family: Family): Family {
  const named = [
    ...CALLED.map((name) => [name, family[name]] as const),
    ...(family.prior === undefined
      ? []
      : CALLED_OF_PRIOR.map((name) => [`prior.${name}`, family.prior?.[name]] as const)),
  ];
  for (const [name, value] of named)
    if (typeof value !== 'function') fail(where, 'BAD_OPTION', `family.${name} is ${show(value)}, a function was due`);
  if (!isSpec(family.spec) || family.spec.kind !== 'family')
    fail(where, 'BAD_OPTION', `family.spec is ${show(family.spec)}, the spec of a family was due`);
  return family;
}
