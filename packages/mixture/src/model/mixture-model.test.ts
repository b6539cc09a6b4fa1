import type { Matrix, Tree } from '@mixtention/core';
import { standardErrors } from '@mixtention/core/testing';
import { backendNames, loadBackend } from '@mixtention/core/threads';
import { describe, expect, it } from 'vitest';
import { gaussian, gaussianDiagonal, gaussianFull } from '../families/index.ts';
import { expectClose } from '../families/testing.ts';
import { faithful } from '../problems/faithful.ts';
import { MixtureModel } from './mixture-model.ts';

/** mclust's VVV,2 on Old Faithful at its fixed point, lighter component first. */
const geyser = new MixtureModel({
  family: gaussianFull,
  logWeights: Float64Array.of(Math.log(0.35587286), Math.log(0.64412714)),
  params: {
    width: 2,
    means: Float64Array.of(2.03638845, 54.47851638, 4.28966197, 79.96811517),
    covariances: Float64Array.of(
      0.06916767,
      0.43516762,
      0.43516762,
      33.69728207,
      0.16996844,
      0.94060932,
      0.94060932,
      36.04621132,
    ),
  },
});

/** π₀ N(x; −1, 1) + π₁ N(x; 2, 4) by the textbook formula. */
const density = (x: number): number =>
  (0.3 * Math.exp(-((x + 1) ** 2) / 2)) / Math.sqrt(2 * Math.PI) +
  (0.7 * Math.exp(-((x - 2) ** 2) / 8)) / Math.sqrt(8 * Math.PI);
const line = (shift = 0, scale = 1): MixtureModel =>
  new MixtureModel({
    family: gaussian('diagonal'),
    logWeights: Float64Array.of(Math.log(0.3), Math.log(0.7)),
    params: {
      width: 1,
      means: Float64Array.of(-scale + shift, 2 * scale + shift),
      variances: Float64Array.of(scale ** 2, 4 * scale ** 2),
    },
  });

/** Every backend that this machine has; which ones it must have is tested with the backends. */
const backends = (await Promise.allSettled(backendNames.map((name) => loadBackend(name)))).flatMap((loaded) =>
  loaded.status === 'fulfilled' ? [loaded.value] : [],
);

describe.each(backends)('MixtureModel on $name', (backend) => {
  it('gives rows 1e5 deviations off the origin the responsibilities of the unshifted float64 ones within 1e-3', () => {
    const x = Array.from({ length: 200 }, (_, n) => -6 + 0.06 * n);
    const shift = 2.5e5;
    for (const covariance of ['full', 'tied', 'diagonal', 'spherical'] as const) {
      const family = gaussian(covariance);
      const at = (offset: number): MixtureModel =>
        new MixtureModel({
          family,
          logWeights: Float64Array.of(Math.log(0.3), Math.log(0.7)),
          params: family.fromDescription({
            means: { data: Float64Array.of(offset - 1, offset + 2), rows: 2, cols: 1 },
            covariances: [1, 4].map((v) => ({ data: Float64Array.of(v), rows: 1, cols: 1 })),
          }) as Tree,
        });
      const shifted = at(shift).responsibilities(
        x.map((v) => [v + shift]),
        { backend },
      );
      expectClose(shifted.data, at(0).responsibilities(x.map((v) => [v])).data, 1e-3);
    }
  });

  it('agrees with the plain backend on Old Faithful', () => {
    const [here, plainly] = [geyser.evaluate(faithful(), { backend }), geyser.evaluate(faithful())];
    expect(Math.abs(here.logLikelihood - plainly.logLikelihood)).toBeLessThan(0.01);
    expect(Math.abs(here.icl - plainly.icl)).toBeLessThan(0.05);
    expect(geyser.predict(faithful(), { backend })).toEqual(geyser.predict(faithful()));
    expectClose(geyser.logDensity(faithful(), { backend }), geyser.logDensity(faithful()), 1e-4);
  });

  it('counts an impossibly far row as −∞, and leaves it out at weight 0', () => {
    const far = [[0], [1e200]];
    expect(line().evaluate(far, { backend }).logLikelihood).toBe(Number.NEGATIVE_INFINITY);
    expect(line().evaluate(far, { backend, weights: [1, 0] }).logLikelihood).toBeCloseTo(Math.log(density(0)), 4);
    expect([...line().predict(far, { backend })]).toEqual([1, -1]);
  });
});

