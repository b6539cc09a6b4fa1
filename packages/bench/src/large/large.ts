import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MixtentionError } from '@mixtention/core';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { type Figure, figureTable } from '../speed/table.ts';
import { writeLarge } from './write-large.ts';

const COLS = 8;
const WHOLE = 20_000_000;
const ROWS = Number(process.env.ROWS ?? WHOLE);
const BACKEND = process.env.BACKEND ?? 'auto';

/** Peaks that 20,000,000 rows must stay below; they took 4.0 GB before rows were held once, or not at all. */
const TARGETS = { memory: 1.9e9, streamed: 0.7e9 } as const;

type Measured = {
  readonly backend: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly logLikelihood: number;
};

/** `npm run bench:large`: what memory a fit of 20,000,000 × 8 float32 rows takes, held and read where they lie, with 2 workers on the backend that is chosen by itself (`BACKEND`). */
await runCommand(async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-large-'));
  try {
    await checkDisk(folder);
    const path = join(folder, 'rows.npy');
    writeLarge(path, { rows: ROWS, cols: COLS });
    const memory = await measure(path, 'memory', signal);
    const streamed = await measure(path, 'streamed', signal);
    const same = memory.logLikelihood === streamed.logLikelihood;
    console.log(`${ROWS} × ${COLS} float32, diagonal, K = 8, 3 iterations, ${memory.backend} on 2 workers\n`);
    const figures: Figure[] = [
      peak('rows in memory', memory, TARGETS.memory),
      peak('rows read from the file', streamed, TARGETS.streamed),
      {
        name: 'seconds of the fit, read over held',
        value: `${(streamed.seconds / memory.seconds).toFixed(2)} × (${memory.seconds.toFixed(1)} s held)`,
        target: '',
        met: true,
      },
      { name: 'bitwise the same log-likelihood', value: String(same), target: 'true', met: same },
    ];
    console.log(figureTable(figures));
    const results = join(repository, 'packages/bench/results');
    await mkdir(results, { recursive: true });
    const kept = { machine: machine(), rows: ROWS, cols: COLS, memory, streamed };
    await writeFile(join(results, 'large.json'), `${JSON.stringify(kept, null, 1)}\n`);
    if (figures.some(({ met }) => !met)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function peak(name: string, { bytes }: Measured, most: number): Figure {
  return {
    name: `${name}: peak of the process`,
    value: `${(bytes / 1e6).toFixed(0)} MB`,
    // Of fewer rows they say nothing.
    target: ROWS === WHOLE ? `< ${most / 1e6} MB` : '',
    met: ROWS !== WHOLE || bytes < most,
  };
}

async function measure(path: string, how: 'memory' | 'streamed', signal: AbortSignal): Promise<Measured> {
  const child = fileURLToPath(new URL('large-fit.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, path, how, BACKEND], { signal });
  return JSON.parse(stdout) as Measured;
}

async function checkDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const due = ROWS * COLS * 4;
  if (bavail * bsize > due) return;
  const sizes = `${Math.round(due / 1e6)} MB were due in ${folder}, ${Math.round((bavail * bsize) / 1e6)} MB are free`;
  throw new MixtentionError('BAD_OPTION', `[bench] large: ${sizes}; TMPDIR names another place`);
}
