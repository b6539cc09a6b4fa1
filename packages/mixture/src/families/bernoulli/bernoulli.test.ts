import type { LinearTerm, Matrix, Scores } from '@mixtention/core';
import { standStatistics } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';
import { describe, expect, it } from 'vitest';
import { checkAgainstScipy, expectClose, runEm, scoresOf, sumsOf } from '../testing.ts';
import fixture from './bernoulli.fixture.json' with { type: 'json' };
import { bernoulli } from './bernoulli.ts';

checkAgainstScipy(bernoulli, fixture);

const rows = (...cells: number[][]): Matrix => ({
  data: Float64Array.from(cells.flat()),
  rows: cells.length,
  cols: cells[0]!.length,
});

describe('bernoulli', () => {
  it('uses rows as they lie in memory', () => {
    const x = rows([0, 1]);
    expect(standStatistics(bernoulli.terms(2)[0]!, x).data).toBe(x.data);
  });

  it('scores possible rows exactly under probabilities of 0 and 1, and impossible cells at −46 nats', () => {
    const params = { width: 2, probabilities: Float64Array.of(0, 1) };
    const { data } = scoresOf(rows([0, 1], [1, 1], [1, 0]), bernoulli.scores(params, Float64Array.of(0)));
    const impossible = Math.log(1e-20);
    expectClose(data, [0, impossible, 2 * impossible], 1e-14);
  });

  it('gives NaN for probabilities that are none', () => {
    const { bias } = bernoulli.scores({ width: 1, probabilities: Float64Array.of(1.5) }, Float64Array.of(0));
    expect(bias[0]).toBeNaN();
  });

  it('has after an M-step the data mean as the mean of the mixture', () => {
    const random = generator(key(1));
    const x = rows(...Array.from({ length: 40 }, () => [random.integer(2), random.integer(2), random.integer(2)]));
    const start = {
      params: bernoulli.startAt(rows([0, 0, 1], [1, 1, 0]), [new Float64Array(3)]),
      logWeights: new Float64Array(2).fill(Math.log(0.5)),
    };
    const { params, logWeights } = runEm(bernoulli, x, start, 3);
    const { probabilities } = params as { probabilities: Float64Array };
    for (let d = 0; d < 3; d++) {
      const mixed = logWeights.reduce((sum, l, k) => sum + Math.exp(l) * probabilities[3 * k + d]!, 0);
      const mean = Array.from({ length: 40 }, (_, n) => x.data[3 * n + d]!).reduce((a, b) => a + b) / 40;
      expect(mixed).toBeCloseTo(mean, 13);
    }
  });

  it('never lowers the log-likelihood while probabilities reach 0 and 1', () => {
    const x = rows([1, 0, 0], [1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 1, 1], [0, 1, 0]);
    const start = {
      params: bernoulli.startAt(rows([1, 0, 0], [0, 1, 1]), [new Float64Array(3)]),
      logWeights: new Float64Array(2).fill(Math.log(0.5)),
    };
    const { params, trace } = runEm(bernoulli, x, start, 500);
    expectClose((params as { probabilities: Float64Array }).probabilities, [1, 0, 1 / 3, 0, 1, 2 / 3], 1e-12);
    // −2 log 2 for the component of each pair, and the entropy of one in three, three times each
    expect(trace.at(-1)).toBeCloseTo(6 * Math.log(0.5) + 2 * (2 * Math.log(2 / 3) + Math.log(1 / 3)), 10);
    for (let i = 1; i < trace.length; i++) expect(trace[i]! - trace[i - 1]!).toBeGreaterThan(-1e-12);
  });

  it('keeps what owns nothing, and stays within 0 … 1 when sums pass counts by a rounding', () => {
    const previous = { width: 2, probabilities: Float64Array.of(0.1, 0.2, 0.3, 0.4) };
    const { params, degenerate } = bernoulli.estimate(
      Float64Array.of(0, 3),
      [Float64Array.of(0, 0, 3 + 1e-15, -1e-16)],
      previous,
      0,
    );
    expect(degenerate).toEqual([0]);
    expect([...params.probabilities]).toEqual([0.1, 0.2, 1, 0]);
  });

  it('refuses anything but 0 and 1, naming row and column', () => {
    expect(() => bernoulli.checkSupport(rows([0, 1], [1, 0.5]))).toThrow(
      '[mixture] bernoulli: row 1, column 1 (counted from 0) is 0.5, the bernoulli family takes 0 and 1 only; binarise grey values first',
    );
    bernoulli.checkSupport(rows([0, 1], [1, 0]));
  });

  it('has a posterior mode under every prior, also without rows', () => {
    const mode = (a: number, b: number, count: number, yes: number): number =>
      bernoulli.prior.mode(bernoulli.prior.posterior({ a, b }, Float64Array.of(count), [Float64Array.of(yes)]))
        .probabilities[0]!;
    expect(mode(1.1, 1.1, 10, 4)).toBeCloseTo(4.1 / 10.2, 15);
    expect(mode(1, 1, 10, 4)).toBeCloseTo(0.4, 15);
    expect(mode(1, 1, 0, 0)).toBe(0.5);
    expect(mode(0.5, 0.5, 4, 0)).toBe(0);
    expect(mode(0.5, 0.5, 4, 4)).toBe(1);
  });

  it('draws cells with their probabilities', () => {
    const random = generator(key(2));
    const params = { width: 2, probabilities: Float64Array.of(0.2, 1) };
    const draws = Array.from({ length: 2000 }, () => bernoulli.sample(params, 0, random));
    const mean = draws.reduce((sum, x) => sum + x[0]!, 0) / 2000;
    expect(Math.abs(mean - 0.2)).toBeLessThan(4 * Math.sqrt(0.16 / 2000));
    expect(draws.every((x) => x[1] === 1)).toBe(true);
  });

  it('sums its expected scores to those of sharp probabilities as rows grow', () => {
    const posterior = bernoulli.prior.posterior({ a: 1, b: 1 }, Float64Array.of(1e8), [Float64Array.of(3e7)]);
    const expected = bernoulli.prior.expectedScores(posterior, Float64Array.of(0));
    const sharp = bernoulli.scores({ width: 1, probabilities: Float64Array.of(0.3) }, Float64Array.of(0));
    const natural = ({ terms: [term] }: Scores) => (term as LinearTerm).natural;
    expectClose(natural(expected), natural(sharp), 1e-7);
    expectClose(expected.bias, sharp.bias, 1e-7);
  });

  it('adds sums of parts to the posterior of the whole', () => {
    const x = rows([0, 1], [1, 1], [1, 0]);
    const all = sumsOf(bernoulli, x, Float64Array.of(1, 1, 1));
    const posterior = bernoulli.prior.posterior({ a: 2, b: 3 }, all.counts, all.sums);
    expect([...posterior.a, ...posterior.b]).toEqual([4, 4, 4, 4]);
  });
});
