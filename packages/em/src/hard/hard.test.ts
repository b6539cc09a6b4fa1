import { type Collected, inline } from '@mixtention/core';
import { dataset } from '@mixtention/core/data';
import { faithful, gaussianFull } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { binaryBlobs } from '../testing/data.ts';
import { expectRelative } from '../testing/expect-relative.ts';
import { fitHard } from './fit-hard.ts';
import { type HardStats, hard } from './hard.ts';

it('hard raises the classification likelihood until the labels repeat', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const { trace, status, objective, logLikelihood } = await fitHard(faithful(), {
      components: 3,
      seed,
      tolerance: 0,
    });
    for (let i = 1; i < trace.length; i++)
      expect(trace[i]!.objective).toBeGreaterThanOrEqual(trace[i - 1]!.objective - 1e-9);
    expect(['converged', 'degenerate']).toContain(status);
    expect(objective).toBeLessThanOrEqual(logLikelihood);
  }
});

it('hard ends with the moments of the rows that each component owns', async () => {
  const x = faithful();
  const { model, objective } = await fitHard(x, { components: 2, tolerance: 0 });
  const labels = model.predict(x);
  for (const k of [0, 1]) {
    const own = Array.from(labels.keys()).filter((n) => labels[n] === k);
    const mean = [0, 1].map((d) => own.reduce((sum, n) => sum + x.data[2 * n + d]!, 0) / own.length);
    expectRelative([model.weights[k]!], [own.length / x.rows], 1e-12);
    expectRelative(model.means.data.subarray(2 * k, 2 * k + 2), mean, 1e-10);
  }
  const best = model.responsibilities(x).data;
  const logs = model.logDensity(x);
  const classification = logs.reduce((sum, l, n) => sum + l + Math.log(Math.max(best[2 * n]!, best[2 * n + 1]!)), 0);
  expectRelative([objective], [classification], 1e-11);
});

it('hard reports the ordinary log-likelihood beside its objective', async () => {
  const x = faithful();
  const { model, logLikelihood, icl, bic } = await fitHard(x, { components: 2 });
  const due = model.evaluate(x);
  expectRelative([logLikelihood, bic, icl], [due.logLikelihood, due.bic, due.icl], 1e-11);
});

it('hard works on Bernoulli components under a prior', async () => {
  const { trace, converged } = await fitHard(binaryBlobs(300, 3, 10), {
    components: 3,
    family: 'bernoulli',
    tolerance: 0,
  });
  expect(converged).toBe(true);
  for (let i = 1; i < trace.length; i++)
    expect(trace[i]!.objective).toBeGreaterThanOrEqual(trace[i - 1]!.objective - 1e-9);
});

it('hard gives whole rows away', async () => {
  const algorithm = hard({ family: gaussianFull, components: 2, start: 'random', prior: null, floor: 1e-6 });
  const x = faithful();
  const state = algorithm.init({ seed: 0, path: [] }, x);
  const collected = (await inline().collect(algorithm, { message: state }, dataset(x))) as Collected<HardStats>;
  expect(collected.sum!.counts.every(Number.isInteger)).toBe(true);
  const info = algorithm.update(state, collected).info!;
  expect(info.logLikelihood).toBeGreaterThan(info.objective);
});
