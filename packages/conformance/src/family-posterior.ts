import type { Matrix, Parts, Tree } from '@mixtention/core';
import { findMisshapen, totalOf } from '@mixtention/core/base';
import { standardErrors } from '@mixtention/core/testing';
import { expect } from 'vitest';
import { expectClose, expectCloseTrees } from './expect-close.ts';
import { transformFor } from './family-maps.ts';
import {
  assignedLogLikelihood,
  COMPONENTS,
  type FamilyProblem,
  fittedParams,
  readRows,
  weightedStatistics,
  withWeakPrior,
} from './family-problem.ts';
import type { FamilyRow } from './family-subject.ts';

const zeros = (): Float64Array => new Float64Array(COMPONENTS);

/** Evidence, draws, shapes and units of prior and posterior. */
export const posteriorRows: readonly FamilyRow[] = [
  {
    name: 'evidence',
    title: 'the evidence is the expected log-likelihood of the assigned rows less the divergence',
    check: ({ problem }) => {
      const { family, prior, posterior, counts, sums } = inferred(problem);
      const expected = assignedLogLikelihood(counts, sums, family.prior.expectedScores(posterior, zeros()));
      const due = expected - totalOf(family.prior.divergence(posterior, prior));
      expect(Math.abs(totalOf(family.prior.evidence(posterior, prior)) - due)).toBeLessThan(1e-9 * Math.abs(expected));
      for (const parts of [family.prior.evidence(posterior, prior), family.prior.divergence(posterior, prior)])
        expect(parts.perComponent).toHaveLength(COMPONENTS);
    },
  },
  {
    name: 'posterior-draws',
    title: 'scores of parameters drawn from the posterior have the expected scores as their mean (4.5 standard errors)',
    check: ({ problem }) => {
      const { family, posterior } = inferred(problem);
      const few: Matrix = { ...problem.x, rows: 3, data: problem.x.data.slice(0, 3 * problem.width) };
      const due = readRows(family, few, family.prior.expectedScores(posterior, zeros())).scores.data;
      const draws = Array.from(
        { length: 4000 },
        () => readRows(family, few, family.scores(family.prior.sample(posterior, problem.random), zeros())).scores.data,
      );
      for (let i = 0; i < due.length; i++)
        expect(
          standardErrors(
            draws.map((scores) => scores[i]!),
            due[i]!,
          ),
        ).toBeLessThan(4.5);
    },
  },
  {
    name: 'predictive',
    title:
      'the posterior predictive of a row is the evidence with the row over that without, whichever component it joins; it has the log weights added',
    check: ({ problem }) => {
      const { family, prior, counts, sums, posterior } = inferred(problem);
      const { logWeights, width } = problem;
      // Rows of the data, and one that lies far from all of them where the support lets it.
      const few: Matrix = { ...problem.x, rows: 6, data: problem.x.data.slice(0, 6 * width) };
      family.columns(width).forEach(({ scaling }, d) => {
        if (scaling !== 'none') few.data[5 * width + d]! += 40;
      });
      const came = readRows(family, few, family.prior.predictive!(posterior, logWeights)).scores.data;
      const without = totalOf(family.prior.evidence(posterior, prior));
      for (let n = 0; n < few.rows; n++) {
        for (let k = 0; k < COMPONENTS; k++) {
          const R = Float64Array.from({ length: few.rows * COMPONENTS }, (_, i) => Number(i === n * COMPONENTS + k));
          const own = weightedStatistics(family, few, R);
          const more = family.prior.posterior(
            prior,
            counts.map((count, j) => count + own.counts[j]!),
            sums.map((all, t) => all.map((s, i) => s + own.sums[t]![i]!)),
          );
          const due = totalOf(family.prior.evidence(more, prior)) - without + logWeights[k]!;
          const at = n * COMPONENTS + k;
          expect(Math.abs(came[at]! - due), `row ${n}, component ${k}`).toBeLessThan(1e-7 + 1e-9 * Math.abs(due));
        }
      }
    },
  },
  {
    name: 'shapes',
    title: 'parameters, prior and posterior have the shapes that the family declares, for any number of components',
    check: ({ problem }) => {
      const { family, prior, posterior } = inferred(problem);
      const { width } = problem;
      const params = fittedParams(problem);
      for (const order of [[0, 1, 2], [1]]) {
        const K = order.length;
        expect(findMisshapen(family.select(params, order), family.shape(K, width), 'params')).toBeNull();
        const few = family.prior.select(posterior, order);
        expect(findMisshapen(few, family.prior.posteriorShape(K, width), 'posterior')).toBeNull();
      }
      expect(findMisshapen(prior, family.prior.shape(width), 'prior')).toBeNull();
      expect(findMisshapen(params, family.shape(COMPONENTS + 1, width), 'params')).not.toBeNull();
      expect(findMisshapen(posterior, family.prior.posteriorShape(2, width), 'posterior')).not.toBeNull();
    },
  },
  {
    name: 'posterior-select',
    title: 'a posterior is selected from as parameters are: in any order, some left out, some twice',
    check: ({ problem }) => {
      const { family, prior, posterior } = inferred(problem);
      const order = [2, 0, 2, 1];
      const chosen = family.prior.select(posterior, order);
      const pick = (values: Float64Array): number[] => order.map((k) => values[k]!);
      const all = family.prior.expectedScores(posterior, zeros()).bias;
      expect([...family.prior.expectedScores(chosen, new Float64Array(4)).bias]).toEqual(pick(all));
      const [few, whole] = [chosen, posterior].map((own) => family.prior.divergence(own, prior)) as [Parts, Parts];
      expect([...few.perComponent]).toEqual(pick(whole.perComponent));
      expect(few.shared).toBe(whole.shared);
    },
  },
  {
    name: 'posterior-units',
    title:
      'prior and posterior keep their meaning in the user’s units: back they are what they were, the divergence stays, evidence and scores move by the scales alone',
    check: ({ problem }) => {
      const { family, prior, posterior, counts } = inferred(problem);
      const { x, width } = problem;
      const transform = transformFor(problem);
      const own = family.prior;
      const [outerPrior, outer] = [
        own.unscale?.(prior, transform) ?? prior,
        own.unscalePosterior?.(posterior, transform) ?? posterior,
      ];
      expectCloseTrees((own.rescale?.(outerPrior, transform) ?? outerPrior) as Tree, prior, 1e-12);
      expectCloseTrees((own.rescalePosterior?.(outer, transform) ?? outer) as Tree, posterior, 1e-12);
      const rows: Matrix = {
        ...x,
        data: x.data.map((v, i) => transform.center[i % width]! + transform.scale[i % width]! * v),
      };
      const shift = transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
      const [before, after] = [own.divergence(posterior, prior), own.divergence(outer, outerPrior)];
      expectClose(after.perComponent, before.perComponent, 1e-8, 'divergence');
      expect(after.shared).toBeCloseTo(before.shared, 8);
      const [inner, moving] = [own.evidence(posterior, prior), own.evidence(outer, outerPrior)];
      const total = counts.reduce((sum, n) => sum + n, 0);
      expect(totalOf(moving)).toBeCloseTo(totalOf(inner) - total * shift, 6);
      expectClose(
        readRows(family, rows, own.expectedScores(outer, zeros())).logEvidence,
        readRows(family, x, own.expectedScores(posterior, zeros())).logEvidence.map((l) => l - shift),
        1e-8,
        'expected scores',
      );
    },
  },
];

/** The weak prior, and the posterior of softly assigned rows. */
function inferred(problem: FamilyProblem) {
  const { family, prior, x, soft } = withWeakPrior(problem);
  const { counts, sums } = weightedStatistics(family, x, soft);
  const posterior = family.prior.posterior(prior, counts, sums) as Tree;
  return { family, prior, posterior, counts, sums };
}
