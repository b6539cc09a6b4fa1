import {
  add,
  broadcastTo,
  div,
  exp,
  log,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  type Value,
  value,
} from '../graph/index.ts';
import type { Transform } from './transform.ts';

const same = <T>(x: T): T => x;

export const identity: Transform = {
  name: 'identity',
  freeShape: same,
  forward: (free) => ({ value: free, logJacobian: value(0) }),
  inverse: same,
};

/** lower + e^u. */
export const above = (lower: Value): Transform => ({
  name: 'exp',
  freeShape: same,
  forward: (free) => ({ value: add(exp(free), lower), logJacobian: sum(free) }),
  inverse: (x) => log(sub(x, lower)),
});

/** upper − e^u. */
export const below = (upper: Value): Transform => ({
  name: 'upper − exp',
  freeShape: same,
  forward: (free) => ({ value: sub(upper, exp(free)), logJacobian: sum(free) }),
  inverse: (x) => log(sub(upper, x)),
});

/** lower + (upper − lower) σ(u). */
export const between = (lower: Value, upper: Value): Transform => {
  const width = sub(upper, lower);
  return {
    name: 'logistic',
    freeShape: same,
    forward: (free) => ({
      value: add(lower, mul(width, sigmoid(free))),
      logJacobian: sub(sum(broadcastTo(log(width), free.shape)), sum(add(softplus(free), softplus(neg(free))))),
    }),
    inverse: (x) => {
      const share = div(sub(x, lower), width);
      return sub(log(share), log(sub(1, share)));
    },
  };
};
