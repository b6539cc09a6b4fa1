import { fail } from '../base/errors.ts';
import { isSpec } from '../base/specs.ts';
import type { Source, SpecSource } from '../contracts/index.ts';

/** Of each place that this thread knows, who reads there. */
const readers = new WeakMap<SpecSource, Source>();

/**
 * True for what reads rows by itself: it has the spec of a source.
 *
 * @example
 * isSource(faithful()); // false: rows in memory
 */
export function isSource(value: unknown): value is Source {
  const source = value as Partial<Source> | null;
  return (
    typeof source === 'object' &&
    source !== null &&
    isSpec(source.spec) &&
    source.spec.kind === 'source' &&
    typeof source.read === 'function'
  );
}

/**
 * Says who reads the rows of a data set in this thread: what an executor elsewhere does with the place that came with the data, once it has built the
 * source that the spec of the place names.
 *
 * @param place  `source` of a data set, whose kind is `spec`; it is known by identity, so a copy has to be told anew
 *
 * @example
 * await writeFileAtomic('large.npy', writeNpy({ data: Float64Array.of(1, 2, 3, 4), rows: 2, cols: 2 }));
 * const source = await openSource('large.npy');
 * const { source: place } = structuredClone(dataset(source));
 * if (place.kind === 'spec') bindSource(place, source);
 */
export function bindSource(place: SpecSource, source: Source): void {
  readers.set(place, source);
}

/** Who reads there; a copy of a data set that this thread has made itself has nobody. */
export function sourceAt(place: SpecSource): Source {
  const source = readers.get(place);
  if (source !== undefined) return source;
  const what = `rows of the source "${place.spec.name}" are asked for that nobody has opened in this thread`;
  return fail('core/dataset', 'BAD_DATA', `${what}; a data set of a file, not a copy of one, was due`);
}
