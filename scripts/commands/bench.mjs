import { runCommand } from '../bootstrap.mjs';
import { runBenchTask, runTask } from '../package-tasks.mjs';

const MINUTES = /^\d+(\.\d+)?$/;

/** What tasks take; the others take nothing. */
const FLAGS = { 'bench:digits': { '--layer-minutes': MINUTES, '--joint-minutes': MINUTES } };

/**
 * `npm run bench`: set-up, then `*.bench.ts` of every package, one package after the other. After `--`: `--filter=PACKAGE` as turbo means
 * it, all else goes to vitest.
 *
 * `npm run bench:speed`, `bench:peers`, `bench:steps`, `bench:iterations`, `bench:converged`, `bench:kernel`, `bench:plan`, `bench:scale`, `bench:learn-k`, `bench:learn-digits`, `bench:digits`, `bench:resume`, `bench:starts`, `picture`, `picture:guide`, `data:download`: set-up, then that turbo task of the bench package.
 */
export const main = ([task, ...args]) =>
  runCommand(() => {
    if (task !== 'bench') return runBenchTask(task, args, FLAGS[task]);
    const isFilter = (arg) => arg.startsWith('--filter=');
    return runTask(
      task,
      args.filter(isFilter),
      args.filter((arg) => !isFilter(arg)),
    );
  });
