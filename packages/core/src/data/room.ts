import { fail } from '../base/errors.ts';

/** Less than this is not worth a look at the machine. */
const LARGE_BYTES = 2 ** 26;

/** Memory that is left, and who sets the limit. */
export type Room = { readonly bytes: number; readonly who: string };

/** The part of Node that knows; nothing is imported, since pages have no such thing. */
type Host = {
  availableMemory?(): number;
  constrainedMemory?(): number;
  memoryUsage?: { rss?(): number };
  getBuiltinModule?(name: string): { readFileSync(path: string, encoding: 'utf8'): string } | undefined;
};

/**
 * Memory that this process may still take, by what is least: free memory of the machine, the limit of its control group, the limit on its address
 * space (`ulimit -v`). `Infinity` where nobody tells, as in a page.
 *
 * @example
 * roomLeft().bytes > 0; // true
 */
export function roomLeft(): Room {
  const host = (globalThis as { process?: Host }).process;
  const rooms: Room[] = [{ bytes: Number.POSITIVE_INFINITY, who: 'the machine' }];
  const limit = host?.constrainedMemory?.() ?? 0;
  // Where there is no limit Node says 0, or the largest number of its kind.
  if (limit > 0 && limit < 2 ** 60) {
    const used = host?.memoryUsage?.rss?.() ?? 0;
    rooms.push({ bytes: Math.max(0, limit - used), who: 'the memory limit of this container' });
  } else if (host?.availableMemory !== undefined) {
    rooms.push({ bytes: host.availableMemory(), who: 'the machine' });
  }
  const space = host === undefined ? null : addressSpaceLeft(host);
  if (space !== null) rooms.push({ bytes: space, who: 'the limit on address space (ulimit -v)' });
  return rooms.reduce((least, room) => (room.bytes < least.bytes ? room : least));
}

/**
 * Compares what something large needs with what is left, before it is taken.
 *
 * @param what  what needs the memory: "20,000,000 rows of 8 columns in float32"
 * @throws TOO_LARGE with both numbers
 *
 * @example
 * expect(() => checkRoom('mine/fit', 1e18, 'all pairs')).toThrow('all pairs take');
 */
export function checkRoom(where: string, bytes: number, what: string): void {
  if (bytes < LARGE_BYTES) return;
  const { bytes: left, who } = roomLeft();
  if (bytes > left) refuseRoom(where, bytes, what, `${who} leaves ${showBytes(left)}`);
}

/**
 * One sentence with the size, for what nobody can hold.
 *
 * @throws TOO_LARGE, always
 *
 * @example
 * expect(() => refuseRoom('mine/fit', 8e12, 'all pairs', 'more than there is')).toThrow('8.0 TB of memory, more than there is');
 */
export function refuseRoom(where: string, bytes: number, what: string, has: string, cause?: unknown): never {
  return fail(where, 'TOO_LARGE', `${what} take ${showBytes(bytes)} of memory, ${has}`, cause);
}

/**
 * A size for people: 640 MB.
 *
 * @example
 * showBytes(640e6); // '640 MB'
 */
export function showBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toPrecision(2)} ${units[step]}`;
}

/** What `ulimit -v` leaves on Linux; null where there is no such limit, or no way to know. */
function addressSpaceLeft({ getBuiltinModule }: Host): number | null {
  try {
    const files = getBuiltinModule?.('node:fs');
    if (files === undefined) return null;
    const limit = /^Max address space +(\d+) /m.exec(files.readFileSync('/proc/self/limits', 'utf8'));
    const used = /^VmSize:\s+(\d+) kB/m.exec(files.readFileSync('/proc/self/status', 'utf8'));
    return limit === null || used === null ? null : Math.max(0, Number(limit[1]) - 1024 * Number(used[1]));
  } catch {
    return null; // no Linux
  }
}