describe('MixtureModel', () => {
  it('has the published log-likelihood, parameters and BIC of Old Faithful', () => {
    const { logLikelihood, parameters, bic, aic, weight, rows } = geyser.evaluate(faithful());
    expect(logLikelihood).toBeCloseTo(-1130.26396018, 6);
    expect(parameters).toBe(11);
    expect(bic).toBeCloseTo(2322.191743, 5);
    expect(aic).toBeCloseTo(2 * 11 + 2 * 1130.26396018, 5);
    expect([weight, rows]).toEqual([272, 272]);
    expect([geyser.bic(faithful()), geyser.aic(faithful())]).toEqual([bic, aic]);
  });

  it('has the ICL of mclust with hard labels: BIC − 2 Σ log max r', () => {
    const { data } = geyser.responsibilities(faithful());
    let sum = 0;
    for (let n = 0; n < 272; n++) sum += Math.log(Math.max(data[2 * n]!, data[2 * n + 1]!));
    expect(geyser.icl(faithful())).toBeCloseTo(geyser.bic(faithful()) - 2 * sum, 8);
    // mclust's EEE,3 at its fixed point
    const covariance = Float64Array.of(0.07797544, 0.47015824, 0.47015824, 33.67203913);
    const means = Float64Array.of(3.79775803, 77.46885947, 2.03761473, 54.49128494, 4.46573853, 80.87275138);
    const logWeights = Float64Array.of(0.16860561, 0.35637812, 0.47501627).map(Math.log);
    const tied = new MixtureModel({ family: gaussian('tied'), logWeights, params: { width: 2, means, covariance } });
    expect(tied.icl(faithful())).toBeCloseTo(2358.389, 3);
  });

  it('has the density of the formula in user space, whatever the scale', () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const model = line(0, scale);
      const x = [-3, -1, 0, 0.5, 4];
      expectClose(
        model.logDensity(x.map((v) => [v * scale])),
        x.map((v) => Math.log(density(v) / scale)),
        1e-12,
      );
    }
  });

  it('has responsibilities that sum to one, and predicts the larger', () => {
    const x = [[-3], [0], [0.5], [9]];
    const { data } = line().responsibilities(x);
    const labels = line().predict(x);
    x.forEach(([v], n) => {
      const first = (0.3 * Math.exp(-((v! + 1) ** 2) / 2)) / Math.sqrt(2 * Math.PI) / density(v!);
      expect(data[2 * n]).toBeCloseTo(first, 13);
      expect(data[2 * n]! + data[2 * n + 1]!).toBeCloseTo(1, 15);
      expect(labels[n]).toBe(first > 0.5 ? 0 : 1);
    });
  });

  it('scores a row 1e5 deviations off the origin as well as at the origin', () => {
    const x = [-3, -1, 0, 0.5, 4];
    const shift = 2.5e5;
    expectClose(line(shift).logDensity(x.map((v) => [v + shift])), line().logDensity(x.map((v) => [v])), 1e-9);
  });

  it('counts a row of weight 2 as two rows and one of weight 0 as none', () => {
    const rows = [[-1], [0], [3]];
    const weighted = line().evaluate(rows, { weights: [2, 0, 1] });
    const repeated = line().evaluate([[-1], [-1], [3]]);
    expect(weighted.weight).toBe(3);
    for (const name of ['logLikelihood', 'bic', 'aic', 'icl'] as const)
      expect(weighted[name]).toBeCloseTo(repeated[name], 12);
  });

  it('streams: many rows give the bits of one row at a time', () => {
    const rows = 2 ** 21 / 8 + 3; // more than one block of width 8
    const { data, width } = { data: new Float64Array(rows * 8), width: 8 };
    for (let i = 0; i < data.length; i++) data[i] = ((i * 2654435761) % 1000) / 500 - 1;
    const params = { width, means: new Float64Array(16).fill(0.5, 8), variances: new Float64Array(16).fill(1) };
    const model = new MixtureModel({
      family: gaussian('diagonal'),
      logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)),
      params,
    });
    const all = model.logDensity({ data, rows, cols: 8 });
    for (const n of [0, 262_143, 262_144, rows - 1]) {
      expect(model.logDensity({ data: data.slice(8 * n, 8 * n + 8), rows: 1, cols: 8 })[0]).toBe(all[n]);
    }
  });

  it('samples rows with the moments of each component, within 4 standard errors', () => {
    const { x, labels } = geyser.sample(4000, 3);
    const own = Array.from(labels.keys()).filter((n) => labels[n] === 1);
    const column = (d: number): number[] => own.map((n) => x.data[2 * n + d]!);
    expect(standardErrors([...labels], 0.64412714)).toBeLessThan(4);
    expect(standardErrors(column(0), 4.28966197)).toBeLessThan(4);
    expect(standardErrors(column(1), 79.96811517)).toBeLessThan(4);
    const products = own.map((n) => (x.data[2 * n]! - 4.28966197) * (x.data[2 * n + 1]! - 79.96811517));
    expect(standardErrors(products, 0.94060932)).toBeLessThan(4);
  });

  it('samples the same rows for the same seed, and none when asked for none', () => {
    expect(geyser.sample(5, 1)).toEqual(geyser.sample(5, 1));
    expect(geyser.sample(5, 1)).not.toEqual(geyser.sample(5, 2));
    expect(geyser.sample(0).x).toEqual({ data: new Float64Array(0), rows: 0, cols: 2 });
    expect(() => geyser.sample(-1)).toThrow('[mixture] sample: n is -1');
  });

  it('has a right density where its variance is 1e-308', () => {
    const params = { width: 1, means: Float64Array.of(3), variances: Float64Array.of(1e-308) };
    const narrow = new MixtureModel({ family: gaussianDiagonal, logWeights: Float64Array.of(0), params });
    const [at, beside] = narrow.logDensity([[3], [4]]);
    expect(at).toBeCloseTo(-0.5 * (Math.log(2 * Math.PI) + Math.log(1e-308)), 9);
    expect(beside! / -5e307).toBeCloseTo(1, 9);
    expect(narrow.sample(9).x.data.every(Number.isFinite)).toBe(true);
  });

  it('refuses results that no memory holds by one sentence with sizes', () => {
    const code = 'TOO_LARGE';
    const rows = '1,000,000,000,000 rows of 2 columns take 16 TB of memory';
    expect(() => geyser.sample(1e12)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(rows) }),
    );
    expect(() => geyser.sample(2 ** 53 - 1)).toThrow(expect.objectContaining({ code }));
    const many = { data: new Float32Array(4e6), rows: 2e6, cols: 2 };
    const logWeights = new Float64Array(200_000).fill(-Math.log(200_000));
    const zeros = new Float64Array(2 * logWeights.length);
    const wide = new MixtureModel({
      family: gaussianDiagonal,
      logWeights,
      params: { width: 2, means: zeros, variances: zeros.map(() => 1) },
    });
    const pairs = 'responsibilities of 2,000,000 rows and 200,000 components take 3.2 TB of memory';
    expect(() => wide.responsibilities(many)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(pairs) }),
    );
  });

  it('orders components by decreasing weight without changing the density', () => {
    const ordered = geyser.order();
    expect([...ordered.weights]).toEqual([geyser.weights[1], geyser.weights[0]]);
    expect([...ordered.means.data.slice(0, 2)]).toEqual([4.28966197, 79.96811517]);
    expectClose(ordered.logDensity(faithful()), geyser.logDensity(faithful()), 1e-13);
    expect([...ordered.predict(faithful())]).toEqual([...geyser.predict(faithful())].map((k) => 1 - k));
  });

  it('shows weights, means and covariances in user space', () => {
    expect([geyser.components, geyser.width, geyser.family.spec.name]).toEqual([2, 2, 'gaussian-full']);
    expect(geyser.means.data[1]).toBe(54.47851638);
    expect(geyser.covariances![1]!.data[3]).toBe(36.04621132);
    expect(String(geyser)).toBe('mixture of 2 × gaussian-full over 2 columns, weights 0.356, 0.644');
  });

  it('says in one sentence what is wrong with rows', () => {
    const nan: Matrix = { data: Float64Array.of(1, 2, 3, Number.NaN), rows: 2, cols: 2 };
    expect(() => geyser.predict([[1, 2, 3]])).toThrow(
      '[mixture] predict: the data have 3 columns, the model was fitted on 2',
    );
    expect(() => geyser.logDensity(nan)).toThrow('[mixture] logDensity: row 1, column 1 (counted from 0) is NaN');
    expect(() => geyser.score([])).toThrow('[mixture] score: the data are empty');
    expect(() => geyser.evaluate(faithful(), { weights: [1] })).toThrow('1 weight came with 272 rows');
    expect(() => geyser.evaluate([[1, 2]], { weights: [-1] })).toThrow('the weight of row 0');
    expect(() => geyser.predict([[1, 2]], { bakend: null } as object)).toThrow('did you mean "backend"?');
  });

  it('refuses weights and parameters that do not fit each other', () => {
    const parts = { family: gaussianFull, logWeights: Float64Array.of(0), params: geyser.params };
    expect(() => new MixtureModel(parts)).toThrow('1 weight came with parameters of 2 components');
  });
});
