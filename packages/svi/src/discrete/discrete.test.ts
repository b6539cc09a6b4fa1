import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { aroundZero } from '../guides/around.ts';
import { autoNormal, writtenGuide } from '../guides/index.ts';
import { slopeDrawer } from '../inference/draw-slope.ts';
import { compileObjective, type Discrete } from '../inference/objective.ts';
import { svi } from '../inference/svi.ts';
import { settleSvi } from '../inference/svi-options.ts';
import { ruleOf, stepAlong, walkFrom } from '../inference/walk.ts';
import type { Model } from '../model/index.ts';

const x = [1.9, -0.2, 1.1, 2.4, 0.3];
const places = [0, 2, 3];
const normalDensity = (u: number): number => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);

/** Rows of one of three kinds, about a shift that is known but for a little: z_n ~ Cat(.5, .3, .2), x_n ~ N(place of z_n + shift, 1). */
const rowsOfKinds: Model<readonly number[]> = (m, rows) => {
  const shift = m.sample('shift', m.normal(0, 0.1));
  m.plate('rows', rows.length, () => {
    const z = m.sample('z', m.oneHotCategorical([0.5, 0.3, 0.2]));
    m.observe('x', m.normal(m.add(shift, m.sum(m.mul(z, places), -1)), 1), rows);
  });
};
/** The same with whole numbers. */
const rowsOfNumbers: Model<readonly number[]> = (m, rows) => {
  const shift = m.sample('shift', m.normal(0, 0.1));
  m.plate('rows', rows.length, () => {
    const z = m.sample('z', m.categorical([0.5, 0.3, 0.2]));
    const place = m.where(m.equal(z, 0), 0, m.where(m.equal(z, 1), 2, 3));
    m.observe('x', m.normal(m.add(shift, place), 1), rows);
  });
};

/** Mean gradient and its standard errors at some parameters of `autoNormal`. */
function gradients(model: Model<readonly number[]>, discrete: Discrete, draws: number, temperature?: number) {
  const given = { model, data: x, guide: autoNormal(), around: aroundZero(1), execution: undefined };
  const { step, begin, parameters, baselines } = compileObjective(given, 'pathwise', discrete);
  step.inputs.set(begin);
  for (const { name, start, size } of parameters)
    for (let i = 0; i < size; i++) step.inputs[start + i] = name.endsWith('logits') ? Math.sin(3 * i) : -0.3;
  if (temperature !== undefined) step.inputs[begin.length + baselines] = temperature;
  const random = generator(key(3));
  const [mean, squares] = [new Float64Array(begin.length + 1), new Float64Array(begin.length + 1)];
  for (let s = 0; s < draws; s++) {
    step.run(random);
    for (let i = 0; i < mean.length; i++) {
      mean[i]! += step.outputs[i]! / draws;
      squares[i]! += step.outputs[i]! ** 2 / draws;
    }
  }
  const error = squares.map((square, i) => Math.sqrt(Math.max(0, square - mean[i]! ** 2) / draws));
  return { mean, error };
}

test('one-hot and whole numbers are enumerated to the same bound and gradient', () => {
  const [a, b] = [rowsOfKinds, rowsOfNumbers].map((model) => gradients(model, 'enumerated', 20));
  for (const [i, v] of a!.mean.entries()) expect(v).toBeCloseTo(b!.mean[i]!, 10);
});

test('the gradient of the enumerated bound is that of finite differences, by parameters of either kind', () => {
  const given = { model: rowsOfKinds, data: x, guide: autoNormal(), around: aroundZero(1) };
  const { step, begin } = compileObjective(given, 'pathwise', 'enumerated');
  const at = begin.map((_, i) => Math.sin(2 * i) / 2);
  const bound = (u: Float64Array): Float64Array => {
    step.inputs.set(u);
    step.run(generator(key(9)));
    return step.outputs.slice();
  };
  const slopes = bound(at).subarray(1);
  at.forEach((_, i) => {
    const moved = (h: number): number => bound(at.map((v, j) => (i === j ? v + h : v)))[0]!;
    expect(Math.abs(slopes[i]! - (moved(1e-4) - moved(-1e-4)) / 2e-4)).toBeLessThan(1e-5);
  });
});

