import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MixtentionError } from '@mixtention/core';
import { threads } from '@mixtention/core/threads';
import { writeFileAtomic, writeNpy } from '@mixtention/files';
import { cacheDirectory } from '@mixtention/native';
import { emProblem } from '../speed/em-problem.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { plantedGaussians } from '../speed/planted.ts';
import { type Figure, figureTable } from '../speed/table.ts';
import { pythonEnvironment } from './python-environment.ts';
import { type ScikitLearn, startScikitLearn } from './scikit-learn.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const PER_TURN = 4;
const PAUSE_MS = 300;
const ROWS = 200_000;
const COLUMNS = 32;

const CASES = [
  { name: 'diagonal, K = 64', family: 'gaussian-diagonal', covariance: 'diag', components: 64, target: 8 },
  { name: 'full, K = 16', family: 'gaussian-full', covariance: 'full', components: 16, target: 6 },
] as const;

/** `npm run bench:peers`: one EM iteration here and in scikit-learn (float64), on the same rows, in interleaved rounds. */
async function main(): Promise<void> {
  const python = await pythonEnvironment(join(cacheDirectory(), 'peers'), console.log);
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-peers-'));
  try {
    const executor = await threads();
    const x = plantedGaussians(ROWS, COLUMNS, 64);
    await writeFileAtomic(join(folder, 'x.npy'), writeNpy(x));
    const peer = await startScikitLearn(python, join(folder, 'x.npy'));
    const { cpu, cores, node } = machine();
    console.log(
      `${cpu}, ${cores} cores, Node ${node}, ${executor.backend} backend × ${executor.workers} workers against ${peer.version} in float64; one EM iteration, N = ${ROWS}, D = ${COLUMNS}, medians of ${ROUNDS} interleaved rounds of ${PER_TURN} iterations`,
    );
    const figures: Figure[] = [];
    for (const one of CASES)
      figures.push(await against(peer, one, emProblem(one.name, one.family, one.components, x), executor));
    console.log(figureTable(figures));
    peer.close();
    await executor.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Iterations one after another, as in a fit; before them the other side's threads, which wait by spinning, get time to fall asleep. */
async function turn(iterate: () => Promise<number>): Promise<number[]> {
  await sleep(PAUSE_MS);
  const seconds = [];
  for (let i = 0; i < PER_TURN; i++) seconds.push(await iterate());
  return seconds;
}

async function against(
  peer: ScikitLearn,
  one: (typeof CASES)[number],
  problem: ReturnType<typeof emProblem>,
  executor: Awaited<ReturnType<typeof threads>>,
): Promise<Figure> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const mine = await turn(async () => (await problem.iterate(executor)).seconds);
    const other = await turn(() => peer.iterate(one.covariance, one.components));
    if (round === 0) continue;
    ours.push(...mine);
    theirs.push(...other);
  }
  const ratio = median(theirs) / median(ours);
  const text = `${(median(ours) * 1000).toFixed(0)} ms against ${(median(theirs) * 1000).toFixed(0)} ms: ${ratio.toFixed(1)} × faster`;
  return { name: one.name, value: text, target: `≥ ${one.target} ×`, met: ratio >= one.target };
}

try {
  await main();
} catch (error) {
  if (!(error instanceof MixtentionError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
