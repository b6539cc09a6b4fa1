/**
 * A count in words: `1 row`, `1,000 rows`.
 *
 * @param plural  where it is not the singular with an s
 *
 * @example
 * counted(1, 'row'); // '1 row'
 * counted(1000, 'query', 'queries'); // '1,000 queries'
 */
export function counted(n: number, singular: string, plural: string = `${singular}s`): string {
  // Fractions keep their digits.
  const digits = Number.isInteger(n) ? n.toLocaleString('en-US') : String(n);
  return `${digits} ${n === 1 ? singular : plural}`;
}

/**
 * A count with its verb: `1 cell was`, `3 cells were`.
 *
 * @example
 * `${countedWas(3, 'cell')} due`; // '3 cells were due'
 */
export function countedWas(n: number, singular: string, plural?: string): string {
  return `${counted(n, singular, plural)} ${wasOrWere(n)}`;
}

/**
 * The verb of a count whose noun was said before: `3 were`, `1 was`.
 *
 * @example
 * const due = 1;
 * `3 numbers came, ${due} ${wasOrWere(due)} due`; // '3 numbers came, 1 was due'
 */
export function wasOrWere(n: number): string {
  return n === 1 ? 'was' : 'were';
}

/**
 * Things by their numbers: `component 1`, `rows 0, 4`.
 *
 * @example
 * numbered([0, 4], 'row'); // 'rows 0, 4'
 */
export function numbered(numbers: readonly number[], singular: string): string {
  return `${singular}${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`;
}
