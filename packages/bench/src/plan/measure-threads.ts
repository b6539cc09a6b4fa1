import { type BackendName, type Executor, inline } from '@mixtention/core';
import type { ThreadRates } from '@mixtention/core/plan';
import { loadBackend, threads } from '@mixtention/core/threads';
import { type EmProblem, emProblem } from '../speed/em-problem.ts';
import { plantedGaussians } from '../speed/planted.ts';

const PASSES = 30;
const WARMING = 10;

/** What two workers cost: a pass over next to nothing, their start, and a pass over much against one worker. */
export async function measureThreads(backend: BackendName): Promise<ThreadRates> {
  const small = emProblem('small', 'gaussian-diagonal', 2, plantedGaussians(1_200, 4, 2));
  const large = emProblem('large', 'gaussian-diagonal', 32, plantedGaussians(100_000, 32, 32));
  const begun = performance.now();
  const two = await threads({ workers: 2, backend });
  await small.iterate(two);
  const start = (performance.now() - begun) / 1000;
  const one = await threads({ workers: 1, backend });
  const here = inline(await loadBackend(backend));
  try {
    const pass = (await passSeconds(small, two)) - (await passSeconds(small, here));
    const speedUp = (await passSeconds(large, one)) / (await passSeconds(large, two));
    return { pass: Math.max(0, pass), start, two: Math.max(1, speedUp) };
  } finally {
    await Promise.all([one.close(), two.close(), here.close()]);
  }
}

async function passSeconds(problem: EmProblem, executor: Executor): Promise<number> {
  const seconds: number[] = [];
  for (let i = -WARMING; i < PASSES; i++) {
    const pass = await problem.iterate(executor);
    if (i >= 0) seconds.push(pass.seconds);
  }
  return Math.min(...seconds);
}
