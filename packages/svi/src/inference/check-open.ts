import { fail, show } from '@mixtention/core/base';

const WHERE = 'svi/svi';
const refuse = (name: string, came: unknown, due: string): never =>
  fail(WHERE, 'BAD_OPTION', `${name} is ${show(came)}, ${due} was due`);

type Parts = { readonly [part: string]: unknown };
const isObject = (x: unknown): x is Parts =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x);
const has = (x: unknown, parts: { readonly [part: string]: string }): boolean =>
  isObject(x) && Object.entries(parts).every(([part, type]) => typeof x[part] === type);
const isArrayOf = (x: unknown, size: number): boolean =>
  x instanceof Float64Array && x.length === size && x.every(Number.isFinite);

function isNames(x: unknown): boolean {
  return Array.isArray(x) && x.every((name) => typeof name === 'string');
}

/** What each of these options is held to, and how that is said. */
const due: { readonly [option: string]: readonly [(x: unknown) => boolean, string] } = {
  optimizer: [
    (x) => typeof x === 'string' || has(x, { name: 'string', init: 'function', update: 'function' }),
    'an optimizer or its name',
  ],
  start: [isObject, 'an object of numbers by latent'],
  report: [isNames, 'a list of names of sites'],
  nonCentred: [isNames, 'a list of names of sites'],
  signal: [(x) => has(x, { aborted: 'boolean' }), 'an AbortSignal'],
  stopSignal: [(x) => has(x, { aborted: 'boolean' }), 'an AbortSignal'],
  onStep: [(x) => typeof x === 'function', 'a function'],
  onCheckpoint: [(x) => typeof x === 'function', 'a function'],
  resume: [
    (x) => has(x, { guide: 'string', options: 'object', start: 'object', climb: 'object' }),
    'a checkpoint (of onCheckpoint or decodeSviCheckpoint)',
  ],
};

/**
 * Refuses options without a default that are not of their kind.
 *
 * @throws BAD_OPTION with what came and what was due
 */
export function checkOpen(options: Parts): void {
  for (const [name, [holds, told]] of Object.entries(due))
    if (options[name] !== undefined && !holds(options[name])) refuse(name, options[name], told);
}

/**
 * Refuses what is no normal of so many free numbers, as results tell it.
 *
 * @throws BAD_OPTION with what came and what was due
 */
export function checkAround(where: string, around: unknown, dimension: number): void {
  const { mean, deviations, conditionalDeviations, factor, nonCentred = [] } = (around ?? {}) as Parts;
  const count = (mean as ArrayLike<number> | undefined)?.length;
  if (count !== dimension)
    fail(where, 'BAD_OPTION', `around is of ${show(count)} free numbers, the model has ${dimension}`);
  const isWhole =
    [mean, deviations, conditionalDeviations].every((x) => isArrayOf(x, dimension)) &&
    (factor === null || isArrayOf(factor, dimension * dimension)) &&
    isNames(nonCentred);
  if (!isWhole)
    fail(where, 'BAD_OPTION', 'around is no normal as results tell it: finite mean, deviations and factor were due');
}

/**
 * Refuses options that are given and no lists.
 *
 * @throws BAD_OPTION with what came
 */
export function checkLists(where: string, options: Parts, names: readonly string[]): void {
  for (const name of names)
    if (options[name] !== undefined && !Array.isArray(options[name]))
      fail(where, 'BAD_OPTION', `${name} is ${show(options[name])}, a list was due`);
}
