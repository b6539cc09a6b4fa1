import { type Executor, inFloat64, inline, type Precision, type PrecisionChoice, plain, wasm } from '@mixtention/core';
import { availableBackends } from '@mixtention/core/testing';
import { threads } from '@mixtention/core/threads';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, faithful } from '@mixtention/mixture';
import type { Account, DriverOptions } from '@mixtention/mixture/fit';
import { describe, expect, test } from 'vitest';
import { fit } from './batch/fit.ts';
import { fitHard } from './hard/fit-hard.ts';
import { kMeans } from './k-means/fit-k-means.ts';
import { fitBayes } from './variational-bayes/fit-bayes.ts';

type Options = Pick<DriverOptions, 'executor' | 'precision' | 'resume' | 'onCheckpoint' | 'checkpointEveryMs'>;
type Run = (options: Options) => Promise<Account>;

const x = faithful();
const fits: readonly { readonly name: string; readonly run: Run; readonly ends: Account['status'] }[] = [
  { name: 'fit', run: (o) => fit(x, { components: 2, screen: 3, ...o }), ends: 'stopped' },
  { name: 'fitBayes', run: (o) => fitBayes(x, { components: 3, screen: 3, ...o }), ends: 'stopped' },
  { name: 'fitHard', run: (o) => fitHard(x, { components: 2, screen: 3, ...o }), ends: 'stopped' },
  {
    name: 'fit by minibatches',
    run: (o) =>
      fit(x, { components: 2, screen: 0, maxIterations: 40, schedule: { name: 'stepwise', minibatch: 100 }, ...o }),
    ends: 'stopped',
  },
  { name: 'kMeans', run: (o) => kMeans(x, { components: 4, restarts: 2, ...o }), ends: 'stopped' },
];

/** An executor, and what the kernel made each of its passes in, where statistics tell. */
function watch(executor: Executor): { readonly executor: Executor; readonly passes: readonly Precision[] } {
  const passes: Precision[] = [];
  const { backend, precision, workers } = executor;
  const collect: Executor['collect'] = async (algorithm, ask, data, options) => {
    const collected = await executor.collect(algorithm, ask, data, options);
    // No rows, no pass.
    if (collected.sum === null) return collected;
    const { precision: own } = collected.sum as { readonly precision?: Precision };
    passes.push(own ?? ask.precision ?? options?.precision ?? precision);
    return collected;
  };
  return { executor: { backend, precision, workers, collect, close: () => executor.close() }, passes };
}

/** Everything but the time that it took. */
function apart(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) => {
      if (name === 'seconds' || name === 'passSeconds' || name === 'notes') return undefined;
      return part instanceof Float64Array || part instanceof Int32Array ? Array.from(part, String) : part;
    }),
  );
}

const inFloat32 = (await availableBackends(['native', 'wasm'])).filter(({ precision }) => precision === 'float32');

