import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { aroundZero, autoMixture, autoNormal } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { targets } from '../testing-targets.ts';
import { blockTimer } from './block-timer.ts';
import { estimatorReport } from './estimator-report.ts';
import { compileObjective } from './objective.ts';
import { svi } from './svi.ts';
import { gradientMoments, MIXED, type Treated } from './testing-gradient-moments.ts';

test('where the guide is the posterior, the path derivative has no noise, and the others have', () => {
  // Posterior N(1.5, 1/3); the guide is told in units of 0.1 about 0.
  const parameters = { 'mu.loc': Float64Array.of(15), 'mu.logScale': Float64Array.of(Math.log(10 / Math.sqrt(3))) };
  const [path, whole, analytic] = estimatorReport(targets[5]!.model, null, { guide: autoNormal(), parameters });
  expect(path!.variance).toBeLessThan(1e-20);
  expect(whole!.variance).toBeGreaterThan(1);
  expect(analytic!.variance).toBeGreaterThan(0.1);
  expect(analytic!.variance).toBeLessThan(whole!.variance);
});

test('what svi returns may be looked at: there the path derivative is the quietest', () => {
  const guide = autoNormal();
  const { around, parameters } = svi(targets[0]!.model, null, { guide });
  const [path, whole] = estimatorReport(targets[0]!.model, null, { guide, around, parameters });
  expect(path!.variance).toBeLessThan(0.2 * whole!.variance);
});

test('away from it all three have the same mean', () => {
  for (const { model } of targets.slice(2, 6)) {
    const rows = estimatorReport(model, null, { guide: autoNormal(), samples: [] });
    for (const { bias, signalToNoise } of rows) {
      expect(bias).toBeLessThan(4.5);
      expect(signalToNoise).toBeGreaterThan(0);
    }
  }
});

test('importance-weighted gradients of 1, 5 and 50 samples are those of their bounds: signal grows over noise with samples', () => {
  // Posterior N(1.5, 1/3); the guide is N(1.2, 0.7²), wider, so that weights have a variance.
  const parameters = { 'mu.loc': Float64Array.of(12), 'mu.logScale': Float64Array.of(Math.log(7)) };
  const given = { guide: autoNormal(), parameters, draws: 20_000 };
  const rows = estimatorReport(targets[5]!.model, null, given);
  const [path, , , ...weighed] = rows;
  expect(weighed.map(({ estimator, samples }) => [estimator, samples])).toEqual(
    [1, 5, 50].map((samples) => ['importance-weighted', samples]),
  );
  for (const { bias } of weighed) expect(bias).toBeLessThan(4.5);
  // One sample is the path derivative.
  expect(Math.abs(weighed[0]!.variance / path!.variance - 1)).toBeLessThan(0.15);
  expect(weighed[2]!.signalToNoise).toBeGreaterThan(2 * weighed[1]!.signalToNoise);
  expect(weighed[1]!.variance).toBeLessThan(weighed[0]!.variance);
  expect(() => estimatorReport(targets[5]!.model, null, { ...given, samples: [0] })).toThrow('samples holds 0');
});

/** Two normals mixed, their assignments latent, as relaxed draws would have it written: z says where a row's mean is. */
const mixed: Model<readonly number[]> = ({ sample, observe, plate, normal, oneHotCategorical, mul, sum }, x) =>
  plate('rows', x.length, () => {
    const z = sample('z', oneHotCategorical(MIXED.weights));
    observe('x', normal(sum(mul(z, MIXED.means), -1), 1), x);
  });
const x = [-1.2, 0.1, 0.4, 2.2];
const logits = Float64Array.of(0.3, 0, -0.2, 0.5, 0, 0, -1, 0.4);

/** q_k (f_k − Σ_j q_j f_j) with f = log p(x, z = k) − log q_k. */
const exact = x.flatMap((each, n) => {
  const weights = Array.from(logits.subarray(2 * n, 2 * n + 2), Math.exp);
  const q = weights.map((w) => w / (weights[0]! + weights[1]!));
  const f = q.map((own, k) => Math.log([0.4, 0.6][k]!) - 0.5 * (each - [-1, 1.5][k]!) ** 2 - Math.log(own));
  const mean = q[0]! * f[0]! + q[1]! * f[1]!;
  return q.map((own, k) => own * (f[k]! - mean));
});

test('of a mixture with known components, bias, variance and signal of every row are those of quadrature over its noise', () => {
  const options = { guide: autoNormal(), parameters: { 'z.logits': logits }, draws: 10_000, temperatures: [0.1, 1, 3] };
  const rows = estimatorReport(mixed, x, options);
  expect(rows.map(({ discrete, temperature, hasBaselines }) => [discrete, temperature, hasBaselines])).toEqual([
    ['enumerated', null, null],
    ['score', null, true],
    ['score', null, false],
    ...['relaxed', 'straight-through'].flatMap((name) => [0.1, 1, 3].map((temperature) => [name, temperature, null])),
  ]);
  const [enumerated, ...others] = rows;
  expect(enumerated).toMatchObject({ relativeBias: 0, noiseFloor: 0, variance: 0, varianceStandardError: 0 });
  expect(enumerated!.signalToNoise).toBe(Number.POSITIVE_INFINITY);
  for (const row of others) {
    const treated: Treated = row.hasBaselines === false ? 'score without baselines' : (row.discrete as Treated);
    const due = gradientMoments(x, logits, treated, row.temperature);
    expect(Math.abs(row.relativeBias - due.relativeBias), treated).toBeLessThan(3 * row.noiseFloor);
    // Baselines are means of a thousand draws, which is worth some per cent.
    const known = 4 * row.varianceStandardError + (treated === 'score' ? 0.05 * due.variance : 0);
    expect(Math.abs(row.variance - due.variance), treated).toBeLessThan(known);
    expect(row.varianceStandardError).toBeLessThan(0.1 * row.variance);
    expect(row.bias < 4.5, treated).toBe(row.discrete === 'score' || row.temperature === 0.1);
  }
  // And the first row's gradient is the one by hand.
  const { step } = compileObjective(
    { model: mixed, data: x, guide: autoNormal(), around: aroundZero(0) },
    'pathwise',
    'enumerated',
  );
  step.inputs.set(logits);
  step.run(generator(key(0)));
  exact.forEach((slope, i) => {
    expect(step.outputs[i + 1]).toBeCloseTo(slope, 12);
  });
});

