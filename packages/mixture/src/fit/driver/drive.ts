import type { Dataset, Executor, Source, Table } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { fusedFor } from '@mixtention/core/backends';
import { namesOf } from '@mixtention/core/base';
import { dataset, isDataset, prepare } from '@mixtention/core/data';
import { beginsIn } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { checkResume } from './check-resume.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { moduleHashes } from './module-hashes.ts';
import type { Settled } from './options.ts';
import { paceOf } from './pace.ts';
import { orderOf } from './run-start.ts';
import { runStarts } from './run-starts.ts';
import type { Posed, Subject } from './subject.ts';
import { watchPasses } from './watch-passes.ts';

/**
 * The one driver of all fits: poses the problem on the rows, runs its starts through the one loop, and has the best reported.
 *
 * Nothing is changed in the input, also when the fit is aborted. An executor that was not given is made here, and closed.
 *
 * @param x        checked rows, a source, or a data set
 * @param options  checked and settled
 * @param subject  what is fitted
 * @throws BAD_DATA, NOT_FINITE for rows that cannot be used, what the subject refuses, and ABORTED when the signal fires
 *
 * Cost: one copy of the rows, then one pass and one update per iteration and start.
 *
 * @example
 * // A fit of your own: `plan` says which algorithm raises the objective.
 * const method = { where: 'mine/fit', plan: ({ config }) => ({ algorithm: batch(config) }) };
 * const { x, options } = checkFit(faithful(), { components: 2, screen: 0 }, method);
 * const { logLikelihood } = await drive(x, options, mixtureSubject(options, method)); // -1130.264
 */
export async function drive<Result>(
  x: Table | Source | Dataset,
  options: Settled,
  subject: Subject<Result>,
): Promise<Result> {
  const executor =
    options.executor ??
    inline(fusedFor(subject.problem({ rows: x.rows, cols: isDataset(x) ? x.width : x.cols }), options.precision));
  try {
    const { weights, shardRows, precision: asked } = options;
    const began = beginsIn(subject.where, asked, executor);
    const raw = isDataset(x) ? x : dataset(x, { weights, shardRows }, subject.where);
    const data = prepare(raw, subject.columns(raw.width));
    const watched = watchPasses(executor, (rows) => subject.problem({ rows, cols: data.width }));
    const posed = subject.pose(data, { options, executor });
    const ledger = open(posed, data, { where: subject.where, options, executor });
    const pace = paceOf(options, ledger.seconds);
    const root = key(options.seed);
    const { outcomes, screening } = await runStarts(posed, data, {
      options,
      executor: watched.executor,
      root,
      ledger,
      pace,
    });
    const seconds = ledger.seconds();
    await ledger.close();
    const best = orderOf(posed, outcomes)[0]!;
    const isOwnExecutor = options.executor !== undefined;
    const { signal } = options;
    const precision = { asked, began, ended: outcomes[best]!.step.info.precision ?? began };
    const passSeconds = watched.seconds();
    const course = {
      data,
      executor,
      precision,
      signal,
      isOwnExecutor,
      outcomes,
      best,
      screening,
      seconds,
      passSeconds,
    };
    return await posed.report(course);
  } finally {
    if (options.executor === undefined) await executor.close();
  }
}

/** What is known of the fit from a checkpoint, where it resumes from one, and where the next ones go. */
function open(
  { algorithm, given }: Posed<unknown>,
  { digest, rows, width, cuts }: Dataset,
  { where, options, executor }: { readonly where: string; readonly options: Settled; readonly executor: Executor },
): Ledger {
  const { components, screen, restarts, seed, maxIterations, tolerance, precision, resume } = options;
  // Asking for it opens the kernel, which tiny fits do without.
  const isKept = resume !== undefined || options.onCheckpoint !== undefined;
  const about = {
    where,
    algorithm: namesOf(algorithm.spec),
    options: { components, screen, restarts, seed, maxIterations, tolerance, precision },
    given,
    modules: moduleHashes(algorithm.spec),
    data: { digest, rows, width, cuts },
    backend: executor.backend,
    kernel: isKept ? (executor.kernel ?? null) : null,
    precision: executor.precision,
  };
  if (resume !== undefined) checkResume(resume, about, options.force);
  return openLedger(about, options);
}
