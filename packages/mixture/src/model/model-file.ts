import type { Density, Tree } from '@mixtention/core';
import {
  counted,
  decodeTree,
  encodeTree,
  fail,
  findMisshapen,
  findWrongArray,
  isNamedSpec,
  isRecord,
  namesOf,
  show,
} from '@mixtention/core/base';
import { buildNamed, type Tables } from '@mixtention/core/loop';
import { findWrong } from './find-wrong.ts';
import type { MixtureParts } from './mixture-parts.ts';

/** What a model file says of itself. */
const FORMAT = 'mixtention/mixture';
const VERSION = 2;
const WHERE = 'mixture/fromJSON';

type Complete = Required<MixtureParts> & { readonly components: number; readonly width: number };

/** A model as a plain object for `JSON.stringify`; arrays are base64 of float64, so that every bit survives. */
export function encodeModel({ family, components, width, logWeights, params, transform, columns }: Complete): object {
  const record = {
    format: FORMAT,
    formatVersion: VERSION,
    family: namesOf(family.spec),
    components,
    width,
    ...(columns && { columns }),
    logWeights,
    params,
    transform,
  };
  return JSON.parse(encodeTree(record)) as object;
}

/**
 * The parts of the model that `encodeModel` wrote, every one checked: a file may come from anywhere.
 *
 * @param value  the object, or its text, of this version or of version 1, whose family is a name alone
 * @param tables  where names are looked up
 * @throws BAD_MODEL, or UNKNOWN_NAME for a family that is not known
 */
export function decodeModel(value: unknown, tables: Tables): Required<MixtureParts> {
  const tree = decodeTree(typeof value === 'string' ? value : textOf(value));
  const record = recordOf(tree, 'the model');
  if (record.format !== FORMAT) refuse(`format is ${show(record.format)}, "${FORMAT}" was due`);
  const { formatVersion: version } = record;
  if (version !== 1 && version !== VERSION)
    refuse(`formatVersion is ${show(version)}, this version of mixtention reads 1 to ${VERSION}`);
  const family = familyOf(
    version === 1 ? { kind: 'family', name: record.family!, config: null } : record.family,
    tables,
  );
  const components = countOf(record.components, 'components');
  const width = countOf(record.width, 'width');
  const logWeights = arrayOf(record.logWeights, components, 'logWeights');
  checkWeights(logWeights);
  const center = arrayOf(recordOf(record.transform, 'transform').center, width, 'transform.center');
  const scale = arrayOf(recordOf(record.transform, 'transform').scale, width, 'transform.scale');
  if (!center.every(Number.isFinite) || !scale.every((s) => s > 0 && s < Number.POSITIVE_INFINITY))
    refuse('the transform is not finite and positive');
  const params = paramsOf(record.params, family, components, width);
  const parts = { family, logWeights, params, transform: { center, scale }, columns: columnsOf(record.columns, width) };
  const wrong = findWrong(parts);
  if (wrong !== null) refuse(wrong);
  return parts;
}

function textOf(value: unknown): string {
  try {
    return encodeTree(value as Tree);
  } catch (cause) {
    return fail(WHERE, 'BAD_MODEL', `the model is ${show(value)} that JSON cannot hold, a plain object was due`, cause);
  }
}

function paramsOf(params: Tree | undefined, family: Density, components: number, width: number): Tree {
  const given = recordOf(params, 'params');
  const wrong = findMisshapen(given, family.shape(components, width), 'params');
  if (wrong !== null) refuse(wrong);
  return given;
}

/** Files of before names were kept have none. */
function columnsOf(value: Tree | undefined, width: number): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.length === width && value.every((name) => typeof name === 'string')) return value;
  return refuse(`columns are ${show(value)}, the names of ${counted(width, 'column')} were due`);
}

function checkWeights(logWeights: Float64Array): void {
  const sum = logWeights.reduce((total, l) => total + Math.exp(l), 0);
  if (!(Math.abs(sum - 1) <= 1e-6)) refuse(`the weights sum to ${sum}, 1 was due`);
}

function familyOf(named: Tree | undefined, tables: Tables): Density {
  if (!isNamedSpec(named) || named.kind !== 'family')
    return refuse(`family is ${show(named)}, the kind "family", a name and a config were due`);
  return buildNamed(named, tables) as Density;
}

function countOf(value: Tree | undefined, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    refuse(`${name} is ${show(value)}, a whole number from 1 was due`);
  return value as number;
}

function arrayOf(value: Tree | undefined, length: number, name: string): Float64Array {
  const wrong = findWrongArray(value, length, name);
  if (wrong !== null) refuse(wrong);
  return value as Float64Array;
}

function recordOf(value: Tree | undefined, name: string): { readonly [key: string]: Tree } {
  if (value === undefined || !isRecord(value)) return refuse(`${name} is ${show(value)}, an object was due`);
  return value;
}

function refuse(message: string): never {
  return fail(WHERE, 'BAD_MODEL', message);
}
