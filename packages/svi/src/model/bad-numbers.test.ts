import { expect, test } from 'vitest';
import { input, take } from '../graph/index.ts';
import type { Model, ModelTools } from './model-types.ts';
import { posterior } from './posterior.ts';
import { traceModel } from './trace-model.ts';

const traced = (model: Model<null>) => () =>
  traceModel(model, null, ({ name, shape }) => ({ value: input(name, shape) }));
const drawn =
  (make: (m: ModelTools) => Parameters<ModelTools['sample']>[1]): Model<null> =>
  (m) => {
    m.sample('x', make(m));
  };
const seen =
  (make: (m: ModelTools) => Parameters<ModelTools['sample']>[1], y: unknown): Model<null> =>
  (m) => {
    m.observe('y', make(m), y as never);
  };
const eye = [
  [1, 0],
  [0, 1],
];

test.each<[string, Model<null>, string]>([
  ['sd 0', drawn((m) => m.normal(0, 0)), 'has sd 0 (place 0 of a number); a finite number above 0 was due'],
  ['sd NaN', drawn((m) => m.normal(0, [1, Number.NaN])), 'has sd NaN (place 1 of [2])'],
  ['mean ∞', drawn((m) => m.normal(Number.POSITIVE_INFINITY, 1)), 'has mean Infinity'],
  ['probability', drawn((m) => m.bernoulli(1.5)), 'has probability 1.5 (place 0 of a number); a number from 0 to 1'],
  ['logits', drawn((m) => m.bernoulli({ logits: Number.POSITIVE_INFINITY })), 'has logits Infinity'],
  ['beta', drawn((m) => m.beta(1, 0)), 'has b 0'],
  ['trials', drawn((m) => m.binomial(2.5, 0.5)), 'has trials 2.5 (place 0 of a number); a whole number from 0 was due'],
  ['eta', drawn((m) => m.lkjCholesky(3, -1)), 'has eta -1'],
  ['bounds', drawn((m) => m.uniform(3, [4, 1])), 'has lower bound 3 and upper bound 1'],
  ['no bound', drawn((m) => m.flat({ lower: Number.NEGATIVE_INFINITY })), 'has a bound that is not finite'],
  ['bound of another name', drawn((m) => m.flat({ min: 0 } as never)), 'unknown option "min"'],
  ['shares below 0', drawn((m) => m.categorical([-0.1, 1.1])), 'has probability -0.1'],
  ['no shares', drawn((m) => m.categorical([0, 0])), 'has probability by which nothing can be'],
  ['no kinds', drawn((m) => m.categorical([])), 'the probabilities are empty'],
  ['weights', drawn((m) => m.mixture([-1, 2], m.normal([0, 1], 1))), 'has weights -1'],
  ['degrees', drawn((m) => m.wishart(1, { scale: eye })), 'has too few degrees; more than 1 were due'],
  [
    'indefinite',
    drawn((m) =>
      m.multivariateNormal([0, 0], {
        covariance: [
          [1, 2],
          [2, 1],
        ],
      }),
    ),
    'not positive definite',
  ],
  [
    'lopsided',
    drawn((m) =>
      m.multivariateNormal([0, 0], {
        covariance: [
          [1, 0.9],
          [0, 1],
        ],
      }),
    ),
    'not symmetric',
  ],
  [
    'upper',
    drawn((m) =>
      m.multivariateNormal([0, 0], {
        factor: [
          [1, 0.5],
          [0, 1],
        ],
      }),
    ),
    'with 0.5 above its diagonal',
  ],
  [
    'no spread',
    drawn((m) => m.multivariateNormal([0, 0], {} as never)),
    '{ covariance }, { factor } or { deviations }',
  ],
  [
    'trials by row',
    seen(
      (m) => m.binomial([[3], [5]], 0.5),
      [
        [1, 4],
        [5, 5],
      ],
    ),
    'observes 4 (place 1 of [2, 2])',
  ],
  ['trials of many', seen((m) => m.binomial([9, 1], 0.5), 5), 'a whole number from 0 to 1 was due'],
  ['taken', seen((m) => m.poisson(2), take([1, -1], [1])), 'observes -1 (place 0 of [1])'],
  ['open edge', seen((m) => m.logNormal(0, 1), [1, 0]), 'observes 0 (place 1 of [2]) of logNormal'],
  ['open edge of its inverse', seen((m) => m.inverseGamma(2, 1), 0), 'a number above 0 was due'],
  [
    'correlations',
    seen(
      (m) => m.lkjCholesky(2, 1),
      [
        [1, 0],
        [2, 1],
      ],
    ),
    'a Cholesky factor of correlations',
  ],
  [
    'matrix',
    seen(
      (m) => m.wishart(3, { scale: eye }),
      [
        [1, 2],
        [2, 1],
      ],
    ),
    'a positive definite matrix was due',
  ],
  ['falling', seen((m) => m.ordered(m.normal([0, 0], 1)), [2, 1]), 'rising numbers'],
  ['big integers', seen((m) => m.normal(0, 1), BigInt64Array.of(1n)), 'a BigInt64Array came, numbers'],
  [
    'half a matrix',
    seen((m) => m.normal(0, 1), { data: [1, 2, 3], rows: 2, cols: 2 }),
    'a matrix of 2 × 2 has 3 numbers',
  ],
  ['shape', (m) => void m.sample('x', m.normal(0, 1), { shape: 3 as never }), 'site "x": the shape is 3, a list'],
  ['plate', (m) => void m.plate('p', 3, { subsampel: 2 } as never, () => 0), 'did you mean "subsample"?'],
])('%s is refused with its site', (_, model, message) => {
  expect(traced(model)).toThrow(message);
});

test('what is at an edge, or has bounds of its own, is taken', () => {
  for (const model of [
    seen(
      (m) => m.binomial([[3], [5]], 0.5),
      [
        [1, 3],
        [5, 4],
      ],
    ),
    seen((m) => m.poisson([0, 2]), [0, 1]),
    seen((m) => m.mixture([0.5, 0.5], m.uniform([0, 5], [1, 6])), [0.5, 5.5]),
    seen((m) => m.categorical({ logits: [Number.NEGATIVE_INFINITY, 0] }), [1]),
    seen(
      (m) => m.wishart(3, { scale: eye }),
      [
        [1, 0.5],
        [0.5, 1],
      ],
    ),
    seen(
      (m) => m.lkjCholesky(2, 1),
      [
        [1, 0],
        [0.6, 0.8],
      ],
    ),
  ])
    expect(traced(model)).not.toThrow();
});

test('a model of no rows has the density of its prior', () => {
  const model: Model<readonly number[]> = (m, y) => m.observe('y', m.normal(m.sample('x', m.normal(0, 1)), 1), y);
  const gradient = new Float64Array(1);
  expect(posterior(model, []).logDensity(Float64Array.of(2), gradient)).toBeCloseTo(
    -2 - 0.5 * Math.log(2 * Math.PI),
    12,
  );
  expect([...gradient]).toEqual([-2]);
});

test('a model that states other sites when it runs again is refused', () => {
  let run = 0;
  expect(() => posterior((m) => m.sample(`x${run++}`, m.normal(0, 1)), null)).toThrow(
    'site "x1" of a number was not there',
  );
  run = 0;
  const growing: Model<null> = (m) => m.sample('x', m.normal(0, 1), { shape: [++run] });
  expect(() => posterior(growing, null)).toThrow('site "x" of [2] had [1] when the model ran before');
});