test('scores beside running means are quieter: draws of a step are measured by what they are usually worth', () => {
  const given = { model: rowsOfKinds, data: x, guide: autoNormal(), around: aroundZero(1) };
  const settled = settleSvi({ draws: 1, learningRate: 1e-12 }, 1, 'score');
  const scatter = (isFollowed: boolean): number => {
    const objective = compileObjective(given, 'pathwise', 'score');
    const drawer = slopeDrawer(objective, key(1), settled);
    const walk = walkFrom(objective.begin, objective.baselines, settled);
    const [sum, squares] = [new Float64Array(objective.begin.length), new Float64Array(objective.begin.length)];
    const steps = 2000;
    for (let s = 0; s < steps; s++) {
      const slope = drawer(walk);
      slope.gradient.forEach((v, i) => {
        sum[i]! += v / steps;
        squares[i]! += (v * v) / steps;
      });
      stepAlong(walk, slope, 0, ruleOf('sgd'));
      if (!isFollowed) walk.baseline.fill(0);
    }
    return squares.reduce((total, square, i) => total + square - sum[i]! ** 2, 0);
  };
  expect(scatter(true)).toBeLessThan(0.6 * scatter(false));
});

test('the score has the enumerated bound and gradient as its mean, from terms of each row alone', () => {
  const exact = gradients(rowsOfKinds, 'enumerated', 4000);
  const scored = gradients(rowsOfKinds, 'score', 15_000);
  scored.mean.forEach((v, i) => {
    expect(Math.abs(v - exact.mean[i]!)).toBeLessThan(4.5 * Math.hypot(scored.error[i]!, exact.error[i]!));
  });
  // Rows beside: without plates every score is worth the whole bound, and is that much noisier.
  const outside: Model<readonly number[]> = (m, rows) => {
    const shift = m.sample('shift', m.normal(0, 0.1));
    const z = m.sample('z', m.oneHotCategorical([0.5, 0.3, 0.2]), { shape: [rows.length] });
    m.observe('x', m.normal(m.add(shift, m.sum(m.mul(z, places), -1)), 1), rows);
  };
  const noisy = gradients(outside, 'score', 15_000);
  noisy.mean.forEach((v, i) => {
    expect(Math.abs(v - exact.mean[i]!)).toBeLessThan(4.5 * Math.hypot(noisy.error[i]!, exact.error[i]!));
  });
  const total = (errors: Float64Array): number => errors.slice(1).reduce((sum, e) => sum + e * e, 0);
  expect(total(noisy.error)).toBeGreaterThan(5 * total(scored.error));
});

test('members with weights: enumerated as if they were repeated, and scores have that as their mean', () => {
  const times = [2, 0, 1, 3, 1];
  const weighed: Model<readonly number[]> = (m, rows) => {
    const shift = m.sample('shift', m.normal(0, 0.1));
    m.plate('rows', rows.length, { weights: times }, () => {
      const z = m.sample('z', m.oneHotCategorical([0.5, 0.3, 0.2]));
      m.observe('x', m.normal(m.add(shift, m.sum(m.mul(z, places), -1)), 1), rows);
    });
  };
  const exact = gradients(weighed, 'enumerated', 2000);
  // By hand at the same logits: rows one by one, times their weights; `shift` belongs to none.
  const alone = (n: number): number => {
    const one: Model<readonly number[]> = (m, rows) => {
      const shift = m.sample('shift', m.normal(0, 0.1));
      m.plate('rows', rows.length, { weights: rows.map((_, i) => (i === n ? 1 : 0)) }, () => {
        const z = m.sample('z', m.oneHotCategorical([0.5, 0.3, 0.2]));
        m.observe('x', m.normal(m.add(shift, m.sum(m.mul(z, places), -1)), 1), rows);
      });
    };
    return gradients(one, 'enumerated', 2000).mean[0]!;
  };
  // Of no row at all: what belongs to `shift`.
  const shiftAlone = alone(-1);
  const due = times.reduce((total, w, n) => total + w * (alone(n) - shiftAlone), shiftAlone);
  expect(exact.mean[0]).toBeCloseTo(due, 9);
  const scored = gradients(weighed, 'score', 15_000);
  scored.mean.forEach((v, i) => {
    expect(Math.abs(v - exact.mean[i]!)).toBeLessThanOrEqual(4.5 * Math.hypot(scored.error[i]!, exact.error[i]!));
  });
});

test('relaxed gradients come to the exact ones as the temperature falls, while their variance grows', () => {
  const exact = gradients(rowsOfKinds, 'enumerated', 1000);
  const rows = [2, 0.5, 0.1].map((temperature) => gradients(rowsOfKinds, 'relaxed', 10_000, temperature));
  const bias = rows.map(({ mean }) => Math.max(...mean.slice(1).map((v, i) => Math.abs(v - exact.mean[i + 1]!))));
  const noise = rows.map(({ error }) => error.slice(1).reduce((sum, e) => sum + e * e, 0));
  expect(bias[0]!).toBeGreaterThan(2 * bias[1]!);
  expect(bias[2]!).toBeLessThan(0.06);
  expect(noise[2]!).toBeGreaterThan(2 * noise[1]!);
  expect(noise[1]!).toBeGreaterThan(2 * noise[0]!);
});

