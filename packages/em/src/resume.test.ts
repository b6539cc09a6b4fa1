import { type AnyAlgorithm, inline, wasm } from '@mixtention/core';
import { seal, unseal } from '@mixtention/core/base';
import { availableBackends } from '@mixtention/core/testing';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, faithful, gaussianFull } from '@mixtention/mixture';
import { type DriverOptions, fitMixture } from '@mixtention/mixture/fit';
import { describe, expect, test } from 'vitest';
import { batch } from './batch/batch.ts';
import { fit } from './batch/fit.ts';
import { fitHard } from './hard/fit-hard.ts';
import { kMeans } from './k-means/fit-k-means.ts';

type Watched = Partial<DriverOptions>;

/** Everything but the time that it took, and the note on what that would be elsewhere. */
function apart(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) => {
      if (name === 'seconds' || name === 'passSeconds' || name === 'notes') return undefined;
      return part instanceof Float64Array || part instanceof Int32Array ? Array.from(part, String) : part;
    }),
  );
}

/** Texts of the checkpoints after every step. */
async function checkpointsOf(run: (watched: Watched) => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  await run({ checkpointEveryMs: 0, onCheckpoint: (checkpoint) => void texts.push(encodeCheckpoint(checkpoint)) });
  return texts;
}

type Resumable = { readonly name: string; readonly run: (watched: Watched) => Promise<unknown> };

const inFloat32 = (await availableBackends(['native', 'wasm'])).map((backend): Resumable => {
  const executor = inline(backend);
  return {
    name: `fit on ${backend.name}, which ends in float64`,
    run: (w) => fit(faithful(), { components: 2, screen: 2, tolerance: 1e-9, executor, ...w }),
  };
});

describe.each<Resumable>([
  { name: 'fit', run: (w) => fit(faithful(), { components: 3, restarts: 2, screen: 6, ...w }) },
  {
    name: 'fit with all starts to the end',
    run: (w) => fit(faithful(), { components: 2, restarts: 2, screen: 0, ...w }),
  },
  { name: 'fitHard', run: (w) => fitHard(faithful(), { components: 2, screen: 3, ...w }) },
  { name: 'kMeans', run: (w) => kMeans(faithful(), { components: 4, restarts: 3, ...w }) },
  ...inFloat32,
])('$name', ({ run }) => {
  test('goes on from any checkpoint to the same bits, trace and restarts included', async () => {
    const due = apart(await run({}));
    const texts = await checkpointsOf(run);
    expect(texts.length).toBeGreaterThan(10);
    const every = Math.ceil(texts.length / 8);
    for (const [i, text] of texts.entries())
      if (i % every === 0 || i === texts.length - 1)
        expect(apart(await run({ resume: decodeCheckpoint(text) }))).toEqual(due);
  });
});

test('a fit that is stopped gives the best so far, and goes on from its last checkpoint to the same bits', async () => {
  const due = apart(await fit(faithful(), { components: 3 }));
  for (const after of [1, 7, 45, 260]) {
    const stop = new AbortController();
    let checkpoint: Checkpoint | undefined;
    let steps = 0;
    const stopped = await fit(faithful(), {
      components: 3,
      stopSignal: stop.signal,
      onStep: () => void (++steps === after && stop.abort()),
      onCheckpoint: (last) => void (checkpoint = last),
    });
    expect(stopped).toMatchObject({ status: 'stopped', message: expect.stringContaining('stop') });
    expect(stopped.logLikelihood).toBeCloseTo(stopped.model.evaluate(faithful()).logLikelihood, 8);
    expect(apart(await fit(faithful(), { components: 3, resume: checkpoint! }))).toEqual(due);
  }
});

test('a fit that ended at its limit goes on with more iterations, to the bits of one that had them at once', async () => {
  const options = { components: 3, tolerance: 1e-12 };
  const endOf = async (maxIterations: number): Promise<Checkpoint> => {
    let last: Checkpoint | undefined;
    await fit(faithful(), { ...options, maxIterations, onCheckpoint: (checkpoint) => void (last = checkpoint) });
    return last!;
  };
  const more = (resume?: Checkpoint): Promise<unknown> =>
    fit(faithful(), { ...options, maxIterations: 200, ...(resume && { resume }) });
  const due = apart(await more());
  for (const maxIterations of [60, 61, 100]) expect(apart(await more(await endOf(maxIterations)))).toEqual(due);
  // Short runs would have been others.
  await expect(more(await endOf(30))).rejects.toThrow('its options.maxIterations is 30, here it is 200');
});

test('a fit that is asked to stop before it begins makes one pass', async () => {
  const { status, iterations, restarts } = await fit(faithful(), { components: 3, stopSignal: AbortSignal.abort() });
  expect([status, iterations, restarts.length]).toEqual(['stopped', 0, 1]);
});

test('a signal wins over a stop', async () => {
  const options = { components: 3, stopSignal: AbortSignal.abort(), signal: AbortSignal.abort() };
  await expect(fit(faithful(), options)).rejects.toMatchObject({ code: 'ABORTED' });
});

