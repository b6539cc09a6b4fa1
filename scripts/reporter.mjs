/**
 * How set-up speaks: lines on stderr, and progress that redraws itself where there is a terminal.
 *
 * @param {NodeJS.WriteStream} [stream]
 * @returns {{ log: (line: string) => void, progress?: (label: string, done: number, total: number) => void }}
 */
export function createReporter(stream = process.stderr) {
  const clear = stream.isTTY ? '\r\x1b[2K' : '';
  const log = (line) => void stream.write(`${clear}mixtention · ${line}\n`);
  if (!stream.isTTY) return { log };
  let drawnAt = 0;
  const progress = (label, done, total) => {
    const now = performance.now();
    if (now - drawnAt < 100 && done < total) return;
    drawnAt = now;
    const bar = '█'.repeat(Math.round((20 * done) / total)).padEnd(20, '░');
    stream.write(`${clear}mixtention · ${label} ${bar} ${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`);
    if (done >= total) stream.write(clear);
  };
  return { log, progress };
}
