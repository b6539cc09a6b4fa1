import { familyProblem, familyRows } from '@mixtention/conformance';
import type { Family, Parts, Scores } from '@mixtention/core';
import { describe, expect, it } from 'vitest';
import { bernoulli } from '../families/index.ts';

const { prior } = bernoulli;
const coordinates = bernoulli.coordinates!;
const withCoordinates = (change: Partial<typeof coordinates>): Family => ({
  ...bernoulli,
  coordinates: { ...coordinates, ...change },
});
const withPrior = (change: Partial<typeof prior>): Family => ({ ...bernoulli, prior: { ...prior, ...change } });
const scaled = (scores: Scores, factor: number): Scores => ({ ...scores, bias: scores.bias.map((b) => factor * b) });

const shifted = ({ perComponent, shared }: Parts, by: number): Parts => ({ perComponent, shared: shared + by });
const negated = ({ perComponent, shared }: Parts): Parts => ({
  perComponent: perComponent.map((d) => -d),
  shared: -shared,
});

// One planted bug for each row that must notice it.
const planted: readonly (readonly [row: string, bug: string, family: Family])[] = [
  [
    'estimate-stationary',
    'the log normalizer is halved',
    { ...bernoulli, scores: (p, w) => scaled(bernoulli.scores(p, w), 0.5) },
  ],
  [
    'estimate-inverts',
    'samples are drawn with 0.05 more',
    {
      ...bernoulli,
      sample: (p, k, random) =>
        bernoulli.sample({ ...p, probabilities: p.probabilities.map((q: number) => Math.min(1, q + 0.05)) }, k, random),
    },
  ],
  [
    'integrates',
    'the log normalizer is a tenth too small',
    { ...bernoulli, scores: (p, w) => scaled(bernoulli.scores(p, w), 0.9) },
  ],
  [
    'weights-in-bias',
    'log weights are left out',
    { ...bernoulli, scores: (p, w) => bernoulli.scores(p, new Float64Array(w.length)) },
  ],
  ['support-refused', 'any row is accepted', { ...bernoulli, checkSupport: () => {} }],
  [
    'nothing-seen',
    'the posterior invents a row',
    withPrior({ posterior: (p, n, s) => prior.posterior({ ...p, a: p.a + 1 }, n, s) }),
  ],
  [
    'conjugate',
    'the posterior forgets a tenth of what was seen',
    withPrior({
      posterior: (p, n, s) =>
        prior.posterior(
          p,
          n.map((c) => 0.9 * c),
          s.map((own) => own.map((c) => 0.9 * c)),
        ),
    }),
  ],
  [
    'sharpens',
    'expected scores have a constant of their own',
    withPrior({ expectedScores: (p, w) => scaled(prior.expectedScores(p, w), 1.01) }),
  ],
  [
    'mode-highest',
    'the mode is the mean',
    withPrior({ mode: ({ width, a, b }) => ({ width, probabilities: a.map((yes, i) => yes / (yes + b[i]!)) }) }),
  ],
  [
    'mean-exists',
    'the mean is that of the rows, of which there are none',
    withPrior({
      mean: ({ width, a, b }) => ({
        width,
        probabilities: a.map((yes, i) => (yes - 1.1) / (yes - 1.1 + (b[i]! - 1.1))),
      }),
    }),
  ],
  [
    'evidence',
    'the evidence forgets a constant',
    withPrior({ evidence: (q, p) => shifted(prior.evidence(q, p), 1e-4) }),
  ],
  [
    'predictive',
    'a row is predicted by the mode',
    withPrior({ predictive: (q, w) => bernoulli.scores(prior.mode(q), w) }),
  ],
  [
    'predictive-marginal',
    'the posterior keeps its columns in their old order',
    withPrior({
      marginal: (q, columns) =>
        prior.marginal!(
          q,
          columns.toSorted((a, b) => a - b),
        ),
    }),
  ],
  [
    'predictive-conditional',
    'a hidden cell is predicted by the mode',
    withPrior({ conditional: (q, seen, hidden) => bernoulli.conditional!(prior.mode(q), seen, hidden) }),
  ],
  ['posterior-draws', 'draws are the mode', withPrior({ sample: (q) => prior.mode(q) })],
  ['shapes', 'shapes are those of one component more', { ...bernoulli, shape: (K, D) => bernoulli.shape(K + 1, D) }],
  ['posterior-select', 'the posterior is left as it is', withPrior({ select: (q) => q })],
  [
    'posterior-units',
    'counts of the prior are taken for numbers with units',
    withPrior({ unscale: (p) => ({ ...p, a: p.a * 2 }), rescale: (p) => ({ ...p, a: p.a / 2 }) }),
  ],
  [
    'marginal',
    'columns are taken in their old order',
    {
      ...bernoulli,
      marginal: (p, columns) =>
        bernoulli.marginal!(
          p,
          columns.toSorted((a, b) => a - b),
        ),
    },
  ],
  [
    'conditional',
    'a hidden column is predicted by the one before',
    { ...bernoulli, conditional: (p, seen, [d]) => bernoulli.conditional!(p, seen, [d! > 0 ? d! - 1 : 1]) },
  ],
  [
    'coordinates-inverse',
    'a probability is taken for its logit',
    withCoordinates({ from: ({ probabilities }) => ({ logit: probabilities }) }),
  ],
  [
    'coordinates-gradient',
    'the gradient forgets the prior',
    withCoordinates({ gradient: (at, written) => coordinates.gradient(at, written, null) }),
  ],
  [
    'coordinates-bound',
    'logits are cut where nothing asks for it',
    withCoordinates({
      bound: ({ logit }) => ({ coordinates: { logit: logit!.map((l) => Math.min(l, 0)) }, degenerate: [] }),
    }),
  ],
  [
    'divergence-sign',
    'the divergence is turned around',
    withPrior({ divergence: (q, p) => negated(prior.divergence(q, p)) }),
  ],
  [
    'plain-data',
    'parameters hold a function',
    {
      ...bernoulli,
      estimate: (...call) => ({
        ...bernoulli.estimate(...call),
        params: { ...bernoulli.estimate(...call).params, logit: () => 0 } as never,
      }),
    },
  ],
  [
    'pure',
    'counts are normalised in place',
    {
      ...bernoulli,
      estimate: (counts, sums, ...rest) =>
        bernoulli.estimate(
          counts,
          sums.map((s) => s),
          ...rest,
        ) && { ...bernoulli.estimate(counts, sums, ...rest), degenerate: [counts[0]!++] },
    },
  ],
  [
    'unscale-rescale',
    'parameters are moved as if they were means',
    {
      ...bernoulli,
      unscale: (p) => ({ ...p, probabilities: p.probabilities.map((q: number) => q / 2) }),
      rescale: (p) => ({ ...p, probabilities: p.probabilities.map((q: number) => q * 2) }),
    },
  ],
  [
    'describe',
    'descriptions are rounded',
    {
      ...bernoulli,
      describe: (p) => ({
        ...bernoulli.describe(p),
        means: { ...bernoulli.describe(p).means, data: p.probabilities.map((q: number) => Math.round(1e4 * q) / 1e4) },
      }),
    },
  ],
  [
    'select',
    'the order is inverted',
    {
      ...bernoulli,
      select: (p, order) =>
        bernoulli.select(
          p,
          order.map((_, k) => (order.includes(k) ? order.indexOf(k) : order[k]!)),
        ),
    },
  ],
  [
    'degenerate',
    'an empty component divides by nothing',
    {
      ...bernoulli,
      estimate: (n, s, previous) => ({
        params: { ...previous, probabilities: s[0]!.map((c, i) => c / n[Math.floor(i / previous.width)]!) },
        degenerate: [],
      }),
    },
  ],
];

describe('the suite of families notices', () => {
  for (const [name, bug, family] of planted) {
    it(`${bug}, in the row "${name}"`, async () => {
      const row = familyRows.find((own) => own.name === name)!;
      await expect(async () => row.check({ family, problem: familyProblem(family, 1) })).rejects.toThrow();
      await row.check({ family: bernoulli, problem: familyProblem(bernoulli, 1) });
    });
  }
});
