import { inline, plain } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/threads';
import { expect, test } from 'vitest';
import { type Audited, audit, summarizeAudit } from './audit.ts';
import { auditProblem } from './problems.ts';

test('of a dozen small fits those that say converged have, on plain and on wasm', async () => {
  const executors = { plain: inline(plain), wasm: inline(await loadBackend('wasm')) };
  const problems = Array.from({ length: 100 }, (_, index) => auditProblem(index, ['plain', 'wasm'] as const));
  const all: Audited[] = [];
  for (const problem of problems.filter(({ rows, columns }) => rows <= 1000 && columns > 1).slice(0, 12))
    all.push(await audit(problem, executors[problem.backend as keyof typeof executors]));
  const { fits, untrue, converged } = summarizeAudit(all);
  expect([fits, untrue]).toEqual([12, 0]);
  expect(converged).toBeGreaterThanOrEqual(0.75);
});

test('a fit counts as converged or untrue by what it gains, and precision is counted apart', () => {
  const problem = auditProblem(0, ['plain']);
  const one = { problem, iterations: 5, seconds: 0, left: 0.5 };
  const { ends, untrue, converged, worst } = summarizeAudit([
    { ...one, end: 'converged', gained: 0.2 },
    { ...one, end: 'converged', gained: 3.1 },
    { ...one, end: 'precision', gained: 9 },
    { ...one, end: 'stopped', gained: 5 },
  ]);
  expect(ends).toMatchObject({ converged: 2, precision: 1, stopped: 1 });
  expect([untrue, converged, worst!.gained]).toEqual([1, 2 / 3, 3.1]);
});