describe.each(inFloat32)('on the backend $name', (backend) => {
  test.each(fits)(
    '$name in float64: every pass is, and the bits are those of an executor in float64',
    async ({ run }) => {
      const { executor, passes } = watch(inline(backend));
      const found = await run({ executor, precision: 'float64' });
      expect(new Set(passes)).toEqual(new Set(['float64']));
      expect(found.precision).toEqual({ began: 'float64', ended: 'float64' });
      expect(apart(found)).toEqual(apart(await run({ executor: inline(inFloat64(backend)) })));
    },
  );

  test.each(fits)('$name in float32: every pass is, and gains in it prove nothing', async ({ run, ends }) => {
    const { executor, passes } = watch(inline(backend));
    const found = await run({ executor, precision: 'float32' });
    expect(new Set(passes)).toEqual(new Set(['float32']));
    expect(found.precision).toEqual({ began: 'float32', ended: 'float32' });
    expect(found.status).toBe(ends);
  });

  test('fit in float32 says what is left, which float64 has as little of', async () => {
    const options = { components: 2, screen: 3, executor: inline(backend) };
    const rough = await fit(x, { ...options, precision: 'float32' });
    expect(rough.message).toMatch(/less than the rounding of float32 shows|prove nothing/);
    expect(rough.certificate.remainingGain).toBeLessThan(1e-5);
    const whole = await fit(x, options);
    expect([whole.status, whole.precision]).toEqual(['converged', { began: 'float32', ended: 'float64' }]);
    expect(Math.abs(whole.logLikelihood - rough.logLikelihood)).toBeLessThan(0.01);
    expect(rough.iterations).toBeLessThan(whole.iterations);
    expect(await fit(x, { ...options, precision: 'auto' })).toMatchObject({ logLikelihood: whole.logLikelihood });
  });

  test('where float32 is too coarse a fit in it ends, measured in float64', async () => {
    // Two pairs of components a thousandth of the columns wide.
    const narrow = Float64Array.from({ length: 400 }, (_, n) => (n % 2) * 1000 + 1e-3 * Math.sin(n * n));
    const rows = { data: narrow, rows: 400, cols: 1 };
    const options = { components: 2, floor: 0, executor: inline(backend) };
    const found = await fit(rows, { ...options, precision: 'float32' });
    expect(found.status).toBe('stopped');
    expect(found.message).toMatch(/^float32 is too coarse .*take precision auto or float64$/);
    expect(found.precision).toEqual({ began: 'float32', ended: 'float64' });
    expect(found.model.evaluate(rows).logLikelihood).toBeCloseTo(found.logLikelihood, 6);
    expect((await fit(rows, options)).status).toBe('converged');
  });

  test('a checkpoint holds the precision fixed; one without it is of auto', async () => {
    const executor = inline(backend);
    const [run] = fits.map(({ run }) => run);
    for (const precision of ['float32', 'float64'] as const) {
      const texts: string[] = [];
      const onCheckpoint = (checkpoint: Checkpoint): void => void texts.push(encodeCheckpoint(checkpoint));
      const due = apart(await run!({ executor, precision, onCheckpoint, checkpointEveryMs: 0 }));
      const resume = decodeCheckpoint(texts[Math.floor(texts.length / 2)]!);
      expect(apart(await run!({ executor, precision, resume }))).toEqual(due);
      const refused = `its options.precision is "${precision}", here it is "auto"`;
      await expect(run!({ executor, resume })).rejects.toThrow(refused);
      const { precision: _, ...options } = resume.options;
      const older = { ...resume, options };
      await expect(run!({ executor, precision, resume: older })).rejects.toThrow(`its options.precision is "auto"`);
    }
    let last: Checkpoint | undefined;
    const onCheckpoint = (checkpoint: Checkpoint): void => void (last = checkpoint);
    const due = apart(await run!({ executor, onCheckpoint }));
    const { precision: _, ...options } = last!.options;
    expect(apart(await run!({ executor, resume: { ...last!, options } }))).toEqual(due);
  });
});

test('in float64 starts side by side on workers in float32 have the bits of one thread in float64', async () => {
  const options = { components: 3, screen: 4, restarts: 2, maxIterations: 60 };
  const due = await fit(x, { ...options, executor: inline() });
  const executor = await threads({ workers: 2, backend: 'wasm' });
  try {
    expect(executor.precision).toBe('float32');
    const found = await fit(x, { ...options, executor, precision: 'float64' });
    expect(apart({ ...found, workers: 0 })).toEqual(apart(due));
  } finally {
    await executor.close();
  }
});

test('without an executor a small problem runs in what is asked for', async () => {
  const run = async (precision?: PrecisionChoice) =>
    (await fit(x, { components: 2, ...(precision && { precision }) })).precision.began;
  expect(await Promise.all([run(), run('float64'), run('float32')])).toEqual(['float64', 'float64', 'float32']);
});

test.each(fits)('$name in float32 is refused where there is none, and so is another word', async ({ run }) => {
  for (const executor of [inline(plain), inline(), inline(wasm('float64'))])
    await expect(run({ executor, precision: 'float32' })).rejects.toThrow(
      `precision is float32, but the executor works in float64 alone (${executor.backend})`,
    );
  await expect(run({ precision: 'float23' as never })).rejects.toThrow('unknown precision "float23", did you mean');
});
