import type { Dataset, Source, Table } from '@mixtention/core';
import { checkOptions, counted, countedWas, fail, show, table } from '@mixtention/core/base';
import { isDataset, isList, isSource } from '@mixtention/core/data';
import { isCheckpoint } from './checkpoint.ts';
import { type DriverOptions, driverOptions, type FitInput } from './options.ts';

/**
 * Refuses options and shapes of data that no fit can use; the cells are looked at by the passes over them.
 *
 * @param own  names of options beyond `DriverOptions`
 * @throws BAD_OPTION, BAD_DATA, BAD_SHAPE
 *
 * @example
 * checkDriverOptions('mine/fit', faithful(), { options: { components: 2 }, own: [] }).rows; // 272
 */
export function checkDriverOptions(
  where: string,
  input: FitInput,
  { options, own }: { readonly options: DriverOptions; readonly own: readonly string[] },
): Table | Source | Dataset {
  if (typeof options !== 'object' || options === null)
    fail(where, 'BAD_OPTION', 'options are missing; at least { components } was due');
  checkOptions(where, options, [...driverOptions, ...own]);
  const isReady = isDataset(input);
  const x = isReady || isSource(input) ? input : table(input, where);
  checkHanded(where, options);
  if (isReady) checkReady(where, options);
  checkCount(where, 'components', options.components, 1);
  checkRows(where, x.rows, { ...options, weights: isReady ? input.sides.weights : options.weights });
  checkCount(where, 'screen', options.screen, 0);
  checkCount(where, 'restarts', options.restarts, 1);
  checkCount(where, 'maxIterations', options.maxIterations, 0);
  checkCount(where, 'shardRows', options.shardRows, 1);
  checkNumber(where, 'tolerance', options.tolerance, 0);
  checkNumber(where, 'budgetMs', options.budgetMs, 0, Number.POSITIVE_INFINITY);
  checkNumber(where, 'checkpointEveryMs', options.checkpointEveryMs, 0);
  return x;
}

/**
 * Refuses what is no whole number from `least`.
 *
 * @throws BAD_OPTION, with the name and the value
 *
 * @example
 * checkCount('mine/fit', 'restarts', 3, 1);
 * expect(() => checkCount('mine/fit', 'restarts', 0, 1)).toThrow('restarts is 0, a whole number from 1 was due');
 */
export function checkCount(where: string, name: string, value: number | undefined, least: number): void {
  if (value === undefined && name !== 'components') return;
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a whole number from ${least} was due`);
}

/**
 * Refuses what is no number from `least` to `most`; by default every finite one will do.
 *
 * @throws BAD_OPTION, with the name and the value
 *
 * @example
 * checkNumber('mine/fit', 'tolerance', 1e-6, 0);
 * expect(() => checkNumber('mine/fit', 'tolerance', -1, 0)).toThrow('tolerance is -1, a number from 0 was due');
 */
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
function checkRows(
  where: string,
  rows: number,
  { components, weights }: { readonly components: number; readonly weights?: ArrayLike<number> | null | undefined },
): void {
  let owned = rows;
  if (weights) for (let n = 0; n < weights.length; n++) if (weights[n] === 0) owned--;
  if (components <= owned) return;
  const which = owned < rows ? ' of weight above 0' : '';
  fail(
    where,
    'BAD_OPTION',
    `${countedWas(components, 'component')} asked of ${counted(owned, 'row')}${which}; ask for ${owned} at most`,
  );
}

/** A data set has weights and cuts of its own. */
function checkReady(where: string, { weights, shardRows }: Pick<DriverOptions, 'weights' | 'shardRows'>): void {
  const name = weights !== undefined ? 'weights' : shardRows !== undefined ? 'shardRows' : null;
  if (name !== null)
    fail(where, 'BAD_OPTION', `${name} came with a data set, which was made with its own; give them to dataset()`);
}

/** What is not even of the right kind, as only callers without types can hand it over. */
function checkHanded(where: string, options: DriverOptions): void {
  const { weights, executor, resume } = options;
  const refuse = (name: string, value: unknown, due: string): never =>
    fail(where, 'BAD_OPTION', `${name} is ${show(value)}, ${due} was due`);
  if (weights !== undefined && !isList(weights)) refuse('weights', weights, 'an array of numbers');
  if (executor !== undefined && typeof executor?.collect !== 'function')
    refuse('executor', executor, 'an executor, as inline() or await openExecutor(),');
  for (const name of ['atOnce', 'run'] as const)
    if (executor?.starts !== undefined && typeof executor.starts?.[name] !== 'function')
      refuse(`executor.starts.${name}`, executor.starts?.[name], 'a function');
  for (const name of ['signal', 'stopSignal'] as const)
    if (options[name] !== undefined && typeof options[name]?.aborted !== 'boolean')
      refuse(name, options[name], 'an AbortSignal');
  for (const name of ['onStep', 'onCheckpoint'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function') refuse(name, options[name], 'a function');
  if (resume !== undefined && !isCheckpoint(resume))
    refuse('resume', resume, 'a checkpoint, as onCheckpoint is handed or decodeCheckpoint reads it,');
}
