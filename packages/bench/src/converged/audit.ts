import { type Executor, inline, plain, type Status } from '@mixtention/core';
import { TOLERANCE } from '@mixtention/core/loop';
import { fit } from '@mixtention/em';
import { type AuditProblem, auditRows, familyOf } from './problems.ts';

/** Steps in float64 after the last one. */
export const MORE_STEPS = 50;
/** What they may gain a row, in tolerances. */
export const MOST_GAIN = 3;
/** Updates at most. */
const MOST_ITERATIONS = 2000;

/** How one fit ended, and what came of it. */
export type Audited = {
  readonly problem: AuditProblem;
  /** `precision` where float32 showed no more and float64 would have taken too long. */
  readonly end: Status | 'precision';
  readonly iterations: number;
  readonly seconds: number;
  /** What the fit says is left to gain a row, and what 50 more steps in float64 gain, in tolerances. */
  readonly left: number;
  readonly gained: number;
};

/** Fits the problem from one start, and goes on from where it ended. */
export async function audit(problem: AuditProblem, executor: Executor, signal?: AbortSignal): Promise<Audited> {
  const x = auditRows(problem);
  const common = { components: problem.components, ...familyOf(problem), screen: 0, signal };
  const done = await fit(x, { ...common, seed: problem.index, maxIterations: MOST_ITERATIONS, executor });
  const exact = inline(plain);
  const more = await fit(x, { ...common, start: done.model, tolerance: 0, maxIterations: MORE_STEPS, executor: exact });
  await exact.close();
  const isCutShort = done.status === 'stopped' && done.iterations < MOST_ITERATIONS;
  return {
    problem,
    end: isCutShort ? 'precision' : done.status,
    iterations: done.iterations,
    seconds: done.seconds,
    left: done.certificate.remainingGain / TOLERANCE,
    gained: (more.trace.at(-1)!.objective - more.trace[0]!.objective) / x.rows / TOLERANCE,
  };
}

/** Counts of a whole audit, and its worst `converged`. */
export type AuditSummary = {
  readonly fits: number;
  readonly ends: { readonly [end in Audited['end']]: number };
  /** Share of `converged` among all but those that precision stopped. */
  readonly converged: number;
  /** Of the converged, those that gained too much. */
  readonly untrue: number;
  readonly worst: Audited | null;
};

export function summarizeAudit(all: readonly Audited[]): AuditSummary {
  const ends = { converged: 0, stopped: 0, precision: 0, degenerate: 0, diverged: 0 };
  for (const { end } of all) ends[end]++;
  const converged = all.filter(({ end }) => end === 'converged');
  return {
    fits: all.length,
    ends,
    converged: converged.length / Math.max(1, all.length - ends.precision),
    untrue: converged.filter(({ gained }) => !(gained < MOST_GAIN)).length,
    worst: converged.reduce<Audited | null>((a, b) => (a === null || b.gained > a.gained ? b : a), null),
  };
}