describe('a checkpoint of another fit is refused in a sentence', async () => {
  const options = { components: 2, screen: 0 };
  const text = (await checkpointsOf((watched) => fit(faithful(), { ...options, ...watched })))[3]!;
  const resume = decodeCheckpoint(text);
  const x = faithful();
  test.each([
    ['seed', () => fit(x, { ...options, seed: 1, resume }), 'its options.seed is 0, here it is 1'],
    ['components', () => fit(x, { ...options, components: 3, resume }), 'its options.components is 2, here it is 3'],
    [
      'family',
      () => fit(x, { ...options, covariance: 'tied', resume }),
      'is "gaussian-full", here it is "gaussian-tied"',
    ],
    ['method', () => fitHard(x, { ...options, resume }), 'it is of em/fit, this is em/fitHard'],
    [
      'rows',
      () => fit({ ...x, rows: 100, data: x.data.subarray(0, 200) }, { ...options, resume }),
      'its data have 272 rows of 2 columns, these have 100 rows of 2',
    ],
    [
      'values',
      () => fit({ ...x, data: x.data.map((v, i) => (i === 7 ? v + 1 : v)) }, { ...options, resume }),
      'its data have other values',
    ],
    [
      'weights',
      () => fit(x, { ...options, weights: Array.from({ length: 272 }, (_, n) => 1 + (n % 2)), resume }),
      'its data have other values, or other weights',
    ],
    ['cuts', () => fit(x, { ...options, shardRows: 100, resume }), 'give the same shardRows'],
    [
      'given',
      () =>
        fit(x, {
          ...options,
          start: {
            means: [
              [2, 54],
              [4, 80],
            ],
          },
          resume,
        }),
      'start',
    ],
    [
      'text',
      async () => decodeCheckpoint('{"format":"mixtention/mixture"}'),
      'format is "mixtention/mixture", "mixtention/checkpoint" was due',
    ],
    ['damaged', async () => decodeCheckpoint(text.replace('"trace"', '"track"')), 'it is damaged'],
    [
      'half',
      async () => decodeCheckpoint(seal(unseal(text)!.replace('"trace"', '"track"'))),
      'parts of the checkpoint are missing',
    ],
    ['object', () => fit(x, { ...options, resume: {} as never }), 'resume is an object, a checkpoint'],
  ])('%s', async (_, run, due) => {
    await expect(run()).rejects.toThrow(due);
  });
});

test('another backend than the checkpoint’s is refused, unless forced', async () => {
  const options = { components: 2, screen: 0 };
  const text = (await checkpointsOf((watched) => fit(faithful(), { ...options, ...watched })))[3]!;
  const other = inline(wasm());
  const resume = decodeCheckpoint(text);
  await expect(fit(faithful(), { ...options, executor: other, resume })).rejects.toThrow(
    'the checkpoint was made on the backend wasm in float64, this fit runs on wasm in float32',
  );
  const { logLikelihood } = await fit(faithful(), { ...options, executor: other, resume, force: true });
  expect(logLikelihood).toBeCloseTo(-1130.264, 3);
});

test('and so is another build of its kernel, as for a processor with other instructions', async () => {
  const options = { components: 2, screen: 0 };
  const due = await fit(faithful(), options);
  const text = (await checkpointsOf((watched) => fit(faithful(), { ...options, ...watched })))[3]!;
  const resume = decodeCheckpoint(text);
  expect(resume.kernel).toMatch(/^(common|relaxed) SIMD$/);
  const executor = { ...inline(), kernel: 'avx2' };
  const refused = fit(faithful(), { ...options, executor, resume });
  await expect(refused).rejects.toThrow(`wasm (${resume.kernel}), this fit runs on wasm (avx2), whose last bits`);
  for (const way of [{ executor, resume, force: true }, { resume }]) {
    expect((await fit(faithful(), { ...options, ...way })).logLikelihood).toBe(due.logLikelihood);
  }
  // A checkpoint from before kernels were noted.
  const { kernel: _, ...older } = resume;
  expect((await fit(faithful(), { ...options, resume: older })).logLikelihood).toBe(due.logLikelihood);
});

test('what a checkpoint is handed to may fail: the fit goes on, and says so at its end', async () => {
  let steps = 0;
  const options = { components: 2, checkpointEveryMs: 0, onStep: () => void steps++ };
  const onCheckpoint = (): Promise<void> => Promise.reject(new Error('the disk is full'));
  await expect(fit(faithful(), { ...options, onCheckpoint })).rejects.toThrow('the disk is full');
  expect(steps).toBeGreaterThan(100);
});

test('a module of a user’s own is known by its content', async () => {
  const folder = new URL('./', import.meta.url);
  const module = new URL('batch/batch.ts', folder).href;
  const foreign = (algorithm: AnyAlgorithm): AnyAlgorithm => ({ ...algorithm, spec: { ...algorithm.spec, module } });
  const method = {
    where: 'mine/fit',
    plan: ({ config }: { readonly config: Parameters<typeof batch>[0] }) => ({ algorithm: foreign(batch(config)) }),
  };
  const run = (watched: Watched): Promise<unknown> =>
    fitMixture(faithful(), { components: 2, family: gaussianFull, screen: 0, ...watched }, method);
  const checkpoint = decodeCheckpoint((await checkpointsOf(run))[2]!);
  const hash = checkpoint.modules[module];
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  await expect(run({ resume: checkpoint })).resolves.toMatchObject({ status: 'converged' });
  const changed = { ...checkpoint, modules: { [module]: hash!.replace(/./g, '0') } };
  await expect(run({ resume: changed })).rejects.toThrow('has changed since');
});
