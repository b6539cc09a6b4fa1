import { add, evidence, log, matmul, mul, sum, transpose, type Value, value } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import type { Posed } from './pose.ts';

/** Of one row of statistics for each row of the data, those that are there in this step. */
const there = (statistics: Value, rowsOf: (x: Value) => Value): Value => rowsOf(statistics);

/** And their weights. */
const weightsThere = ({ weights }: Posed, rowsOf: (x: Value) => Value): Value | null =>
  weights === null ? null : rowsOf(value(weights));

/** The latents of all components, and the scores of all rows. */
function components(m: Parameters<Model<Posed>>[0], { sites, size, rows, prior }: Posed) {
  const weights = m.sample('weights', m.dirichlet(new Float64Array(size.components).fill(prior.concentration)));
  const own = sites.state(m, prior.family, size);
  return { weights, ...sites.scores(own, value({ ...rows }), size) };
}

/**
 * The mixture with assignments summed out: Σ_n LSE_k(log π_k + log p(x_n | θ_k)).
 *
 * @param minibatch  rows a step; all of them where it is left out
 */
export const summedOut =
  (minibatch?: number): Model<Posed> =>
  (m, posed) => {
    const { weights, statistics, bias, natural } = components(m, posed);
    // The kernel weighs rows itself, so the plate need not.
    m.plate('rows', posed.rows.rows, plateOf(posed, minibatch), (rowsOf) =>
      m.factor('x', evidence(there(statistics, rowsOf), add(log(weights), bias), natural, weightsThere(posed, rowsOf))),
    );
  };

/** The mixture with its assignments as one-hot latents: Σ_n [log p(z_n | π) + Σ_k z_nk log p(x_n | θ_k)]. */
export const withAssignments =
  (minibatch?: number): Model<Posed> =>
  (m, posed) => {
    const { weights, statistics, bias, natural } = components(m, posed);
    const options = { ...plateOf(posed, minibatch), ...(posed.weights !== null && { weights: posed.weights }) };
    m.plate('rows', posed.rows.rows, options, (rowsOf) => {
      const z = m.sample('z', m.oneHotCategorical(weights));
      const densities = add(matmul(there(statistics, rowsOf), transpose(natural)), bias);
      m.factor('x', sum(mul(z, densities), -1));
    });
  };

const plateOf = ({ rows: { rows } }: Posed, minibatch: number | undefined): { readonly subsample?: number } =>
  minibatch === undefined || minibatch >= rows ? {} : { subsample: minibatch };
