import type { Weights } from '@mixtention/core';
import { build } from '@mixtention/core/loop';
import { generator, key, logBeta } from '@mixtention/core/numeric';
import { standardErrors } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { dirichlet, dirichletProcess, pitmanYor, pointWeights, weights } from './index.ts';

const logs = (...values: number[]): Float64Array => Float64Array.from(values, Math.log);

/** ∫ f(log π) dπ over two weights: the trapezoid rule in logits, whose ends vanish. */
function integral(f: (logWeights: Float64Array) => number): number {
  const step = 0.02;
  let sum = 0;
  for (let u = -60; u <= 60; u += step) {
    const first = -Math.log1p(Math.exp(-u));
    const second = -Math.log1p(Math.exp(u));
    sum += f(Float64Array.of(first, second)) * Math.exp(first + second) * step;
  }
  return sum;
}

/** log of the likelihood of counts. */
const likelihood = (counts: Float64Array, logWeights: Float64Array): number =>
  counts.reduce((sum, n, k) => (n === 0 ? sum : sum + n * logWeights[k]!), 0);

const dirichlets: readonly (readonly [string, Weights])[] = [0.3, 1, 2.5].map((c) => [`Dirichlet(${c})`, dirichlet(c)]);
/** Of two components, of which a closed truncation has one stick: its density is that of the weights. */
const priors: readonly (readonly [string, Weights])[] = [
  ...dirichlets,
  ['a closed Dirichlet process', dirichletProcess(1.7, 'closed')],
  ['a closed Pitman–Yor process', pitmanYor(0.8, 0.4, 'closed')],
];

describe.each(priors)('%s against quadrature over two weights', (_, prior) => {
  const counts = Float64Array.of(3.2, 1.1);
  const posterior = prior.posterior(counts);
  const evidence = integral((l) => Math.exp(prior.logDensity(l) + likelihood(counts, l)));
  const expectation = (f: (l: Float64Array) => number): number =>
    integral((l) => f(l) * Math.exp(prior.logDensity(l) + likelihood(counts, l))) / evidence;

  it('has a density that integrates to one, to 1e-7', () => {
    expect(Math.abs(integral((l) => Math.exp(prior.logDensity(l))) - 1)).toBeLessThan(1e-7);
  });

  it('has the log evidence of counts, to 1e-9', () => {
    expect(prior.evidence(posterior)).toBeCloseTo(Math.log(evidence), 9);
  });

  it('expects weights and their logarithms, and leaves no rest', () => {
    const { weights: expected, rest } = prior.expectedWeights(posterior);
    expect(rest).toBe(0);
    for (const k of [0, 1]) {
      expect(expected[k]).toBeCloseTo(
        expectation((l) => Math.exp(l[k]!)),
        9,
      );
      expect(prior.expectedLogWeights(posterior)[k]).toBeCloseTo(
        expectation((l) => l[k]!),
        8,
      );
    }
  });

  it('diverges from the prior by E log likelihood − log evidence', () => {
    const due = expectation((l) => likelihood(counts, l)) - Math.log(evidence);
    expect(prior.divergence(posterior)).toBeCloseTo(due, 8);
    expect(prior.divergence(prior.posterior(new Float64Array(2)))).toBeCloseTo(0, 12);
  });
});

