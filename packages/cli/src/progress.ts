/** A line on stderr that is rewritten in a terminal, and a plain line now and then without one. */
export type ProgressLine = { show(text: string): void; done(): void };

const TERMINAL_EVERY_MS = 80;
const PLAIN_EVERY_MS = 2000;

/**
 * Progress on stderr, so that stdout stays clean for results.
 *
 * @example
 * const line = progressLine();
 * line.show('iteration 3');
 * line.done();
 */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  const terminal = stream.isTTY === true;
  let last = terminal ? 0 : performance.now();
  let open = false;
  return {
    show(text) {
      const now = performance.now();
      if (now - last < (terminal ? TERMINAL_EVERY_MS : PLAIN_EVERY_MS)) return;
      last = now;
      open = terminal;
      stream.write(terminal ? `\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}` : `${text}\n`);
    },
    done() {
      if (open) stream.write('\r\u001b[2K');
      open = false;
    },
  };
}