test('of a normal mean, variances of all three estimators are those of quadrature over the draw', () => {
  // Prior N(1.5, 1) with precision 1, two rows of precision 1 and mean 1.5; the guide is N(1.2, 0.7²), told in units of 0.1 about 0.
  const [loc, scale] = [1.2, 0.7];
  const parameters = { 'mu.loc': Float64Array.of(10 * loc), 'mu.logScale': Float64Array.of(Math.log(10 * scale)) };
  const slopes: Readonly<Record<string, (away: number, noise: number) => readonly [number, number]>> = {
    pathwise: (away) => [-3 * away, 1],
    'path-derivative': (away, noise) => [-3 * away + noise / scale, 0],
    'analytic-kl': (away) => [-2 * away - (loc - 1.5), 1 - scale * scale],
  };
  const rows = estimatorReport(targets[5]!.model, null, {
    guide: autoNormal(),
    parameters,
    draws: 20_000,
    samples: [],
  });
  for (const { estimator, variance, varianceStandardError, relativeBias, noiseFloor } of rows) {
    const sums = [0, 0, 0, 0];
    const step = 0.001;
    for (let noise = -9; noise < 9; noise += step) {
      const share = (step * Math.exp(-0.5 * noise * noise)) / Math.sqrt(2 * Math.PI);
      const away = loc + scale * noise - 1.5;
      const [slope, own] = slopes[estimator]!(away, noise);
      // By a unit of the location, and by the log of the scale; of the divergence in closed form the draw has no part.
      const both = [0.1 * slope, (estimator === 'analytic-kl' ? -2 * away : slope) * scale * noise + own];
      both.forEach((g, i) => {
        sums[i]! += share * g;
        sums[2 + i]! += share * g * g;
      });
    }
    const due = sums[2]! - sums[0]! ** 2 + sums[3]! - sums[1]! ** 2;
    expect(Math.abs(variance - due), estimator).toBeLessThan(4 * varianceStandardError);
    expect(relativeBias).toBeLessThan(4 * noiseFloor);
  }
});

test('a guide that chooses by scores has no importance-weighted gradient: the report leaves it out, and svi refuses it', () => {
  const guide = autoMixture();
  const rows = estimatorReport(targets[5]!.model, null, { guide, draws: 200 });
  expect(rows.map(({ estimator }) => estimator)).toEqual(['path-derivative', 'pathwise', 'analytic-kl']);
  expect(() => svi(targets[5]!.model, null, { guide, estimator: 'importance-weighted', draws: 4 })).toThrow(
    'guide autoMixture moves weights by the score of each alone',
  );
});

test('what a round takes is the median over blocks: not what is compiled at first, nor what others do meanwhile', () => {
  let now = 0;
  const timer = blockTimer(() => now);
  for (let round = 0; round < 4000; round++) {
    now += round < 100 ? 0.5 : 0.02;
    if (round % 400 === 0) now += 50;
    timer.count();
  }
  expect(timer.microseconds()).toBeCloseTo(20, 6);
  const short = blockTimer(() => now);
  now += 0.3;
  for (let round = 0; round < 3; round++) short.count();
  expect(short.microseconds()).toBeCloseTo(100, 6);
});

test('treatments are those that were asked for; without an unbiased one, or at no temperature, they are refused', () => {
  const options = { guide: autoNormal(), draws: 100 };
  expect(estimatorReport(mixed, x, { ...options, discrete: ['score'] })).toHaveLength(2);
  expect(() => estimatorReport(mixed, x, { ...options, discrete: ['relaxed'] })).toThrow('"enumerated" or "score"');
  expect(() => estimatorReport(mixed, x, { ...options, temperatures: [0.5, 0] })).toThrow('temperature is 0');
});

test('names that the guide does not have, and minibatches, are refused', () => {
  const cut: Model<null> = ({ sample, observe, plate, normal }) => {
    const x = sample('x', normal(0, 1));
    plate('rows', 3, { subsample: 2 }, (rows) => observe('y', normal(x, 1), rows([1, 2, 3])));
  };
  expect(() => estimatorReport(cut, null, { guide: autoNormal() })).toThrow('plate "rows" is subsampled');
  expect(() =>
    estimatorReport(targets[0]!.model, null, { guide: autoNormal(), parameters: { q: Float64Array.of(1) } }),
  ).toThrow('no parameter "q"');
});
