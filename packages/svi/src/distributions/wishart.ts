import { fail } from '@mixtention/core/base';
import {
  add,
  broadcastShapes,
  broadcastTo,
  cholesky,
  diagonal,
  digamma,
  exp,
  lgamma,
  log,
  matmul,
  mul,
  random,
  reshape,
  type Shape,
  showShape,
  sqrt,
  square,
  sub,
  sum,
  triangularSolve,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { transposed } from './multivariate.ts';

/**
 * Wishart of scale matrix W = L Lᵀ and ν degrees of freedom, drawn by Bartlett's decomposition: L C, C_ii² ~ χ²(ν − i + 1), C_ij ~ N(0, 1) below the diagonal.
 *
 *     log p(Λ) = ((ν − D − 1)/2) log |Λ| − ½ tr(W⁻¹ Λ) − (νD/2) log 2 − (ν/2) log |W| − log Γ_D(ν/2)
 *
 * @param degrees  ν above D − 1; arrays make a batch
 * @param scale    W or its lower factor, `[…, D, D]`
 * @throws BAD_SHAPE for a scale that is not square, or where the batches of both do not broadcast
 *
 * Source: Bartlett (1933); density as in Bishop (2006), eq. B.78.
 *
 * @example
 * const eye = [[1, 0], [0, 1]];
 * const { run, outputs } = compile([wishart(3, { scale: eye }).logDensity(value(eye))], []);
 * run();
 * outputs; // [-3.531]
 */
export function wishart(
  degrees: ValueLike,
  scale: { readonly scale: ValueLike } | { readonly factor: ValueLike },
): Distribution {
  const place = 'svi/wishart';
  const nu = value(degrees, place);
  const factor = 'factor' in scale ? value(scale.factor, place) : cholesky(scale.scale);
  const d = factor.shape.at(-1);
  if (d === undefined || factor.shape.at(-2) !== d)
    return fail(place, 'BAD_SHAPE', `the scale is ${showShape(factor.shape)}, square matrices were due`);
  const batch = broadcastShapes(place, nu.shape, factor.shape.slice(0, -2));
  const halves = Array.from({ length: d }, (_, i) => i / 2);
  /** ν/2 − i/2, i from 0, along a new last axis. */
  const shapes = (): Value => sub(reshape(mul(0.5, nu), [...nu.shape, 1]), halves);
  const logDet = (): Value => mul(2, sum(log(diagonal(factor)), -1));
  const logGammas = (): Value => add(sum(lgamma(shapes()), -1), (d * (d - 1) * Math.log(Math.PI)) / 4);
  const normalizer = (): Value => add(mul(0.5 * d * Math.LN2, nu), mul(0.5, nu, logDet()), logGammas());
  return {
    name: 'wishart',
    parameters: { degrees: nu, factor },
    batch,
    event: [d, d],
    support: { kind: 'positiveDefinite' },
    isPathwise: true,
    logDensity: (x) => {
      const lead = broadcastShapes(place, batch, x.shape.slice(0, -2));
      const root = cholesky(broadcastTo(x, [...lead, d, d]));
      const half = triangularSolve(broadcastTo(factor, root.shape), root);
      const logDetX = mul(2, sum(log(diagonal(root)), -1));
      const trace = sum(square(half), [-1, -2]);
      return sub(mul(0.5, sub(mul(sub(nu, d + 1), logDetX), trace)), normalizer());
    },
    sample: (lead: Shape) => {
      const diagonals = sqrt(mul(2, exp(drawLogGamma(shapes(), [...lead, d]))));
      const normals = mul(
        random('normal', [...lead, d, d]),
        mask(d, (i, j) => j < i),
      );
      const c = add(
        normals,
        mul(
          reshape(diagonals, [...lead, d, 1]),
          mask(d, (i, j) => j === i),
        ),
      );
      const a = matmul(factor.shape.length === 2 ? factor : broadcastTo(factor, c.shape), c);
      return matmul(a, transposed(a));
    },
    entropy: () => {
      const expectedLogDet = add(sum(digamma(shapes()), -1), d * Math.LN2, logDet());
      const all = sub(add(normalizer(), mul(0.5 * d, nu)), mul(0.5, sub(nu, d + 1), expectedLogDet));
      return broadcastTo(all, batch);
    },
  };
}

/** `[D, D]` of 1 where this holds, else 0. */
const mask = (d: number, holds: (row: number, column: number) => boolean): Value =>
  reshape(value(Float64Array.from({ length: d * d }, (_, at) => (holds(Math.floor(at / d), at % d) ? 1 : 0))), [d, d]);
