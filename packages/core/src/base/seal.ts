/**
 * The text of an object with a checksum of it as its last entry, so that a file that was damaged, or cut short, is told from a whole one.
 *
 * 53 bits that follow from every character and its place: damage is seen, forgery is not.
 *
 * @param text  JSON of an object with one entry at least
 *
 * @example
 * unseal(seal('{"n":1}')); // '{"n":1}'
 */
export const seal = (text: string): string => `${text.slice(0, -1)},"checksum":"${checksumOf(text)}"}`;

/**
 * The text that `seal` was given; null where it was changed since, or has no checksum.
 *
 * @example
 * unseal(seal('{"n":1}').replace('1', '2')); // null
 */
export function unseal(sealed: string): string | null {
  const [entry, checksum] = /,"checksum":"([0-9a-f]{14})"\}$/.exec(sealed.slice(-ENTRY)) ?? [];
  if (entry === undefined) return null;
  const text = `${sealed.slice(0, -ENTRY)}}`;
  return checksumOf(text) === checksum ? text : null;
}

/** Characters that `seal` adds, the last brace among them. */
const ENTRY = ',"checksum":"00000000000000"}'.length;

/** Two sums of 32 bits that each character is multiplied into, mixed at the end. Source: Bryc (2018), cyrb53. */
function checksumOf(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  const hex = (x: number, digits: number): string => (x >>> 0).toString(16).padStart(digits, '0');
  return hex(b & 0x1fffff, 6) + hex(a, 8);
}
