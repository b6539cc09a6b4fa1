import { counted, fail } from '@mixtention/core/base';
import type { Head } from './head.ts';
import { headsOf, type XrayInput } from './heads-of.ts';

/** The head of an input that holds one. */
export function oneHead(input: XrayInput, where: string): Head {
  const heads = headsOf(input, where);
  if (heads.length !== 1)
    fail(where, 'BAD_SHAPE', `${counted(heads.length, 'head')} came, one was due: give q, k and v of two dimensions`);
  return heads[0]!.given;
}

export function checkKey(key: number, keys: number, where: string): number {
  if (Number.isInteger(key) && key >= 0 && key < keys) return key;
  return fail(where, 'BAD_OPTION', `key ${key} is not there; keys are counted from 0 to ${keys - 1}`);
}
