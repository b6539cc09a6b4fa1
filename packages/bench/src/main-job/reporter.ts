import pc from 'picocolors';

/** Tells what the job is doing: one line per stage. */
export type Reporter = {
  /**
   * Does a stage's work, showing on its line how far it is, and then what came of it and how long it took.
   *
   * @param sum  what came of it, in a few words
   */
  stage<T>(name: string, work: (show: (text: string) => void) => Promise<T>, sum?: (result: T) => string): Promise<T>;
  readonly stages: readonly { readonly name: string; readonly seconds: number }[];
};

export type Terminal = {
  readonly write: (text: string) => void;
  /** Columns of a terminal whose lines may be rewritten, or null: then lines are only added. */
  readonly width: number | null;
  /** What takes a rewritten line back: a return to its start, or a step up where every write must end its line. */
  readonly style: 'return' | 'up';
};

const NAME_WIDTH = 34;
const REWRITE_EVERY_MS = 80;
const ADD_EVERY_MS = 5000;

/**
 * The terminal of this process. Under turbo a task has none, but whole lines are passed on at once, and `npm start` hands the width of the
 * real one over in `MIXTENTION_TERMINAL`.
 */
export function terminal(stream: NodeJS.WriteStream = process.stdout, env: NodeJS.ProcessEnv = process.env): Terminal {
  const write = (text: string): void => void stream.write(text);
  if (stream.isTTY) return { write, width: stream.columns || 80, style: 'return' };
  const width = Number(env.MIXTENTION_TERMINAL);
  return { write, width: width > 0 ? width : null, style: 'up' };
}

export function createReporter({ write, width, style }: Terminal = terminal()): Reporter {
  const stages: { name: string; seconds: number }[] = [];
  const { dim, green } = pc.createColors(width !== null || pc.isColorSupported);
  const every = width === null ? ADD_EVERY_MS : REWRITE_EVERY_MS;
  let isOpen = false;

  /** A line that the next one takes the place of, where lines can be rewritten. */
  const draft = (name: string, text: string): void => {
    const line = `  ${name.padEnd(NAME_WIDTH)}${text}`;
    if (width === null) {
      write(`${line}\n`);
      return;
    }
    write(`${back()}${dim(line.slice(0, width - 1))}${style === 'up' ? '\n' : ''}`);
    isOpen = true;
  };
  const back = (): string => {
    if (!isOpen) return '';
    return style === 'up' ? '\u001b[1A\u001b[2K' : '\r\u001b[2K';
  };
  const final = (mark: string, text: string): void => {
    write(`${back()}${mark} ${text}\n`);
    isOpen = false;
  };

  return {
    stages,
    async stage(name, work, sum = () => '') {
      const start = performance.now();
      let last = start;
      draft(name, '…');
      const show = (text: string): void => {
        const now = performance.now();
        if (now - last < every) return;
        last = now;
        draft(name, text);
      };
      const result = await work(show).catch((error) => {
        write(back());
        isOpen = false;
        throw error;
      });
      const seconds = (performance.now() - start) / 1000;
      stages.push({ name, seconds });
      final(green('✓'), `${name.padEnd(NAME_WIDTH)}${sum(result)} ${dim(`· ${seconds.toFixed(1)} s`)}`);
      return result;
    },
  };
}
