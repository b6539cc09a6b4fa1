import { fail, nearest } from '../errors.ts';

/**
 * The entry of a table by name.
 *
 * @param where  for messages: package/function
 * @param what   what the names stand for, as `family`
 * @throws UNKNOWN_NAME with the nearest known name
 */
export function lookUp<Value>(
  where: string,
  what: string,
  name: string,
  table: { readonly [name: string]: Value },
): Value {
  if (Object.hasOwn(table, name)) return table[name]!;
  const names = Object.keys(table);
  const near = nearest(String(name), names);
  return fail(
    where,
    'UNKNOWN_NAME',
    `unknown ${what} ${show(name)}${near ? `, did you mean "${near}"?` : `; known are ${names.join(', ')}`}`,
  );
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
