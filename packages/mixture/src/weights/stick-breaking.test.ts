import type { Weights } from '@mixtention/core';
import { build } from '@mixtention/core/loop';
import { generator, key } from '@mixtention/core/numeric';
import { standardErrors } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { dirichletProcess, pitmanYor, type StickBreaking, weights } from './index.ts';

const counts = Float64Array.of(6, 0.5, 3, 0);

const all: readonly (readonly [string, StickBreaking])[] = (['open', 'closed'] as const).flatMap((truncation) => [
  [`the ${truncation} Dirichlet process`, dirichletProcess(0.7, truncation)] as const,
  [`the ${truncation} Pitman–Yor process`, pitmanYor(0.7, 0.3, truncation)] as const,
]);

describe.each(all)('%s', (_, prior) => {
  const posterior = prior.posterior(counts);
  const isOpen = prior.truncation === 'open';

  it('has the sticks of the formula: Beta(1 − δ + N_k, α + kδ + Σ of what comes after)', () => {
    const { discount } = prior;
    const due = [6, 0.5, 3, 0].map((n) => 1 - discount + n);
    const rest = [3.5, 3, 0, 0].map((n, k) => 0.7 + (k + 1) * discount + n);
    const close = (values: number[]): unknown[] => values.slice(0, isOpen ? 4 : 3).map((v) => expect.closeTo(v, 13));
    expect([[...posterior.a], [...posterior.b]]).toEqual([close(due), close(rest)]);
  });

  it('draws weights whose means, logarithms and divergence have their expectations, within 4 standard errors', () => {
    const random = generator(key(3));
    const draws = Array.from({ length: 8000 }, () => prior.sample(posterior, random));
    const { weights: expected, rest } = prior.expectedWeights(posterior);
    const logs = prior.expectedLogWeights(posterior);
    for (let k = 0; k < 4; k++) {
      const own = draws.map((l) => l[k]!);
      expect(standardErrors(own, logs[k]!)).toBeLessThan(4);
      expect(standardErrors(own.map(Math.exp), expected[k]!)).toBeLessThan(4);
    }
    expect(expected.reduce((sum, w) => sum + w, rest)).toBeCloseTo(1, 13);
    expect(rest > 0).toBe(isOpen);
    // log q − log p of a draw of sticks is the log likelihood of the counts less their evidence.
    const ratios = draws.map((l) =>
      counts.reduce((sum, n, k) => sum + (n > 0 ? n * l[k]! : 0), -prior.evidence(posterior)),
    );
    expect(standardErrors(ratios, prior.divergence(posterior))).toBeLessThan(4);
  });

  it('has evidence and divergence that differ by the expected log likelihood of the counts', () => {
    const expected = prior.expectedLogWeights(posterior).reduce((sum, l, k) => sum + counts[k]! * l, 0);
    expect(prior.evidence(posterior)).toBeCloseTo(expected - prior.divergence(posterior), 11);
    expect(prior.divergence(prior.posterior(new Float64Array(4)))).toBeCloseTo(0, 13);
  });

  it('selects components with their counts, keeps their order, and is rebuilt from its spec', () => {
    expect(prior.select(posterior, [2, 0, 0])).toEqual(prior.posterior(Float64Array.of(3, 3, 3)));
    expect([prior.exchangeable, prior.bounded, prior.freeParameters(4)]).toEqual([false, false, isOpen ? 4 : 3]);
    const again = build(structuredClone(prior.spec), { '@mixtention/mixture': { weights } }) as Weights;
    expect(again.spec).toEqual(prior.spec);
    expect(again.evidence(posterior)).toBe(prior.evidence(posterior));
    expect(prior.describe()).toContain(`truncation ${prior.truncation}`);
  });
});

it.each([dirichletProcess(1.7), dirichletProcess(1.7, 'closed'), pitmanYor(1.7, 0.3), pitmanYor(1.7, 0.3, 'closed')])(
  '%# has at its mode the highest likelihood times density of sticks, where that has a highest point',
  (prior) => {
    const rows = Float64Array.of(5, 2, 9, 4);
    const height = (l: Float64Array): number => rows.reduce((sum, n, k) => sum + n * l[k]!, 0) + prior.logDensity(l);
    const mode = prior.mode(rows);
    const left = (l: Float64Array, k: number): number => 1 - l.slice(0, k).reduce((sum, own) => sum + Math.exp(own), 0);
    for (let k = 0; k < 3; k++) {
      for (const by of [1e-3, -1e-3]) {
        // Stick k is longer, all after it take as much of what is left as before.
        const v = Math.exp(mode[k]!) / left(mode, k);
        const moved = mode.map((l, j) =>
          j < k ? l : j === k ? l + Math.log1p(by / v) : l + Math.log1p(-by / (1 - v)),
        );
        expect(height(moved)).toBeLessThan(height(mode));
      }
    }
  },
);

it('whole counts of an untruncated process have the evidence of its urn: a row joins those before it, or begins a new component', () => {
  // With sticks enough those that nobody broke cost nothing, whatever their number: bounds of open truncations compare.
  const labels = [0, 0, 1, 0, 2, 1, 0];
  for (const [concentration, discount] of [
    [1.3, 0],
    [0.4, 0.6],
  ] as const) {
    const prior = pitmanYor(concentration, discount);
    const evidence = [3, 10].map((K) => {
      const own = new Float64Array(K);
      for (const k of labels) own[k]!++;
      return prior.evidence(prior.posterior(own));
    });
    expect(evidence[1]).toBeCloseTo(evidence[0]!, 12);
    // The urn in order of appearance; sticks are in size-biased order, so each row takes one stick or passes on: chain rule of Betas.
    let due = 0;
    const taken = [0, 0, 0];
    const passed = [0, 0, 0];
    for (const k of labels) {
      for (let j = 0; j <= k; j++) {
        const [a, b] = [1 - discount + taken[j]!, concentration + (j + 1) * discount + passed[j]!];
        due += Math.log((j === k ? a : b) / (a + b));
        if (j === k) taken[j]!++;
        else passed[j]!++;
      }
    }
    expect(evidence[0]).toBeCloseTo(due, 12);
  }
});

it('a Pitman–Yor process without discount is a Dirichlet process', () => {
  const [a, b] = [dirichletProcess(2), pitmanYor(2, 0)];
  expect(a.posterior(counts)).toEqual(b.posterior(counts));
  expect(a.evidence(a.posterior(counts))).toBe(b.evidence(b.posterior(counts)));
});

it('refuses a concentration, a discount and a truncation that are none', () => {
  for (const c of [0, -0.1, Number.NaN, '1'])
    expect(() => dirichletProcess(c as number)).toThrow(/concentration is .*, a finite number above 0 was due/);
  for (const d of [-0.1, 1, Number.NaN])
    expect(() => pitmanYor(1, d)).toThrow(/discount is .*, a number from 0 to below 1 was due/);
  expect(() => dirichletProcess(1, 'ajar' as 'open')).toThrow('truncation is "ajar", "open" or "closed" was due');
});
