import type { Matrix } from '@mixtention/core';
import { duration } from '@mixtention/core/page';
import { type Fit, fit } from '@mixtention/em';
import { faithful, type MixtureModel } from '@mixtention/mixture';
import { fitByGradient } from '@mixtention/svi';
import { contender } from './contender.ts';
import type { Job } from './job.ts';
import { TWO_COMPONENTS } from './known.ts';
import type { Contender, FaithfulResult } from './results.ts';
import { startOnBackends } from './start-on-backends.ts';

const RUNS = 15;
/** Nats. */
const WITHIN = 0.05;

/** The fastest of 0.03, 0.1, 0.3 for Adam and of 0.1, 0.2 for gradient descent, which diverges at 1. */
const LEARNING_RATES = { Adam: 0.1, 'gradient descent': 0.2 } as const;

type Method = Pick<Contender, 'name' | 'learningRate'> & { run(x: Matrix, signal: AbortSignal): Promise<Fit> };

/** From one start, in float64 in this thread: the problem is too small for anything else. */
const METHODS: readonly Method[] = [
  { name: 'EM', learningRate: null, run: (x, signal) => fit(x, { components: 2, screen: 0, signal }) },
  ...(['Adam', 'gradient descent'] as const).map(
    (name): Method => ({
      name,
      learningRate: LEARNING_RATES[name],
      run: (x, signal) =>
        fitByGradient(x, {
          components: 2,
          screen: 0,
          optimizer: name === 'Adam' ? 'adam' : 'sgd',
          learningRate: LEARNING_RATES[name],
          signal,
        }),
    }),
  ),
];

/** Old Faithful with two full components by EM and by gradients, and from ten starts on every backend. */
export async function compareFaithful({ reporter, signal }: Job): Promise<FaithfulResult> {
  const x = faithful();
  const { contenders, model } = await reporter.stage(
    'Old Faithful by EM and gradients',
    () => race(x, signal),
    ({ contenders: all }) =>
      all.map(({ name, iterations, seconds }) => `${name} ${iterations} steps in ${duration(seconds)}`).join(', '),
  );
  const starts = await reporter.stage(
    'Old Faithful on every backend',
    (show) => startOnBackends(x, { show, signal }),
    (all) =>
      all.map(({ backend, reached, twoComponents }) => `${backend} ${reached} of ${twoComponents.length}`).join(', '),
  );
  return {
    within: WITHIN,
    perRow: false,
    best: TWO_COMPONENTS,
    contenders,
    rows: Array.from({ length: x.rows }, (_, n) => [x.data[2 * n]!, x.data[2 * n + 1]!] as const),
    components: componentsOf(model),
    starts,
  };
}

async function race(x: Matrix, signal: AbortSignal): Promise<{ contenders: Contender[]; model: MixtureModel }> {
  const contenders: Contender[] = [];
  let model: MixtureModel | undefined;
  for (const { name, learningRate, run } of METHODS) {
    // The fastest of several: the first finds its code not yet compiled, and milliseconds are easily disturbed.
    let done = await run(x, signal);
    for (let i = 1; i < RUNS; i++) {
      const again = await run(x, signal);
      if (again.seconds < done.seconds) done = again;
    }
    model ??= done.model;
    contenders.push(contender({ name, learningRate }, done, { best: TWO_COMPONENTS, within: WITHIN, unit: 1 }));
  }
  return { contenders, model: model! };
}

function componentsOf(model: MixtureModel): FaithfulResult['components'] {
  const { data, cols } = model.means;
  return Array.from(model.weights, (weight, k) => ({
    weight,
    mean: Array.from(data.subarray(k * cols, (k + 1) * cols)),
    covariance: Array.from(model.covariances![k]!.data),
  }));
}
