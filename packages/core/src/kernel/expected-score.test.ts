import { expect, test } from 'vitest';
import { matrix } from '../base/matrix.ts';
import type { Scores, Term } from '../contracts/index.ts';
import { generator, key } from '../numeric/index.ts';
import { expectedScore } from './expected-score.ts';
import { reference, referenceSums } from './reference.ts';
import { identity } from './statistics.ts';

const random = generator(key(4));
const draw = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
const K = 3;
const C = 2;
const x = matrix(Array.from({ length: 20 }, () => [random.normal() + 3, random.normal()]));

const lower = (count: number): Float64Array =>
  Float64Array.from({ length: count * C * C }, (_, i) => (i % 4 === 1 ? 0 : 1 + random.uniform()));

const terms: { readonly [name: string]: Term } = {
  linear: { form: 'linear', natural: draw(K * C), width: C, statistics: identity.none, columns: null },
  'linear with products': { form: 'linear', natural: draw(K * C), width: C, statistics: identity.each, columns: null },
  whitened: {
    form: 'whitened',
    factor: lower(K),
    offset: draw(K * C),
    width: C,
    statistics: identity.each,
    columns: null,
    triangular: true,
  },
  'whitened of another rank': {
    form: 'whitened',
    factor: draw(K * 3 * C),
    offset: draw(K * 3),
    width: C,
    statistics: identity.each,
    columns: null,
  },
  shared: {
    form: 'whitened',
    factor: lower(1),
    offset: draw(K * C),
    width: C,
    statistics: identity.pooled,
    columns: null,
  },
};

test.each(Object.entries(terms))('the expected score from sums is that of all pairs, %s', (_, term) => {
  const scores: Scores = { components: K, bias: draw(K), terms: [term] };
  // Responsibilities of other scores: sums need not be of a softmax of these.
  const other: Scores = { components: K, bias: draw(K), terms: [{ ...terms.linear!, natural: draw(K * C) } as Term] };
  const { responsibilities } = reference([x], other);
  const { scores: L } = reference([x], scores);
  const due = Float64Array.from(L.data).reduce((sum, l, i) => sum + responsibilities.data[i]! * l, 0);
  const { counts, sums } = referenceSums([x], [term.statistics.squares], responsibilities);
  expect(expectedScore(scores, counts, sums)).toBeCloseTo(due, 10);
});

test('a component that owns nothing adds nothing, be its bias −∞', () => {
  const scores: Scores = {
    components: 2,
    bias: Float64Array.of(-1, Number.NEGATIVE_INFINITY),
    terms: [{ ...terms.linear!, natural: Float64Array.of(1, 2, Number.NEGATIVE_INFINITY, 0) } as Term],
  };
  expect(expectedScore(scores, Float64Array.of(2, 0), [Float64Array.of(3, 4, 0, 0)])).toBe(-2 + 3 + 8);
});
