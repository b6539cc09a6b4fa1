import { bernoulli, MixtureModel } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { attentionFromMixture } from '../from-mixture/attention-from-mixture.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { bernoulliFromAttention } from './bernoulli-from-attention.ts';
import { xray } from './xray.ts';

const [K, D] = [10, 784];
const random = draws(74);
const probabilities = random.uniform(K, D, 0.001, 0.999).data;
const raw = random.uniform(1, K, 0.2, 1).data;
const total = raw.reduce((a, b) => a + b, 0);
const weights = raw.map((w) => w / total);
const model = new MixtureModel({
  family: bernoulli,
  params: { width: D, probabilities },
  logWeights: weights.map(Math.log),
});

const logit = (p: number): number => Math.log(p / (1 - p));
const row = (k: number): number[] => [...probabilities.subarray(k * D, (k + 1) * D)];
const augmented = Array.from({ length: K }, (_, k) => [
  ...row(k).map(logit),
  ...row(k).map((p) => Math.log1p(-p)),
  Math.log(weights[k]!),
]);

test.each(['half', 'full', 'augmented'] as const)(
  'the head that is a mixture of 10 Bernoullis gives its weights and probabilities back: %s',
  (form) => {
    const head = form === 'full' ? attentionFromMixture(model, { masked: true }) : attentionFromMixture(model);
    const [keys, bias] = form === 'augmented' ? [augmented, null] : [head.keys, head.bias as Float64Array];
    const found = bernoulliFromAttention(keys, bias, { form }).model;
    expect(difference(found.means.data, probabilities)).toBeLessThan(1e-13);
    expect(difference(found.weights, weights)).toBeLessThan(1e-12);
  },
);

test('pixels of evidence, partly seen, sum to the score', () => {
  const { query, keys, bias } = attentionFromMixture(model, { masked: true });
  const mask = random.bits(D);
  const x = [...random.bits(D)];
  const q = query([x], mask);
  const { contributions } = bernoulliFromAttention(keys, bias as Float64Array, { form: 'full' });
  for (let k = 0; k < K; k++) {
    const parts = contributions(q.data, k);
    const sum = Math.log(weights[k]!) + parts.reduce((a, b) => a + b, 0);
    const score =
      bias[k]! +
      [...keys.data.subarray(k * 2 * D, (k + 1) * 2 * D)].reduce<number>((a, value, j) => a + value * q.data[j]!, 0);
    expect(Math.abs(sum - score)).toBeLessThan(1e-9);
    parts.forEach((part, j) => {
      const p = probabilities[k * D + j]!;
      expect(part).toBeCloseTo(mask[j] === 1 ? Math.log(x[j] === 1 ? p : 1 - p) : 0, 12);
    });
  }
});

test('its X-ray has the evidence of the mixture: L is log p(x), exactly', () => {
  const { query, keys, bias, values } = attentionFromMixture(model);
  const x = Array.from({ length: 20 }, () => [...random.bits(D)]);
  const { evidence, perQuery } = xray(
    { q: query(x), k: keys, v: values, bias: bias as Float64Array, scale: 1 },
    { gauge: false },
  ).heads[0]!;
  const { logDensity, responsibilities } = {
    logDensity: model.logDensity(x),
    responsibilities: model.responsibilities(x),
  };
  expect(difference(evidence!.logEvidence, logDensity)).toBeLessThan(1e-9);
  const entropies = x.map((_, n) =>
    [...responsibilities.data.subarray(n * K, (n + 1) * K)].reduce<number>(
      (sum, r) => (r > 0 ? sum - r * Math.log(r) : sum),
      0,
    ),
  );
  expect(difference(perQuery.entropy, entropies)).toBeLessThan(1e-9);
});

test.each([
  [
    () => bernoulliFromAttention([[0, 0]], null, { form: 'full' }),
    /key 0 \(counted from 0\) gives pixel 0 the chances 1 and 1, which sum to 2: no Bernoulli mixture of the form full/,
  ],
  [
    () => bernoulliFromAttention([[0, 0, 0]], null, { form: 'full' }),
    /the keys have 3 columns, which the form full cannot have/,
  ],
  [
    () => bernoulliFromAttention([[0]], [1, 2], { form: 'half' }),
    /the bias holds 2 numbers, one for each of 1 key was due/,
  ],
])('%s is refused', (call, sentence) => expect(call).toThrow(sentence));
