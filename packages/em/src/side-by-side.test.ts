import { inline } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import type { Fit, FitOptions, Progress } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from './batch/fit.ts';
import { kMeans } from './k-means/fit-k-means.ts';
import { blobs } from './testing/data.ts';

const random = generator(key(2));
const rows = 1000;
const x = {
  data: Float64Array.from({ length: rows * 3 }, (_, i) => random.normal() + 3 * (Math.floor(i / 3) % 4)),
  rows,
  cols: 3,
};

/** All but times and the executor. */
function apart({ model, logLikelihood, restarts, screening, best, trace, iterations }: Fit): unknown {
  const points = trace.map(({ seconds: _, ...point }) => point);
  return { model: JSON.stringify(model), logLikelihood, restarts, screening, best, points, iterations };
}

const options: FitOptions = { components: 4, screen: 5, restarts: 3, shardRows: 250, maxIterations: 25 };

test('starts side by side or in turn, on 1, 2 and 4 workers: the same bits, every step told once', async () => {
  const due = await fit(x, { ...options, executor: inline() });
  const steps = (told: readonly Progress[]): string[] =>
    told.map(({ phase, restart, iteration, objective }) => `${phase} ${restart} ${iteration} ${objective}`).sort();
  const heard: Progress[] = [];
  await fit(x, { ...options, executor: inline(), onStep: (step) => void heard.push(step) });
  for (const workers of [1, 2, 4]) {
    const executor = await threads({ workers, backend: 'wasm', precision: 'float64' });
    try {
      const told: Progress[] = [];
      const found = await fit(x, { ...options, executor, onStep: (step) => void told.push(step) });
      expect(apart(found), `${workers} workers`).toEqual(apart(due));
      expect(steps(told)).toEqual(steps(heard));
      // Without `starts` workers share the passes of every start.
      const { starts: _, ...sharing } = executor;
      expect(apart(await fit(x, { ...options, executor: sharing })), `${workers} sharing`).toEqual(apart(due));
      const centers = await kMeans(x, { components: 5, restarts: 4, executor });
      expect(centers.inertia).toBe((await kMeans(x, { components: 5, restarts: 4 })).inertia);
    } finally {
      await executor.close();
    }
  }
});

test('starts on workers are aborted and stopped as others are, and checkpoints are taken of all of them', async () => {
  const executor = await threads({ workers: 2, backend: 'wasm', precision: 'float64' });
  const many = { ...options, screen: 0, restarts: 6, tolerance: 0, maxIterations: 200, executor };
  // No start comes to its end before it first tells of a step, which is after a tenth of a second.
  const x = blobs(20_000, 4, 3, { spread: 3 });
  try {
    const abort = new AbortController();
    const aborted = fit(x, { ...many, signal: abort.signal, onStep: () => abort.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    const due = apart(await fit(x, many));
    const stop = new AbortController();
    let last: unknown;
    const stopped = await fit(x, {
      ...many,
      stopSignal: stop.signal,
      onStep: () => stop.abort(),
      onCheckpoint: (checkpoint) => void (last = checkpoint),
    });
    expect(stopped.status).toBe('stopped');
    expect(apart(await fit(x, { ...many, resume: last as never }))).toEqual(due);
  } finally {
    await executor.close();
  }
});