const weights = x.map((v) =>
  [0.5, 0.3, 0.2].map((p, k) => (p * normalDensity((v - places[k]!) / Math.sqrt(1.01))) / Math.sqrt(1.01)),
);

test.each(['enumerated', 'score', 'straight-through', 'relaxed'] as const)(
  '%s: assignments end near their posteriors',
  (discrete) => {
    const { uncorrectedSites, bound, boundStandardError } = svi(rowsOfKinds, x, {
      discrete,
      draws: discrete === 'enumerated' ? 1 : 4,
      learningRate: 0.03,
      steps: 5000,
      temperature: { start: 1, rate: 2e-3, every: 100, least: 0.2 },
    });
    const evidence = weights.reduce((total, w) => total + Math.log(w.reduce((a, b) => a + b)), 0);
    expect(bound).toBeLessThan(evidence + 0.05 + 4 * boundStandardError);
    const slack = discrete === 'relaxed' ? 0.2 : 0.1;
    expect(bound).toBeGreaterThan(evidence - slack);
    weights.forEach((w, n) => {
      const total = w.reduce((a, b) => a + b);
      for (const [k, v] of w.entries())
        expect(Math.abs((uncorrectedSites.z!.mean as number[][])[n]![k]! - v / total)).toBeLessThan(slack);
    });
  },
);

test('a guide of one’s own is amortised: one small map from rows to logits for all of them', () => {
  const guide = writtenGuide((g) => {
    g.sample('shift', g.normal(g.parameter('loc', 0), g.exp(g.parameter('logScale', -3))));
    const inner = g.tanh(
      g.add(
        g.mul(g.parameter('w', [0.5, -0.5, 0.3, 0.1], [1, 4]), g.reshape(x, [5, 1])),
        g.parameter('b', [0, 0, 0, 0]),
      ),
    );
    g.sample('z', g.oneHotCategorical({ logits: g.matmul(inner, g.parameter('v', new Float64Array(12), [4, 3])) }));
  });
  const evidence = weights.reduce((total, w) => total + Math.log(w.reduce((a, b) => a + b)), 0);
  for (const discrete of ['enumerated', 'relaxed'] as const) {
    const { bound, parameters } = svi(rowsOfKinds, x, {
      guide,
      discrete,
      draws: 4,
      steps: 3000,
      learningRate: 0.03,
      temperature: 0.3,
    });
    expect(parameters.v!.length).toBe(12);
    expect(bound).toBeGreaterThan(evidence - 0.1);
    expect(bound).toBeLessThan(evidence + 0.02);
  }
});

test('minibatches are enumerated too', () => {
  const cut: Model<readonly number[]> = (m, rows) =>
    m.plate('rows', rows.length, { subsample: 2 }, (here) => {
      const z = m.sample('z', m.oneHotCategorical([0.5, 0.3, 0.2]));
      m.observe('x', m.normal(m.sum(m.mul(z, places), -1), 1), here(rows));
    });
  const exact = x.reduce(
    (total, v) => total + Math.log([0.5, 0.3, 0.2].reduce((sum, p, k) => sum + p * normalDensity(v - places[k]!), 0)),
    0,
  );
  for (const discrete of ['enumerated', 'score'] as const) {
    const { bound } = svi(cut, x, { discrete, draws: 4, steps: 4000, learningRate: 0.03 });
    expect(Math.abs(bound - exact)).toBeLessThan(0.08);
  }
});

test('what cannot be enumerated is refused with its sites', () => {
  const mixed: Model<readonly number[]> = (m, rows) => {
    const z = m.plate('rows', rows.length, () => m.sample('z', m.bernoulli(0.4)));
    m.observe('x', m.normal(m.mul(2, z), 1), rows);
  };
  expect(() => svi(mixed, x, { discrete: 'enumerated' })).toThrow(
    'site "x" depends on members of "z" that no plate tells apart',
  );
  const guide = writtenGuide((g) => g.sample('z', g.normal(0, 1)));
  expect(() => svi(mixed, x, { guide })).toThrow(
    'the guide of "z" of bernoulli is normal, bernoulli or categorical was due',
  );
});
