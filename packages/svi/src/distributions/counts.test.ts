import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile, differentiate, exp, input, normalLogCdf, value } from '../graph/index.ts';
import { posterior } from '../model/index.ts';
import * as all from './index.ts';
import { drawsOf, meansOf, numbersOf } from './testing-draws.ts';

const fixture = JSON.parse(readFileSync(new URL('distributions.fixture.json', import.meta.url), 'utf8')) as {
  readonly normalLogCdf: { readonly points: readonly number[]; readonly values: readonly number[] };
};

test('the logarithm of the normal distribution function has the digits of scipy in both tails', () => {
  const { points, values } = fixture.normalLogCdf;
  const ours = numbersOf(normalLogCdf(points));
  for (const [i, due] of values.entries()) expect(Math.abs(ours[i]! / due - 1)).toBeLessThan(1e-12);
});

test('and its slope is −x far below, where the formula would have none', () => {
  const x = input('x', []);
  const program = compile(differentiate(normalLogCdf(x), [x]), [x]);
  for (const at of [-1e3, -1e5, -1e9, -1e150]) {
    program.inputs.set([at]);
    program.run();
    expect(program.outputs[0]! / -at).toBeCloseTo(1, 5);
  }
});

const counts = Array.from({ length: 400 }, (_, i) => i);
test.each([
  ['negativeBinomial', all.negativeBinomial(7, 0.6)],
  ['geometric', all.geometric(0.2)],
  ['geometric by logits', all.geometric({ logits: -1.4 })],
])('probabilities of %s sum to 1', (_, d) => {
  const total = numbersOf(exp(d.logDensity(value(counts)))).reduce((a, b) => a + b, 0);
  expect(total).toBeCloseTo(1, 8);
});

test('a negative binomial of much concentration is Poisson', () => {
  const x = value([0, 3, 12]);
  const [a, b] = [numbersOf(all.negativeBinomial(4, 1e9).logDensity(x)), numbersOf(all.poisson(4).logDensity(x))];
  a.forEach((p, i) => {
    expect(p).toBeCloseTo(b[i]!, 5);
  });
});

test('ranks of a batch have probabilities that sum to 1, with digits where cutpoints are far from the location', () => {
  const d = all.orderedLogistic([0.4, 60, -60], [-1, 0.5]);
  expect(d.batch).toEqual([3]);
  const [low, mid, high] = [0, 1, 2].map((k) => numbersOf(d.logDensity(value([k, k, k]))));
  for (const i of [0, 1, 2]) expect(Math.exp(low![i]!) + Math.exp(mid![i]!) + Math.exp(high![i]!)).toBeCloseTo(1, 12);
  // σ(0.5 − 60) − σ(−1 − 60) is e^−59.5 − e^−61, by either tail.
  expect(mid![1]! / Math.log(Math.exp(-59.5) - Math.exp(-61))).toBeCloseTo(1, 12);
  expect(mid![2]! / Math.log(Math.exp(-59) - Math.exp(-60.5))).toBeCloseTo(1, 12);
});

test('categorical draws come as often as they should', () => {
  const draws = drawsOf(all.categorical([1, 0, 3]), 40_000);
  expect(draws.filter((x) => x === 2).length / 40_000).toBeCloseTo(0.75, 2);
  expect(draws.includes(1)).toBe(false);
});

test('counts by kind are drawn in a batch, and sum to their trials', () => {
  const draw = all
    .multinomial(
      [4, 9],
      [
        [1, 1, 2],
        [0, 1, 3],
      ],
    )
    .sample([2]); // prettier-ignore
  expect(draw.shape).toEqual([2, 3]);
  const { mean, error } = meansOf([draw], 5000);
  [1, 1, 2, 0, 2.25, 6.75].forEach((due, i) => {
    expect(Math.abs(mean[i]! - due)).toBeLessThan(4.5 * error[i]! + 1e-12);
  });
});

const refused = (model: Parameters<typeof posterior<null>>[0]) => () => posterior(model, null);
test.each([
  [() => all.multinomial(3, 0.5), 'a number came for the kinds, an array was due'],
  [() => all.orderedLogistic(0, 1), 'the cutpoints are a number, an array was due'],
  [() => all.truncatedNormal(0, 1, {}), 'no bound came, { lower }, { upper } or both were due'],
  [() => all.truncatedNormal(0, 1, { lower: 0 }).sample([]), 'a truncated normal has no draws here'],
  [
    refused(({ sample, observe, dirichlet, multinomial }) =>
      observe('y', multinomial(5, sample('p', dirichlet([1, 1, 1]))), [
        [1, 1, 3],
        [1, 1, 4],
      ]),
    ),
    'site "y" observes 1 (place 3 of [2, 3]) of multinomial(trials: a number, probability: [3]); whole numbers from 0 that sum to 5 was due',
  ],
  [refused(({ sample, multinomial }) => sample('x', multinomial(5, [0.5, 0.5]))), 'site "x"'],
])('what makes no sense is refused in one sentence (%#)', (make, message) => {
  expect(make).toThrow(message);
});
