import { checkRoom, refuseRoom } from './room.ts';

/** TensorFlow wraps memory without a copy where it starts at a multiple of 64 bytes (Eigen's alignment). */
const ALIGNMENT_BYTES = 64;
/** 65,536 pages of 64 KiB are the most that 32-bit WebAssembly memory can hold (4 GiB); beyond that alignment is given up. */
const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_535;

/**
 * Page-aligned shared memory where there is any (a `WebAssembly.Memory`), else memory without a promise of alignment; an ordinary buffer in a page
 * without cross-origin isolation.
 *
 * @param what  what it is for, as messages name it: "1,000 rows of 8 columns"
 * @throws TOO_LARGE with what is needed and what is left
 */
export function allocate(bytes: number, where: string, what: string): SharedArrayBuffer | ArrayBuffer {
  checkRoom(where, bytes, what);
  try {
    if (typeof SharedArrayBuffer === 'undefined') return new ArrayBuffer(bytes);
    return pagesOf(bytes) ?? new SharedArrayBuffer(Math.max(1, Math.ceil(bytes / ALIGNMENT_BYTES)) * ALIGNMENT_BYTES);
  } catch (cause) {
    return refuseRoom(where, bytes, what, 'more than could be had', cause);
  }
}

/** Null where there is no WebAssembly, or no room for the address space that each of its memories reserves (gigabytes; `ulimit -v`). */
function pagesOf(bytes: number): SharedArrayBuffer | null {
  const pages = Math.max(1, Math.ceil(bytes / PAGE_BYTES));
  if (typeof WebAssembly === 'undefined' || pages > MOST_PAGES) return null;
  try {
    const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    return buffer as unknown as SharedArrayBuffer;
  } catch {
    return null;
  }
}
