import type { Tree } from '@mixtention/core';
import { findMisshapen, totalOf } from '@mixtention/core/base';
import { expect } from 'vitest';
import { expectClose } from './expect-close.ts';
import { curveOfStatistics, expectTop } from './family-density.ts';
import { assignedLogLikelihood, COMPONENTS, readRows, weightedStatistics, withWeakPrior } from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const zeros = (): Float64Array => new Float64Array(COMPONENTS);

/** The conjugate prior: posterior, mode, density, expected scores, divergence. */
export const priorRows: readonly FamilyRow[] = [
  {
    name: 'nothing-seen',
    title: 'with nothing seen the posterior is the prior: its divergence is 0',
    check: ({ problem }) => {
      const { family, prior, x } = withWeakPrior(problem);
      const nothing = family.prior.posterior(
        prior,
        zeros(),
        weightedStatistics(family, x, new Float64Array(x.rows * COMPONENTS)).sums,
      );
      expect(Math.abs(totalOf(family.prior.divergence(nothing, prior)))).toBeLessThan(1e-9);
    },
  },
  {
    name: 'conjugate',
    title:
      'the posterior is where the bound E[log likelihood] − divergence is highest, so expectations, divergence and update fit each other',
    check: ({ problem }) => {
      const { family, prior } = withWeakPrior(problem);
      const at = curveOfStatistics(problem);
      const { counts, sums } = at(0);
      expectTop((t) => {
        const { counts: c, sums: s } = at(t);
        const posterior = family.prior.posterior(prior, c, s);
        return (
          assignedLogLikelihood(counts, sums, family.prior.expectedScores(posterior, zeros())) -
          totalOf(family.prior.divergence(posterior, prior))
        );
      });
    },
  },
  {
    name: 'additive',
    title: 'what is seen in two parts gives the posterior of what is seen at once',
    check: ({ problem }) => {
      const { family, prior, x } = withWeakPrior(problem);
      const half = (from: number, to: number) => {
        const R = problem.soft.map((r, i) =>
          Math.floor(i / COMPONENTS) >= from && Math.floor(i / COMPONENTS) < to ? r : 0,
        );
        return weightedStatistics(family, x, R);
      };
      const [a, b, all] = [half(0, 100), half(100, x.rows), half(0, x.rows)];
      const sum = (p: Float64Array, q: Float64Array): Float64Array => p.map((v, i) => v + q[i]!);
      const [joined, whole] = [
        family.prior.posterior(
          prior,
          sum(a.counts, b.counts),
          a.sums.map((own, t) => sum(own, b.sums[t]!)),
        ),
        family.prior.posterior(prior, all.counts, all.sums),
      ];
      const [left, right] = [joined, whole].map(
        (posterior) => readRows(family, x, family.prior.expectedScores(posterior, zeros())).scores.data,
      );
      expectClose(left!, right!, 1e-8, 'expected scores');
      expect(totalOf(family.prior.divergence(joined, prior))).toBeCloseTo(
        totalOf(family.prior.divergence(whole, prior)),
        7,
      );
    },
  },
  {
    name: 'sharpens',
    title:
      'expected scores, and those of the mean, tend to plain ones as the posterior sharpens, like one over the count',
    check: ({ problem }) => {
      const { family, prior, x, soft, params } = withWeakPrior(problem);
      const { counts, sums } = weightedStatistics(family, x, soft);
      const due = readRows(family, x, family.scores(family.estimate(counts, sums, params, 1e-9).params, zeros())).scores
        .data;
      const errors = [1e2, 1e4].map((times) => {
        const posterior = family.prior.posterior(
          prior,
          counts.map((n) => times * n),
          sums.map((own) => own.map((s) => times * s)),
        );
        return [
          family.prior.expectedScores(posterior, zeros()),
          family.scores(family.prior.mean(posterior), zeros()),
        ].map((scores) => {
          const came = readRows(family, x, scores).scores.data;
          return Array.from(came).reduce((worst, l, i) => Math.max(worst, Math.abs(l - due[i]!)), 0);
        });
      });
      for (const of of [0, 1]) {
        expect(errors[0]![of]).toBeLessThan(1);
        expect(errors[1]![of]).toBeLessThan(errors[0]![of]! / 50);
      }
    },
  },
  {
    name: 'mean-exists',
    title: 'the mean exists where nothing was seen: parameters of the family that score every row',
    check: ({ problem }) => {
      const { family, prior, x, width } = withWeakPrior(problem);
      const { sums } = weightedStatistics(family, x, new Float64Array(x.rows * COMPONENTS));
      const mean = family.prior.mean(family.prior.posterior(prior, zeros(), sums)) as Tree;
      expect(findMisshapen(mean, family.shape(COMPONENTS, width), 'mean')).toBeNull();
      expect(readRows(family, x, family.scores(mean, zeros())).logEvidence.every(Number.isFinite)).toBe(true);
    },
  },
  {
    name: 'mode-highest',
    title: 'the mode is where likelihood times prior density is highest (finite differences)',
    check: ({ problem }) => {
      const { family, prior } = withWeakPrior(problem);
      const at = curveOfStatistics(problem);
      const { counts, sums } = at(0);
      expectTop((t) => {
        const { counts: c, sums: s } = at(t);
        const mode = family.prior.mode(family.prior.posterior(prior, c, s));
        return assignedLogLikelihood(counts, sums, family.scores(mode, zeros())) + family.prior.logDensity(prior, mode);
      });
    },
  },
  {
    name: 'divergence-sign',
    title: 'the divergence is positive where something was seen, and grows as more is',
    check: ({ problem }) => {
      const { family, prior, x, soft } = withWeakPrior(problem);
      const { counts, sums } = weightedStatistics(family, x, soft);
      const [little, much] = [1e-2, 1e2].map((times) =>
        totalOf(
          family.prior.divergence(
            family.prior.posterior(
              prior,
              counts.map((n) => times * n),
              sums.map((own) => own.map((s) => times * s)),
            ),
            prior,
          ),
        ),
      );
      expect(little).toBeGreaterThan(0);
      expect(much).toBeGreaterThan(little!);
    },
  },
  {
    name: 'expected-weights',
    title: 'expected log weights are added to the expected scores',
    check: ({ problem }) => {
      const { family, prior, x, soft, logWeights } = withWeakPrior(problem);
      const { counts, sums } = weightedStatistics(family, x, soft);
      const posterior = family.prior.posterior(prior, counts, sums);
      const bare = family.prior.expectedScores(posterior, zeros()).bias;
      expectClose(
        family.prior.expectedScores(posterior, logWeights).bias,
        bare.map((b, k) => b + logWeights[k]!),
        1e-12 * Math.max(1, ...bare.map(Math.abs)),
        'bias',
      );
    },
  },
  {
    name: 'weak-in-words',
    title: 'the weak prior is said in words with its numbers, and has a finite density',
    check: ({ problem }) => {
      const { family, prior, params } = withWeakPrior(problem);
      expect(family.prior.describe(prior)).toMatch(/\d/);
      expect(Number.isFinite(family.prior.logDensity(prior, params))).toBe(true);
    },
  },
];
