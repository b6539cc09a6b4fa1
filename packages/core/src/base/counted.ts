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
  const digits = Number.isSafeInteger(n) ? n.toLocaleString('en-US') : String(n);
  return `${digits} ${n === 1 ? singular : plural}`;
}

/**
 * What was due, as a count: `1 cell was due`, `3 cells were due`.
 *
 * @example
 * countedDue(3, 'cell'); // '3 cells were due'
 */
export function countedDue(n: number, singular: string, plural?: string): string {
  return `${counted(n, singular, plural)} ${n === 1 ? 'was' : 'were'} due`;
}
