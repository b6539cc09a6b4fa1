import { readFileSync } from 'node:fs';
import { generator, key } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import {
  compile,
  differentiate,
  exp,
  input,
  matmul,
  mul,
  reshape,
  sum,
  take,
  transpose,
  type Value,
  value,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import * as all from './index.ts';
import { klDivergence } from './kl-divergence.ts';
import { drawsOf, meanSlopes, meansOf, numbersOf } from './testing-draws.ts';

type Row = {
  readonly name: string;
  readonly arguments: readonly number[];
  readonly points: readonly number[];
  readonly logDensities: readonly number[];
  readonly entropy: number | null;
  readonly moments: readonly [number, number] | null;
  readonly slopes: readonly number[] | null;
};
const { univariate, others } = JSON.parse(
  readFileSync(new URL('distributions.fixture.json', import.meta.url), 'utf8'),
) as {
  univariate: readonly Row[];
  others: readonly (Omit<Row, 'moments' | 'slopes'> & { readonly mean: readonly number[] | null })[];
};
const makers = all as unknown as { readonly [name: string]: (...x: readonly unknown[]) => Distribution };
const make = (row: { name: string; arguments: readonly unknown[] }): Distribution =>
  makers[row.name]!(...row.arguments);

test.each([...univariate, ...others])(
  '$name($arguments) has the log densities and the entropy that scipy gives',
  (row) => {
    const d = make(row);
    row.points.forEach((x, i) => {
      const [ours] = numbersOf(d.logDensity(value(x)));
      expect(Math.abs(ours! - row.logDensities[i]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(ours!)));
    });
    if (row.entropy === null) expect(d.entropy).toBeUndefined();
    else expect(numbersOf(d.entropy!())[0]).toBeCloseTo(row.entropy, 7);
  },
);

test.each(univariate.filter(({ moments }) => moments !== null))(
  'draws of $name($arguments) have its mean and deviation',
  (row) => {
    const [mean, sd] = row.moments!;
    const n = 40_000;
    const draws = drawsOf(make(row), n);
    const m = draws.reduce((total, x) => total + x, 0) / n;
    const variance = draws.reduce((total, x) => total + (x - m) ** 2, 0) / n;
    const fourth = draws.reduce((total, x) => total + (x - m) ** 4, 0) / n;
    expect(Math.abs(m - mean)).toBeLessThan(4.5 * (sd / Math.sqrt(n)));
    expect(Math.abs(variance - sd ** 2)).toBeLessThan(5 * Math.sqrt((fourth - variance ** 2) / n));
  },
);

test.each(univariate.filter(({ slopes }) => slopes !== null))(
  'draws of $name($arguments) move with its parameters as its mean does',
  (row) => {
    const inputs = row.arguments.map((_, i) => input(`p${i}`, []));
    const slopes = meanSlopes((...p) => makers[row.name]!(...p), inputs, row.arguments, 40_000);
    row.slopes!.forEach((slope, i) => {
      expect(Math.abs(slopes[i]! - slope)).toBeLessThan(0.05 * Math.max(0.4, Math.abs(slope)));
    });
  },
);

test.each(others.filter(({ name, mean }) => name !== 'categorical' && mean !== null))(
  'draws of $name($arguments) have its mean',
  (row) => {
    const { mean, error } = meansOf([make(row).sample([])], 20_000);
    for (const [i, x] of row.mean!.entries()) expect(Math.abs(mean[i]! - x)).toBeLessThan(4.5 * error[i]!);
  },
);

test('draws of a low-rank normal have its covariance, those of Wisharts with their gradients theirs', () => {
  const directions = [
    [1, 0],
    [0.5, 0.3],
    [-0.4, 0.8],
  ];
  const draw = all.multivariateNormal([0, 0, 0], { deviations: [1, 2, 0.5], directions }).sample([]);
  const { mean, error } = meansOf([mul(reshape(draw, [3, 1]), draw)], 20_000);
  const due = [2, 0.5, -0.4, 0.5, 4.34, 0.04, -0.4, 0.04, 1.05];
  due.forEach((x, i) => {
    expect(Math.abs(mean[i]! - x)).toBeLessThan(4.5 * error[i]!);
  });
});

test('a batch of Wisharts has the densities and the means of single ones', () => {
  const scales = [
    [
      [0.5, 0.1],
      [0.1, 0.3],
    ],
    [
      [1, -0.2],
      [-0.2, 0.6],
    ],
  ];
  const batch = all.wishart([4.5, 3], { scale: scales });
  const one = [4.5, 3].map((nu, k) => all.wishart(nu, { scale: scales[k]! }));
  const x = [
    [2, 0.3],
    [0.3, 1],
  ];
  expect(batch.batch).toEqual([2]);
  const [densities, entropies] = [numbersOf(batch.logDensity(value(x))), numbersOf(batch.entropy!())];
  one.forEach((d, k) => {
    expect(densities[k]).toBeCloseTo(numbersOf(d.logDensity(value(x)))[0]!, 12);
    expect(entropies[k]).toBeCloseTo(numbersOf(d.entropy!())[0]!, 12);
  });
  const { mean, error } = meansOf([batch.sample([2])], 20_000);
  scales.flat(2).forEach((w, i) => {
    expect(Math.abs(mean[i]! - [4.5, 3][Math.floor(i / 4)]! * w)).toBeLessThan(4.5 * error[i]!);
  });
});

test('the mean of a Wishart draw moves with its degrees of freedom and its factor: E Λ = ν L Lᵀ', () => {
  const [nu, factor] = [input('nu', []), input('factor', [2, 2])];
  const draw = all.wishart(nu, { factor }).sample([]);
  const program = compile(
    differentiate(
      sum(
        mul(draw, [
          [1, 2],
          [2, -1],
        ]),
      ),
      [nu, factor],
    ),
    [nu, factor],
  );
  program.inputs.set([4.5, 0.8, 0, -0.3, 0.5]);
  const random = generator(key(8));
  const [total, squares] = [new Float64Array(5), new Float64Array(5)];
  for (let s = 0; s < 20_000; s++) {
    program.run(random);
    program.outputs.forEach((v, i) => {
      total[i]! += v / 20_000;
      squares[i]! += (v * v) / 20_000;
    });
  }
  // Of tr(C L Lᵀ): by ν itself, by L 2 ν C L.
  const due = [0.64 + 4 * 0.8 * -0.3 - (0.09 + 0.25), 9 * (0.8 - 0.6), 9, 9 * (1.6 + 0.3), 9 * -0.5];
  for (const i of [0, 1, 3, 4])
    expect(Math.abs(total[i]! - due[i]!)).toBeLessThan(4.5 * Math.sqrt((squares[i]! - total[i]! ** 2) / 20_000) + 1e-9);
});

test('the mean of a Dirichlet draw moves with its concentration, by implicit gradients', () => {
  const a = input('a', [3]);
  const program = compile(differentiate(take(all.dirichlet(a).sample([]), 0), [a]), [a]);
  program.inputs.set([0.5, 2, 3.5]);
  const random = generator(key(9));
  const [total, squares] = [new Float64Array(3), new Float64Array(3)];
  for (let s = 0; s < 40_000; s++) {
    program.run(random);
    program.outputs.forEach((v, i) => {
      total[i]! += v / 40_000;
      squares[i]! += (v * v) / 40_000;
    });
  }
  // E π₁ = a₁/Σa.
  [5.5 / 36, -0.5 / 36, -0.5 / 36].forEach((x, i) => {
    expect(Math.abs(total[i]! - x)).toBeLessThan(4.5 * Math.sqrt((squares[i]! - total[i]! ** 2) / 40_000));
  });
});

test('medians of half-Cauchy and Cauchy draws are where they belong', () => {
  const below = (d: Distribution, at: number): number => drawsOf(d, 40_000).filter((x) => x < at).length / 40_000;
  expect(below(all.cauchy(1, 2), 1)).toBeCloseTo(0.5, 2);
  expect(below(all.cauchy(1, 2), 3)).toBeCloseTo(0.75, 2);
  expect(below(all.halfCauchy(2), 2)).toBeCloseTo(0.5, 2);
});

test.each<[string, Distribution, Distribution]>([
  ['normal', all.normal(0.3, 2), all.normal(-1, 1.5)],
  ['logNormal', all.logNormal(0.3, 0.5), all.logNormal(0, 1)],
  ['gamma', all.gamma(2, 3), all.gamma(4, 1)],
  ['inverseGamma', all.inverseGamma(5, 3), all.inverseGamma(4, 2)],
  ['exponential', all.exponential(2), all.exponential(0.5)],
  ['beta', all.beta(2, 3), all.beta(4, 1)],
  ['dirichlet', all.dirichlet([2, 3, 1]), all.dirichlet([1, 1, 4])],
  ['bernoulli', all.bernoulli(0.3), all.bernoulli(0.6)],
  ['bernoulli by logits', all.bernoulli({ logits: 0.3 }), all.bernoulli({ logits: -1 })],
  ['categorical', all.categorical([0.2, 0.8]), all.categorical([0.5, 0.5])],
  [
    'multivariateNormal',
    all.multivariateNormal([1, 0], {
      covariance: [
        [1, 0.3],
        [0.3, 2],
      ],
    }),
    all.multivariateNormal([0, 0.5], {
      covariance: [
        [2, -0.5],
        [-0.5, 1],
      ],
    }),
  ],
  [
    'wishart',
    all.wishart(4.5, {
      scale: [
        [0.5, 0.1],
        [0.1, 0.3],
      ],
    }),
    all.wishart(3, {
      scale: [
        [1, -0.2],
        [-0.2, 0.6],
      ],
    }),
  ],
  ['oneHotCategorical', all.oneHotCategorical([0.2, 0.8]), all.oneHotCategorical([0.5, 0.5])],
  [
    'multivariateNormal by deviations',
    all.multivariateNormal([1, 0], { deviations: [1, 2] }),
    all.multivariateNormal([0, 0], { deviations: [2, 1] }),
  ],
])('the divergence of two %s distributions is the mean difference of their log densities', (_, q, p) => {
  const x = q.sample([]);
  const { mean, error } = meansOf([all.klDivergence(q, p)!, all.klDivergence(q, q)!], 1);
  const sampled = meansOf([negated(q, p, x)], 20_000);
  expect(mean[1]).toBeCloseTo(0, 12);
  expect(error[0]).toBeLessThan(1e-6);
  expect(Math.abs(mean[0]! - sampled.mean[0]!)).toBeLessThan(4.5 * sampled.error[0]!);
});

const negated = (q: Distribution, p: Distribution, x: Value): Value => {
  const [a, b] = [q.logDensity(x), p.logDensity(x)];
  return { op: 'sub', inputs: [a, b], shape: a.shape };
};

test('no divergence is told of distributions of two kinds', () => {
  expect(klDivergence(all.normal(0, 1), all.laplace(0, 1))).toBeNull();
});

test.each([0.3, 1, 2])(
  'relaxed densities integrate to 1 at temperature %f, by importance from uniform shares',
  (temperature) => {
    const shares = all.dirichlet([1, 1, 1]);
    const x = shares.sample([]);
    const ratio = exp(negated(all.gumbelSoftmax(temperature, { logits: [0.2, -0.4, 0.5] }), shares, x));
    const { mean, error } = meansOf([ratio], 40_000);
    expect(Math.abs(mean[0]! - 1)).toBeLessThan(5 * error[0]!);
  },
);

test.each([0.5, 2])(
  'the relaxed Bernoulli integrates to 1 at temperature %f and its draws fall where it says',
  (temperature) => {
    const d = all.relaxedBernoulli(temperature, { logits: 0.4 });
    const n = 2000;
    const grid = value(Float64Array.from({ length: n }, (_, i) => 1 / (1 + Math.exp(-30 * ((i + 0.5) / n - 0.5) * 2))));
    const densities = numbersOf(exp(d.logDensity(grid)));
    const logistic = Float64Array.from({ length: n }, (_, i) => 30 * ((i + 0.5) / n - 0.5) * 2);
    const mass = densities.map((p, i) => (p * 60) / n / (2 + Math.exp(logistic[i]!) + Math.exp(-logistic[i]!)));
    expect(mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const below = mass.slice(0, n / 2).reduce((a, b) => a + b, 0);
    const draws = drawsOf(d, 40_000);
    expect(draws.filter((x) => x < 0.5).length / 40_000).toBeCloseTo(below, 2);
  },
);

test('correlations drawn by the onion method have variance 1/(2η + d − 1)', () => {
  const factor = all.lkjCholesky(3, 2).sample([]);
  const entries = mul(matmul(factor, transpose(factor)), matmul(factor, transpose(factor)));
  const { mean, error } = meansOf([entries], 20_000);
  expect(mean[0]).toBeCloseTo(1, 10);
  for (const at of [1, 2, 5]) expect(Math.abs(mean[at]! - 1 / 6)).toBeLessThan(4.5 * error[at]!);
});

test.each([
  [() => all.gumbelSoftmax(0, [0.5, 0.5]), 'temperature is 0, a number above 0 was due'],
  [() => all.normal([1, 2], [1, 2, 3]), '[svi] normal: shapes [2] and [3] do not broadcast'],
  [() => all.dirichlet(1), 'concentration is a number, an array was due'],
  [() => all.bernoulli(undefined as never), 'undefined came, probabilities or { logits } were due'],
  [() => all.flat().sample([]), 'a flat prior has no draws'],
])('what makes no distribution is refused in one sentence (%#)', (make, message) => {
  expect(make).toThrow(message);
});
