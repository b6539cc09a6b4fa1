import { counted } from './counted.ts';
/** Codes are stable: a program may branch on them; the message is for people. */
export type ErrorCode =
  | 'ABORTED'
  | 'BACKEND_UNAVAILABLE'
  | 'BAD_DATA'
  | 'BAD_MODEL'
  | 'BAD_OPTION'
  | 'BAD_SHAPE'
  | 'NOT_FINITE'
  | 'TASK'
  | 'TOO_LARGE'
  | 'UNKNOWN_NAME'
  | 'WORKER_LOST';

/**
 * Every error that mixtention throws on purpose: one sentence for people, one stable code for programs.
 *
 * @example
 * try {
 *   matrix([[1, 2], [3]]);
 * } catch (error) {
 *   error.code; // 'BAD_SHAPE'
 * }
 */
export class MixtentionError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MixtentionError';
    this.code = code;
  }
}

/**
 * Throws a `MixtentionError` that reads "[package] function: what came, what was due".
 *
 * @param where  package and function, as `core/write`
 * @param code   stable code
 * @param message  what came, what was due, where
 *
 * @example
 * expect(() => fail('mine/fit', 'BAD_OPTION', 'components is 0, a whole number from 1 was due')).toThrow('[mine] fit: components is 0');
 */
export function fail(where: string, code: ErrorCode, message: string, cause?: unknown): never {
  const [name, ...rest] = where.split('/');
  const options = cause === undefined ? undefined : { cause };
  throw new MixtentionError(code, `[${name}] ${rest.join('/')}: ${message}`, options);
}

/**
 * Whatever was thrown, as an error: code that is not ours may throw anything.
 *
 * @example
 * errorFrom('no room').message; // 'no room'
 */
export function errorFrom(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * The nearest of `names` to what was typed, for "did you mean"; null when nothing is near.
 *
 * @example
 * nearest('gausian', ['gaussian', 'bernoulli']); // 'gaussian'
 */
export function nearest(typed: string, names: readonly string[]): string | null {
  const same = names.find((name) => name.toLowerCase() === typed.toLowerCase());
  if (same !== undefined) return same;
  const begun = names.find((name) => typed.length > 2 && name.toLowerCase().startsWith(typed.toLowerCase()));
  if (begun !== undefined) return begun;
  const scored = names.map((name) => ({ name, distance: editDistance(typed.toLowerCase(), name.toLowerCase()) }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(Math.min(2, best.name.length / 2), best.name.length / 3)
    ? best.name
    : null;
}

/**
 * The entry of a table by name.
 *
 * @param where  for messages: package/function
 * @param what   what the names stand for, as `family`
 * @throws UNKNOWN_NAME with the nearest known name
 *
 * @example
 * lookUp('mine/fit', 'method', 'fast', { fast: 1, slow: 2 }); // 1
 */
export function lookUp<Value>(
  where: string,
  what: string,
  name: unknown,
  table: { readonly [name: string]: Value },
): Value {
  if (typeof name === 'string' && Object.hasOwn(table, name)) return table[name]!;
  const names = Object.keys(table);
  const near = nearest(String(name), names);
  return fail(
    where,
    'UNKNOWN_NAME',
    `unknown ${what} ${show(name)}${near ? `, did you mean "${near}"?` : `; known are ${names.join(', ')}`}`,
  );
}

/**
 * A value as messages name it: text between quotes, arrays and objects by their kind.
 *
 * @example
 * show(Float64Array.of(1, 2)); // 'an array of 2 numbers'
 */
export function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `an array of ${counted((value as Float64Array).length, 'number')}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * Refuses what is no object of options, and option names that a function does not know, suggesting the nearest.
 *
 * @throws BAD_OPTION for the first that is not known
 *
 * @example
 * expect(() => checkOptions('mine/fit', { componets: 2 }, ['components'])).toThrow('components');
 */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    fail(where, 'BAD_OPTION', `the options are ${show(options)}, an object was due`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    fail(
      where,
      'BAD_OPTION',
      `unknown option "${name}"${near ? `, did you mean "${near}"?` : `, known are ${known.join(', ')}`}`,
    );
  }
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
