/** What every package is written with: errors in one sentence, checks of options and matrices, plain data as trees. */

export { alignColumns, checkColumns, checkWidth, columnLabel, columnOrder, takeColumns } from './columns.ts';
export { counted, countedWas, numbered, wasOrWere } from './counted.ts';
export { checkOptions, errorFrom, fail, lookUp, nearest, show } from './errors.ts';
export { findMisshapen, findWrongArray } from './find-misshapen.ts';
export { decodeAs, encodeAs, type TextFormat } from './format.ts';
export { checkFinite, rowsOf, takeRows } from './matrix.ts';
export { memoize } from './memoize.ts';
export { priorOf } from './prior-of.ts';
export { seal, unseal } from './seal.ts';
export { isNamedSpec, isSameName, isSpec, mapSpecs, type NamedSpec, namesOf, specOf, textOf } from './specs.ts';
export { table } from './table.ts';
export { totalOf } from './total-of.ts';
export { addTrees, copyTree, decodeTree, encodeTree, isHealthy, isRecord, mapArrays, treeBytes } from './tree.ts';
