import {
  add,
  broadcastTo,
  diagonal,
  digamma,
  div,
  equal,
  exp,
  lgamma,
  log,
  logBeta,
  logSoftmax,
  mul,
  reshape,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  triangularSolve,
  type Value,
  where,
} from '../graph/index.ts';
import type { Distribution } from './distribution.ts';
import { logOf, timesLog, timesLog1m } from './logs.ts';

type Parameters = { readonly [name: string]: Value };
type Divergence = (q: Parameters, p: Parameters) => Value | null;

/**
 * KL(q ‖ p) in nats, of shape batch, where a closed form is known; null where none is.
 *
 * @example
 * numberOf(klDivergence(normal(0, 1), normal(1, 1))); // 0.5
 * klDivergence(normal(0, 1), laplace(0, 1)); // null
 */
export function klDivergence(q: Distribution, p: Distribution): Value | null {
  const known = table[q.name];
  if (known === undefined || q.name !== p.name) return null;
  // The same distribution may be told by other parameters (logits, deviations): then there is no formula.
  if (Object.keys(q.parameters).join() !== Object.keys(p.parameters).join()) return null;
  return known(q.parameters, p.parameters);
}

const normals = (q: Parameters, p: Parameters): Value => {
  const ratio = div(q.sd!, p.sd!);
  const moved = div(sub(q.mean!, p.mean!), p.sd!);
  return sub(mul(0.5, sub(add(square(ratio), square(moved)), 1)), log(ratio));
};

const gammas = (aq: Value, bq: Value, ap: Value, bp: Value): Value =>
  add(
    mul(sub(aq, ap), digamma(aq)),
    sub(lgamma(ap), lgamma(aq)),
    mul(ap, sub(log(bq), log(bp))),
    mul(aq, sub(div(bp, bq), 1)),
  );

const table: { readonly [name: string]: Divergence } = {
  normal: normals,
  logNormal: normals,
  gamma: (q, p) => gammas(q.shape!, q.rate!, p.shape!, p.rate!),
  inverseGamma: (q, p) => gammas(q.shape!, q.scale!, p.shape!, p.scale!),
  exponential: (q, p) => add(sub(log(q.rate!), log(p.rate!)), sub(div(p.rate!, q.rate!), 1)),
  beta: (q, p) => {
    const total = digamma(add(q.a!, q.b!));
    const parts = add(mul(sub(q.a!, p.a!), digamma(q.a!)), mul(sub(q.b!, p.b!), digamma(q.b!)));
    const both = add(sub(p.a!, q.a!), sub(p.b!, q.b!));
    return add(sub(logBeta(p.a!, p.b!), logBeta(q.a!, q.b!)), parts, mul(both, total));
  },
  dirichlet: (q, p) => {
    const [a, b] = [q.concentration!, p.concentration!];
    const [totalA, totalB] = [sum(a, -1), sum(b, -1)];
    const norms = add(sub(lgamma(totalA), lgamma(totalB)), sum(sub(lgamma(b), lgamma(a)), -1));
    const expected = sub(digamma(a), digamma(sum(a, -1, { keep: true })));
    return add(norms, sum(mul(sub(a, b), expected), -1));
  },
  bernoulli: (q, p) => {
    if (q.logits === undefined) {
      const [a, b] = [q.probability!, p.probability!];
      const [rest, own] = [sub(1, a), add(timesLog(a, a), timesLog1m(sub(1, a), a))];
      return sub(own, add(timesLog(a, b), timesLog1m(rest, b)));
    }
    const [a, b] = [q.logits, p.logits!];
    return add(sub(softplus(b), softplus(a)), mul(sigmoid(a), sub(a, b)));
  },
  categorical: (q, p) => {
    const logs = (x: Parameters): Value => logSoftmax(x.logits ?? logOf(x.probability!));
    const shares = exp(logs(q));
    // What q never is adds nothing, whatever it is under p.
    return sum(mul(shares, where(equal(shares, 0), 0, sub(logs(q), logs(p)))), -1);
  },
  // Of matrices of D columns: ratio of normalisers, E log |Λ| and E tr(W⁻¹Λ) under q.
  wishart: (q, p) => {
    const [a, b] = [q.factor!, p.factor!];
    const d = a.shape.at(-1)!;
    const halves = Array.from({ length: d }, (_, i) => i / 2);
    const shapes = (nu: Value): Value => sub(reshape(mul(0.5, nu), [...nu.shape, 1]), halves);
    const logDet = (l: Value): Value => mul(2, sum(log(diagonal(l)), -1));
    const logGammas = (nu: Value): Value => sum(lgamma(shapes(nu)), -1);
    const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
    const inner = triangularSolve(broadcastTo(b, shape), broadcastTo(a, shape));
    const half = mul(0.5, sub(q.degrees!, p.degrees!));
    const norms = add(
      mul(0.5, p.degrees!, sub(logDet(b), logDet(a))),
      sub(logGammas(p.degrees!), logGammas(q.degrees!)),
    );
    const trace = mul(0.5, q.degrees!, sub(sum(square(inner), [-1, -2]), d));
    return add(norms, mul(half, sum(digamma(shapes(q.degrees!)), -1)), trace);
  },
  oneHotCategorical: (q, p) => table.categorical!(q, p),
  multivariateNormal: (q, p) => {
    const d = q.mean!.shape.at(-1)!;
    if (q.directions !== undefined) return null;
    if (q.deviations !== undefined)
      return sum(normals({ mean: q.mean!, sd: q.deviations }, { mean: p.mean!, sd: p.deviations! }), -1);
    const [a, b] = [q.factor!, p.factor!];
    const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
    const inner = triangularSolve(broadcastTo(b, shape), broadcastTo(a, shape));
    const moved = sub(p.mean!, q.mean!);
    const lead = moved.shape.length > b.shape.length - 1 ? moved.shape.slice(0, -1) : b.shape.slice(0, -2);
    const z = triangularSolve(broadcastTo(b, [...lead, d, d]), broadcastTo(moved, [...lead, d]));
    const logs = sub(sum(log(diagonal(b)), -1), sum(log(diagonal(a)), -1));
    return add(logs, mul(0.5, sub(add(sum(square(inner), [-1, -2]), sum(square(z), -1)), d)));
  },
};
