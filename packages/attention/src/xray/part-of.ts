import type { AttentionPositions } from '../attend/attention-positions.ts';
import type { HeadBias, HeadMask, ScoredHead } from './head.ts';

export type Part = { readonly start: number; readonly count: number };

/** Bias and mask of some queries of a head, as `attend` takes them. */
export function priorOf(
  { bias, mask, q, k }: Pick<ScoredHead, 'bias' | 'mask' | 'q' | 'k'>,
  { start, count }: Part,
): {
  readonly bias?: HeadBias | undefined;
  readonly mask?: Exclude<HeadMask, 'causal'> | undefined;
  readonly positions?: AttentionPositions;
} {
  const part = { start, count };
  if (mask !== 'causal') return { bias: partOf(bias, part), mask: partOf(mask, part) };
  const queries = Float64Array.from({ length: count }, (_, n) => start + n + k.rows - q.rows);
  return { bias: partOf(bias, part), positions: { causal: true, queries } };
}

function partOf<Given extends HeadBias | Exclude<HeadMask, 'causal'> | undefined>(
  given: Given,
  { start, count }: Part,
): Given {
  if (typeof given === 'function') {
    const pair = given as (query: number, key: number) => never;
    return ((query: number, key: number) => pair(start + query, key)) as unknown as Given;
  }
  if (given === undefined || ArrayBuffer.isView(given)) return given;
  const { data, cols } = given as { readonly data: Float64Array; readonly cols: number };
  return { data: data.subarray(start * cols, (start + count) * cols), rows: count, cols } as unknown as Given;
}

/** Whether every query has the same prior over keys. */
export function isShared({ bias, mask }: Pick<ScoredHead, 'bias' | 'mask'>): boolean {
  const same = (given: HeadBias | HeadMask | undefined): boolean => given === undefined || ArrayBuffer.isView(given);
  return same(bias) && same(mask);
}
