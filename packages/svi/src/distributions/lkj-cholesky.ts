import { fail } from '@mixtention/core/base';
import {
  add,
  concat,
  diagonal,
  div,
  lgamma,
  log,
  mul,
  random,
  reshape,
  type Shape,
  sigmoid,
  slice,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';

/**
 * Lower Cholesky factors of d × d correlation matrices R, with density of R ∝ |R|^(η − 1).
 *
 *     log p(L) = Σ_{i=2..d} (d − i + 2η − 2) log L_ii − Σ_{k=1..d−1} [log Γ(η + (d−1−k)/2) + (k/2) log π − log Γ(η + (d−1)/2)]
 *
 * Source: Lewandowski, Kurowicka & Joe (2009), sec. 2.4 and 3.2 (the onion method draws it).
 *
 * @throws BAD_OPTION for a size below 2, BAD_SHAPE for an array of η, or where draws of a batch are asked for
 *
 * @example
 * // At η = 1 every correlation between −1 and 1 is as likely.
 * const { run, outputs } = compile([lkjCholesky(2, 1).logDensity(value([[1, 0], [0.6, 0.8]]))], []);
 * run();
 * outputs; // [-0.693]: log 1/2
 */
export function lkjCholesky(d: number, eta: ValueLike): Distribution {
  const where = 'svi/lkjCholesky';
  if (!Number.isInteger(d) || d < 2) fail(where, 'BAD_OPTION', `the size is ${d}, a whole number from 2 was due`);
  const e = value(eta, where);
  if (e.shape.length > 0) fail(where, 'BAD_SHAPE', 'eta is an array, a number was due');
  const rows = Array.from({ length: d - 1 }, (_, i) => i + 1);
  const powers = rows.map((i) => d - 1 - i);
  const half = add(e, 0.5 * (d - 1));
  const normalizer = (): Value =>
    sum(stack(rows.map((k) => sub(add(lgamma(sub(half, 0.5 * k)), 0.5 * k * Math.log(Math.PI)), lgamma(half)))));
  return {
    name: 'lkjCholesky',
    parameters: { eta: e },
    batch: [],
    event: [d, d],
    support: { kind: 'correlationFactor' },
    isPathwise: true,
    logDensity: (x) => {
      const logs = log(slice(diagonal(x), 1, d, -1));
      return sub(sum(mul(add(powers, mul(2, sub(e, 1))), logs), -1), normalizer());
    },
    sample: (batch: Shape) => {
      if (batch.length > 0) fail(where, 'BAD_SHAPE', 'draws of a batch were asked for, single ones are made');
      const first = value(Float64Array.from({ length: d }, (_, j) => (j === 0 ? 1 : 0)));
      return stack([first, ...rows.map((i) => drawRow(i, d, e))]);
    },
  };
}

/** Row i: a direction, and how much of the row's length lies before the diagonal. */
function drawRow(i: number, d: number, eta: Value): Value {
  const odds = sub(drawLogGamma(value(i / 2), []), drawLogGamma(add(eta, (d - 1 - i) / 2), []));
  const before = sigmoid(odds);
  const normals = random('normal', [i]);
  const direction = div(normals, sqrt(sum(square(normals))));
  const rest = value(new Float64Array(d - 1 - i));
  const own = reshape(sqrt(sub(1, before)), [1]);
  return concat([mul(direction, sqrt(before)), own, ...(d - 1 - i > 0 ? [rest] : [])]);
}
