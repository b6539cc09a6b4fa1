import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backend, inline, MixtentionError } from '@mixtention/core';
import { backendNames, loadBackend } from '@mixtention/core/threads';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { figureTable, table } from '../speed/table.ts';
import { type Audited, audit, MORE_STEPS, MOST_GAIN, summarizeAudit } from './audit.ts';
import { auditProblem, nameOf } from './problems.ts';

const FITS = 200;
/** Share of fits that are not stopped by precision. */
const LEAST_CONVERGED = 0.75;

/** `npm run bench:converged`: whether fits that say `converged` have, over sizes, overlaps, families and backends. */
await runCommand(async (signal) => {
  const backends = (await Promise.all(backendNames.map(available))).filter((backend) => backend !== null);
  const executors = backends.map((backend) => inline(backend));
  const names = backends.map(({ name }) => name);
  const all: Audited[] = [];
  for (let index = 0; index < FITS; index++) {
    const problem = auditProblem(index, names);
    all.push(await audit(problem, executors[names.indexOf(problem.backend)]!, signal));
    if (process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${FITS}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  const summary = summarizeAudit(all);
  const { ends, worst } = summary;
  const rowOf = (name: string, some: readonly Audited[]): string[] => {
    const counts = summarizeAudit(some).ends;
    const others = [counts.stopped, counts.precision, counts.degenerate, counts.diverged];
    return [name, String(some.length), String(counts.converged), ...others.map(String)];
  };
  const head = ['backend', 'fits', 'converged', 'stopped by iterations', 'by precision', 'degenerate', 'diverged'];
  const byBackend = names.map((name) =>
    rowOf(
      name,
      all.filter(({ problem }) => problem.backend === name),
    ),
  );
  console.log(table([head, ...byBackend, rowOf('all', all)]));
  console.log(
    `\nworst converged: ${worst === null ? 'none' : `${worst.gained.toFixed(2)} tolerances, ${nameOf(worst.problem)}`}`,
  );
  const left = all.filter(({ end }) => end === 'precision').map((one) => one.gained);
  if (left.length > 0)
    console.log(
      `stopped by precision: ${MORE_STEPS} more steps gain ${Math.max(...left).toFixed(1)} tolerances at most`,
    );
  const figures = [
    {
      name: `converged fits whose next ${MORE_STEPS} steps in float64 gain ${MOST_GAIN} tolerances a row or more`,
      value: String(summary.untrue),
      target: '0',
      met: summary.untrue === 0,
    },
    {
      name: 'converged, of those that precision has not stopped',
      value: `${ends.converged} of ${FITS - ends.precision} (${(100 * summary.converged).toFixed(0)} %)`,
      target: `≥ ${100 * LEAST_CONVERGED} %`,
      met: summary.converged >= LEAST_CONVERGED,
    },
  ];
  console.log(`\n${figureTable(figures)}`);
  const folder = join(repository, 'packages/bench/results');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'converged.json'),
    `${JSON.stringify({ machine: machine(), summary, fits: all }, null, 1)}\n`,
  );
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
});

/** The backend, or null where it cannot be had here. */
async function available(name: (typeof backendNames)[number]): Promise<Backend | null> {
  try {
    return await loadBackend(name);
  } catch (error) {
    if (error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE') return null;
    throw error;
  }
}
