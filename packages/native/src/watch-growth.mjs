import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const POLL_MS = 500;

/**
 * Watch the bytes in a folder while a program fills it, for progress and to notice a download that stands still.
 *
 * Returns a signal that follows the caller's and also fires, with a sentence, when nothing has been added for `stallMs`;
 * call `stop` in the end.
 *
 * @param {string} folder
 * @param {{ onBytes: (bytes: number) => void, stallMs: number, signal?: AbortSignal }} options
 * @returns {{ signal: AbortSignal, stop: () => void }}
 */
export function watchGrowth(folder, { onBytes, stallMs, signal }) {
  const stalled = new AbortController();
  let most = 0;
  let grownAt = performance.now();
  const timer = setInterval(async () => {
    const bytes = await bytesIn(folder);
    if (bytes > most) {
      most = bytes;
      grownAt = performance.now();
      onBytes(bytes);
    } else if (performance.now() - grownAt > stallMs) {
      stalled.abort(new Error(`the download stood still for ${Math.round(stallMs / 1000)} seconds`));
    }
  }, POLL_MS);
  const parts = signal === undefined ? [stalled.signal] : [signal, stalled.signal];
  return { signal: anyOf(parts), stop: () => clearInterval(timer) };
}

/** `AbortSignal.any` came with Node 20.3. */
function anyOf(signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true, signal: controller.signal });
  }
  return controller.signal;
}

/** Bytes in a folder and all below it; what vanishes meanwhile counts as nothing. */
async function bytesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return bytesIn(path);
    return entry.isFile()
      ? stat(path).then(
          ({ size }) => size,
          () => 0,
        )
      : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
