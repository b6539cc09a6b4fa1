import type { Precision, Scores, WriteOptions, Written } from '../contracts/index.ts';
import { sumsLength } from './statistics.ts';

/** What `write` adds the tiles of its rows to. */
export type WrittenTotal = { -readonly [name in keyof Written]: Written[name] };

/** `write` of no rows. */
export function emptyWritten(
  { components: K, terms }: Scores,
  { entropy }: WriteOptions,
  precision: Precision,
): WrittenTotal {
  return {
    counts: new Float64Array(K),
    sums: terms.map(({ statistics, width }) => new Float64Array(sumsLength(statistics.squares, width, K))),
    logEvidence: 0,
    logMaxResponsibility: 0,
    ...(entropy && { entropy: 0 }),
    weight: 0,
    orphans: 0,
    precision,
  };
}
