import type { Matrix } from '@mixtention/core';
import { applyTransform, columnTransform } from '@mixtention/core/data';
import { generator, key } from '@mixtention/core/numeric';
import { faithful, type PriorValues } from '@mixtention/mixture';
import type { VariationalOptions } from '@mixtention/svi';

/** Seeds of the routes that are held to free form, and of the others. */
const MANY = 30;
const SOME = 10;
const FEW = 5;
/** Scores of a logit for each row settle nowhere: by then they have come to their optimum. */
const STEPS = 10_000;

export type Route = {
  readonly name: string;
  readonly seeds: number;
  readonly options: Partial<VariationalOptions>;
};

/** A Bayesian mixture of two components: its rows and prior, and the ways to it. */
export type Problem = {
  readonly name: string;
  readonly rows: Matrix;
  readonly model: Pick<VariationalOptions, 'components' | 'family'> & { readonly prior: PriorValues };
  readonly routes: readonly Route[];
};

/** Each treatment of assignments, by guides of the parameters; bounds of normal ones by so many draws, as many as tell them from free form. */
const routes = (drawsOf: { readonly [guide: string]: number }): readonly Route[] => [
  { name: 'summed-out, conjugate', seeds: MANY, options: {} },
  { name: 'summed-out, autoMultivariateNormal', seeds: MANY, options: { guide: 'autoMultivariateNormal' } },
  { name: 'summed-out, autoNormal', seeds: MANY, options: { guide: 'autoNormal' } },
  { name: 'exact, conjugate', seeds: MANY, options: { assignments: 'exact' } },
  { name: 'exact, conjugate, local', seeds: SOME, options: { assignments: 'exact', assigner: 'local' } },
  {
    name: 'exact, autoMultivariateNormal',
    seeds: MANY,
    options: { assignments: 'exact', guide: 'autoMultivariateNormal', resultDraws: drawsOf.autoMultivariateNormal! },
  },
  {
    name: 'exact, autoNormal',
    seeds: MANY,
    options: { assignments: 'exact', guide: 'autoNormal', resultDraws: drawsOf.autoNormal! },
  },
  { name: 'score, conjugate', seeds: SOME, options: { assignments: 'score' } },
  { name: 'score, conjugate, local', seeds: FEW, options: { assignments: 'score', assigner: 'local', steps: STEPS } },
  { name: 'relaxed, conjugate', seeds: SOME, options: { assignments: 'relaxed' } },
  { name: 'relaxed, conjugate, local', seeds: SOME, options: { assignments: 'relaxed', assigner: 'local' } },
  { name: 'straight-through, conjugate', seeds: SOME, options: { assignments: 'straight-through' } },
];

const { center, scale } = columnTransform(faithful(), null);

/** Old Faithful, columns divided by their sample deviations, and sheets of answers of two kinds. */
export const problems: readonly Problem[] = [
  {
    name: 'Old Faithful',
    rows: applyTransform(faithful(), { center, scale: scale.map((s) => s * Math.sqrt(272 / 271)) }),
    model: {
      components: 2,
      prior: {
        concentration: 1,
        family: { mean: new Float64Array(2), shrinkage: 1, degrees: 2, inverseScale: Float64Array.of(1, 0, 0, 1) },
      },
    },
    // A normal with all covariances lies 0.03 nats below free form, known to 0.004.
    routes: routes({ autoMultivariateNormal: 16_000, autoNormal: 4000 }),
  },
  {
    name: 'answers',
    rows: answers(),
    model: { components: 2, family: 'bernoulli', prior: { concentration: 1, family: { a: 2, b: 2 } } },
    routes: routes({ autoMultivariateNormal: 16_000, autoNormal: 16_000 }),
  },
];

/** 60 sheets of six yes-or-no answers: two kinds, of weights 0.4 and 0.6, which say yes to the first three, or to the last, with probability 0.85, and to the others with 0.15. */
function answers(): Matrix {
  const random = generator(key(7));
  const [rows, cols] = [60, 6];
  const data = new Float64Array(rows * cols);
  for (let n = 0; n < rows; n++) {
    const isFirst = random.uniform() < 0.4;
    for (let d = 0; d < cols; d++) data[n * cols + d] = random.uniform() < (isFirst === d < 3 ? 0.85 : 0.15) ? 1 : 0;
  }
  return { data, rows, cols };
}