describe('Dirichlet', () => {
  it('gives whole counts the product of the urn: each row the share of those before it', () => {
    const c = 0.7;
    const labels = [0, 0, 2, 1, 0, 2];
    const seen = [0, 0, 0];
    const urn = labels.map((k, n) => Math.log((c + seen[k]!++) / (3 * c + n)));
    const prior = dirichlet(c);
    const due = urn.reduce((sum, l) => sum + l, 0);
    expect(prior.evidence(prior.posterior(Float64Array.from(seen)))).toBeCloseTo(due, 12);
  });

  it('has the density of a beta for two components, every constant included, and is flat under c = 1 also where a weight is 0', () => {
    const expected = 1.5 * Math.log(0.3) + 1.5 * Math.log(0.7) - logBeta(2.5, 2.5);
    expect(dirichlet(2.5).logDensity(logs(0.3, 0.7))).toBeCloseTo(expected, 13);
    expect(dirichlet(1).logDensity(logs(1, 0, 0))).toBeCloseTo(Math.log(2), 14);
  });

  it('has its mode at shares of N_k + c − 1, cut at 0 under c < 1, even when nobody owns anything', () => {
    const shares = dirichlet(3)
      .mode(Float64Array.of(30, 0, 10))
      .map((l) => 46 * Math.exp(l));
    expect([...shares]).toEqual([32, 2, 12].map((share) => expect.closeTo(share, 11)));
    expect([...dirichlet(0.5).mode(Float64Array.of(3.5, 0.2)).map(Math.exp)]).toEqual([1, 0]);
    for (const w of dirichlet(1).mode(new Float64Array(4))) expect(w).toBeCloseTo(-Math.log(4), 15);
    expect([0.5, 1, 2].map((c) => dirichlet(c).bounded)).toEqual([false, true, true]);
  });

  it('draws weights whose logarithms and divergence have their expectations, within 4 standard errors, down to c = 0.01', () => {
    for (const c of [0.01, 0.8]) {
      const prior = dirichlet(c);
      const posterior = prior.posterior(Float64Array.of(2.2, 0, 1.2));
      const random = generator(key(2));
      const draws = Array.from({ length: 4000 }, () => prior.sample(posterior, random));
      for (const l of draws) expect(l.reduce((sum, w) => sum + Math.exp(w), 0)).toBeCloseTo(1, 12);
      prior.expectedLogWeights(posterior).forEach((due, k) => {
        expect(
          standardErrors(
            draws.map((l) => l[k]!),
            due,
          ),
        ).toBeLessThan(4);
      });
      // log q − log p of a draw: the densities of both by the Dirichlet formula, the normaliser of q from two betas.
      const [a, b, d] = posterior as unknown as [number, number, number];
      const logNormalizer = -(logBeta(a, b) + logBeta(a + b, d));
      const ratios = draws.map(
        (l) => logNormalizer + posterior.reduce((sum, alpha, k) => sum + (alpha - 1) * l[k]!, 0) - prior.logDensity(l),
      );
      expect(standardErrors(ratios, prior.divergence(posterior))).toBeLessThan(4);
    }
  });

  it('refuses a concentration that is none', () => {
    for (const c of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1'])
      expect(() => dirichlet(c as number)).toThrow(/concentration is .*, a finite number above 0 was due/);
  });
});

describe('point weights', () => {
  const counts = Float64Array.of(6, 0, 2);
  it('are the shares of the counts: expectation, mode, draw and logarithms are one and the same', () => {
    const point = pointWeights();
    const due = [0.75, 0, 0.25].map((w) => expect.closeTo(w, 14));
    expect([...point.mode(counts).map(Math.exp)]).toEqual(due);
    for (const l of [point.expectedLogWeights(counts), point.sample(counts, generator(key(0)))])
      expect(l).toEqual(point.mode(counts));
    const { weights: expected, rest } = point.expectedWeights(counts);
    expect([...expected, rest]).toEqual([...due, 0]);
    for (const w of point.mode(new Float64Array(4))) expect(w).toBeCloseTo(-Math.log(4), 15);
  });

  it('have the highest evidence that weights can give, and pay nothing for it', () => {
    const point = pointWeights();
    expect(point.evidence(point.posterior(counts))).toBeCloseTo(6 * Math.log(0.75) + 2 * Math.log(0.25), 14);
    const dirichletEvidence = dirichlet(1).evidence(dirichlet(1).posterior(counts));
    expect(point.evidence(counts)).toBeGreaterThan(dirichletEvidence);
    expect([point.divergence(counts), point.logDensity(point.mode(counts))]).toEqual([0, 0]);
  });
});

const all: readonly (readonly [string, Weights])[] = [...dirichlets, ['point', pointWeights()]];

describe.each(all)('%s', (_, prior) => {
  const counts = Float64Array.of(5, 2, 9);

  it('has at its mode the highest likelihood times density, where that has a highest point', () => {
    const height = (l: Float64Array): number => likelihood(counts, l) + prior.logDensity(l);
    const mode = prior.mode(counts).map(Math.exp);
    const top = height(mode.map(Math.log));
    for (const [i, j] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const shifted = mode.slice();
      shifted[i]! += 1e-4;
      shifted[j]! -= 1e-4;
      expect(height(shifted.map(Math.log))).toBeLessThan(top);
    }
  });

  it('has evidence and divergence that differ by the expected log likelihood of the counts', () => {
    const posterior = prior.posterior(counts);
    const expected = likelihood(counts, prior.expectedLogWeights(posterior));
    expect(prior.evidence(posterior)).toBeCloseTo(expected - prior.divergence(posterior), 10);
  });

  it('has gradients by free coordinates that equal finite differences, and weights come back from them', () => {
    const coordinates = prior.coordinates!;
    const free = coordinates.from(logs(0.5, 0.3, 0.2), 16);
    expect([...coordinates.to(free)].map(Math.exp)).toEqual([0.5, 0.3, 0.2].map((w) => expect.closeTo(w, 12)));
    const height = (at: Float64Array): number =>
      likelihood(counts, coordinates.to(at)) + prior.logDensity(coordinates.to(at));
    coordinates.gradient(free, counts).forEach((g, k) => {
      const moved = (by: number): number => height(free.with(k, free[k]! + by));
      expect(g).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 7);
    });
  });

  it('selects components: in another order, fewer of them, or one twice with half its count each', () => {
    const posterior = prior.posterior(counts);
    for (const [order, due] of [
      [[2, 0, 1], Float64Array.of(9, 5, 2)],
      [[1], Float64Array.of(2)],
      [[0, 2, 2], Float64Array.of(5, 4.5, 4.5)],
    ] as const)
      expect([...(prior.select(posterior, order) as Float64Array)]).toEqual(
        [...(prior.posterior(due) as Float64Array)].map((v) => expect.closeTo(v, 12)),
      );
    expect(prior.freeParameters(3)).toBe(2);
    expect(prior.exchangeable).toBe(true);
  });

  it('is rebuilt from its spec', () => {
    const again = build(structuredClone(prior.spec), { '@mixtention/mixture': { weights } }) as Weights;
    expect(again.spec).toEqual(prior.spec);
    expect(again.evidence(again.posterior(counts))).toBe(prior.evidence(prior.posterior(counts)));
  });
});

it('a weight of 0 starts at the first M-step of EM under c > 1, where no gradient would move it, and stays 0 otherwise', () => {
  const logWeights = logs(0.5, 0, 0.5);
  // Nobody's component, c = 3 and N = 94: 2 of 94 + 3·2.
  const moved = dirichlet(3).coordinates!.from(logWeights, 94);
  expect(moved[1]).toBeCloseTo(Math.log(0.02), 12);
  expect(moved[0]).toBe(logWeights[0]);
  for (const prior of [dirichlet(1), pointWeights()])
    expect(prior.coordinates!.from(logWeights, 94)).toEqual(logWeights);
});
