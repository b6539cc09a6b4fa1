import {
  add,
  concat,
  cumulativeSum,
  exp,
  log,
  neg,
  type Shape,
  slice,
  softplus,
  sub,
  sum,
  take,
  type Value,
  value,
} from '../graph/index.ts';
import type { Transform } from './transform.ts';

const last = (x: Value): number => x.shape.at(-1)!;
const lead = (shape: Shape): Shape => shape.slice(0, -1);
/** A running sum that leaves out the number itself. */
const before = (x: Value): Value => sub(cumulativeSum(x), x);

/**
 * Shares by stick-breaking, centred so that zeros give equal shares.
 *
 *     z_k = σ(u_k − log(K − k)),  x_k = z_k Π_{j<k}(1 − z_j)
 *
 * Source: the Stan reference manual, Unit simplex.
 */
export const stickBreaking: Transform = {
  name: 'stick-breaking',
  freeShape: (shape) => [...lead(shape), shape.at(-1)! - 1],
  forward: (free) => {
    const k = last(free) + 1;
    if (k < 2) return { value: exp(concat([free, sum(free, -1, { keep: true })], -1)), logJacobian: value(0) };
    const t = sub(
      free,
      Float64Array.from({ length: k - 1 }, (_, i) => Math.log(k - 1 - i)),
    );
    const [logZ, logRest] = [neg(softplus(neg(t))), neg(softplus(t))];
    const left = before(logRest);
    const end = take(cumulativeSum(logRest), [k - 2], -1);
    return {
      value: exp(concat([add(logZ, left), end], -1)),
      logJacobian: sum(add(logZ, logRest, left)),
    };
  },
  inverse: (x) => {
    const k = last(x);
    // What is left from k on, by adding small shares to small ones.
    const order = Array.from({ length: k }, (_, i) => k - 1 - i);
    const left = take(cumulativeSum(take(x, order, -1)), order, -1);
    const own = slice(x, 0, k - 1, -1);
    const offset = Float64Array.from({ length: k - 1 }, (_, i) => Math.log(k - 1 - i));
    return add(sub(log(own), log(slice(left, 1, k, -1))), offset);
  },
};

/** Rising numbers: the first is free, the others are the one before + e^u. */
export const rising: Transform = {
  name: 'rising',
  freeShape: (shape) => shape,
  forward: (free) => {
    const k = last(free);
    if (k < 2) return { value: free, logJacobian: value(0) };
    const steps = slice(free, 1, k, -1);
    return { value: cumulativeSum(concat([slice(free, 0, 1, -1), exp(steps)], -1)), logJacobian: sum(steps) };
  },
  inverse: (x) => {
    const k = last(x);
    if (k < 2) return x;
    return concat([slice(x, 0, 1, -1), log(sub(slice(x, 1, k, -1), slice(x, 0, k - 1, -1)))], -1);
  },
};
