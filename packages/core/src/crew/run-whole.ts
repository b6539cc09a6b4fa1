import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { RunFrom, StartOptions, Step } from '../contracts/index.ts';
import type { Line } from './line.ts';
import type { StartTask, Told } from './protocol.ts';

/** What is the same whenever the run is tried. */
export type Whole = Omit<StartTask, 'run' | 'port' | 'begunAt' | 'worker'>;

type Limits = { readonly where: string; readonly tries: number };

/**
 * Has one worker make a whole run. Where it is lost the run goes on, on its successor, from the last step that was told.
 *
 * @throws WORKER_LOST, or the code that the worker threw
 */
export async function runWhole(
  line: Line,
  whole: Whole,
  { onSteps, signal: _, state, first, resume, ...limits }: StartOptions & Limits,
): Promise<void> {
  const { where, tries, ...run } = limits;
  let from = { state, first, resume } as RunFrom;
  let isOver = false;
  const tell = (steps: readonly Step[]): void => {
    onSteps(steps);
    const { next, status } = steps.at(-1)!;
    from = { resume: next };
    isOver = status !== 'running';
  };
  for (let losses = 0; ; ) {
    const { port1, port2 } = new MessageChannel();
    const heard = listen(port1, tell);
    const begunAt = new BigInt64Array(new SharedArrayBuffer(8));
    let answer: Told;
    try {
      const task: StartTask = { ...whole, run: { ...run, ...from }, port: port2, worker: 0, begunAt };
      answer = await line.start(task);
      if (answer.kind === 'sent') await heard.all(answer.sent);
    } catch (cause) {
      heard.close();
      // It was lost with its answer alone: another step would be one too many.
      if (isOver) return;
      if (++losses < tries && Atomics.load(whole.flag, 0) === 0) continue;
      return fail(where, 'WORKER_LOST', `a start lost its worker (${errorFrom(cause).message})`, cause);
    }
    heard.close();
    if (answer.kind !== 'error') return;
    const { code, message, stack } = answer;
    const cause = Object.assign(new Error(message), { stack });
    if (code === 'TASK') fail(where, code, `a start failed: ${message}`, cause);
    throw new MixtentionError(code, message, { cause });
  }
}

/** Hands on what comes by a port; after `close` nothing more. */
function listen(
  port: MessagePort,
  tell: (steps: readonly Step[]) => void,
): { all(count: number): Promise<void>; close(): void } {
  let heard = 0;
  let due = Number.POSITIVE_INFINITY;
  let failure: { readonly cause: unknown } | null = null;
  let settle: () => void = () => {};
  port.onmessage = ({ data }: MessageEvent<readonly Step[]>) => {
    try {
      if (failure === null) tell(data);
    } catch (cause) {
      failure = { cause };
    }
    if (++heard >= due) settle();
  };
  return {
    async all(count) {
      due = count;
      await new Promise<void>((resolve) => {
        settle = resolve;
        if (heard >= due) resolve();
      });
      if (failure !== null) throw failure.cause;
    },
    close: () => port.close(),
  };
}
