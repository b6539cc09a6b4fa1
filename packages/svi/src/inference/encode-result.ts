import type { Tree } from '@mixtention/core';
import { decodeAs, encodeAs, fail, isRecord } from '@mixtention/core/base';
import type { Approximation } from '../report/index.ts';
import type { SviResult } from './svi-result.ts';

const FORMAT = { format: 'mixtention/svi-result', formatVersion: 1 };

/**
 * A result of `svi` or `pathfinder` as text, every bit of it: draws, parameters, numbers that are infinite or none.
 *
 * @throws BAD_MODEL where it would be longer than a text can be
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const text = encodeSviResult(svi(coin, [1, 1, 0, 1]));
 * posteriorPredictive(coin, [0, 0], decodeSviResult(text)).sites.heads.mean[0]; // about 0.54
 */
export function encodeSviResult(result: Approximation): string {
  return encodeAs(FORMAT, result as unknown as { readonly [name: string]: Tree });
}

/**
 * The result that `encodeSviResult` wrote.
 *
 * @throws BAD_MODEL for anything else
 *
 * @example
 * try {
 *   decodeSviResult('{}');
 * } catch (error) {
 *   error.code; // 'BAD_MODEL'
 * }
 */
export function decodeSviResult<Result extends Approximation = SviResult>(text: string): Result {
  const where = 'svi/decodeSviResult';
  const result = decodeAs(where, 'the result', FORMAT, text);
  if (!isRecord(result.draws ?? null) || !isRecord(result.sites ?? null))
    fail(where, 'BAD_MODEL', 'draws or sites of the result are missing, or not what they should be');
  return result as unknown as Result;
}
