import type { AnyAlgorithm, Executor, RunFrom, Step } from '@mixtention/core';
import { inline } from '@mixtention/core';
import { run } from '@mixtention/core/loop';
import { key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import { PROBE } from './executor-probe.ts';
import { type ExecutorRow, type ExecutorSubject, probeData, using } from './executor-subject.ts';

const ROWS_A_SHARD = 20;
const MOST_UPDATES = 3;

/** What is asked of executors that make whole starts. */
export const startRows: readonly ExecutorRow[] = [
  {
    name: 'whole-runs',
    title: 'whole runs have the bits of a run on inline with the same backend, side by side too',
    check: (subject) => checkWhole(subject, { state: subject.probe.message }),
  },
  {
    name: 'first-states',
    title: 'whole runs that begin with a key make their first state of the rows, with the bits that it has on inline',
    check: (subject) => checkWhole(subject, FIRST),
  },
];

/** Of those whose workers can be lost, too. */
export const lostStartRows: readonly ExecutorRow[] = [
  {
    name: 'lost-start',
    title:
      'a worker that dies in the middle of a whole run costs time and nothing else: every step is told once, in its order',
    check: async (subject) => {
      const fault = subject.probe.algorithm({ kind: 'exit-once', shard: 4 });
      await using(subject.make(2), async (executor) =>
        expect(await stepsOf(executor, FIRST, fault)).toStrictEqual(await stepsDue(subject, FIRST)),
      );
    },
  },
];

/** Of all others: what is there is tested. */
export const noStartRows: readonly ExecutorRow[] = [
  {
    name: 'no-starts',
    title: 'it makes no whole starts (else `hasStarts` is due, and their rows)',
    check: ({ make }) => using(make(2), async ({ starts }) => expect(starts).toBeUndefined()),
  },
];

const FIRST: RunFrom = { first: { key: key(4), components: PROBE.components } };

async function checkWhole(subject: ExecutorSubject, from: RunFrom): Promise<void> {
  const due = await stepsDue(subject, from);
  expect(due.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3]);
  for (const workers of [1, 2]) {
    const executor = await subject.shared(workers);
    const width = executor.starts!.atOnce(probeData(ROWS_A_SHARD));
    expect(Number.isSafeInteger(width) && width >= 1, `at once ${width}`).toBe(true);
    const told = Array.from({ length: workers }, () => stepsOf(executor, from, subject.probe.algorithm()));
    expect(await Promise.all(told), `${workers} workers`).toStrictEqual(Array(workers).fill(due));
  }
}

/** The steps of a run of three updates, as the loop makes it on inline. */
function stepsDue({ backend, probe }: ExecutorSubject, from: RunFrom): Promise<Step[]> {
  return using(inline(backend), async (executor) => {
    const made: Step[] = [];
    const options = { executor, ...from, maxIterations: MOST_UPDATES };
    for await (const step of run(probe.algorithm(), probeData(ROWS_A_SHARD), options)) made.push(step);
    return made;
  });
}

/** Those of the same run as an executor tells them that makes it whole. */
async function stepsOf({ starts }: Executor, from: RunFrom, algorithm: AnyAlgorithm): Promise<Step[]> {
  const told: Step[] = [];
  const onSteps = (steps: readonly Step[]): void => void told.push(...steps);
  const options = { ...from, maxIterations: MOST_UPDATES, onSteps };
  await starts!.run(algorithm, probeData(ROWS_A_SHARD), options);
  return told;
}
