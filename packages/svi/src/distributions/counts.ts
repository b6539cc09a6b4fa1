import { fail } from '@mixtention/core/base';
import {
  add,
  broadcastTo,
  concat,
  div,
  equal,
  exp,
  expm1,
  lgamma,
  log,
  log1p,
  logBeta,
  logSoftmax,
  minimum,
  mul,
  neg,
  random,
  reshape,
  type Shape,
  sigmoid,
  slice,
  softplus,
  stack,
  sub,
  sum,
  take,
  type Value,
  type ValueLike,
  value,
  where,
} from '../graph/index.ts';
import { categorical, type ProbabilityLike, settleProbability } from './discrete.ts';
import { type Distribution, univariate } from './distribution.ts';
import { drawLogGamma } from './draw-log-gamma.ts';
import { logOf } from './logs.ts';

/**
 * Counts of this mean that scatter more than Poisson's: variance mean + mean²/concentration. A Poisson variable whose rate is gamma of shape `concentration`.
 *
 * In Stan `neg_binomial_2(mean, concentration)`; in Pyro `total_count` is the concentration, `logits` are log(mean/concentration).
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(negativeBinomial(2, 1).logDensity(value(0))); // -1.099: log 1/3
 */
export const negativeBinomial = (mean: ValueLike, concentration: ValueLike): Distribution =>
  univariate({
    name: 'negativeBinomial',
    parameters: { mean, concentration },
    support: { kind: 'whole', upper: null },
    isPathwise: false,
    logDensity: (x, { mean: m, concentration: c }) => {
      const ways = neg(add(logBeta(c, add(x, 1)), log(add(x, c))));
      const hits = where(equal(x, 0), 0, mul(x, sub(log(m), log(add(c, m)))));
      return add(ways, hits, neg(mul(c, log1p(div(m, c)))));
    },
    sample: (shape, { mean: m, concentration: c }) =>
      random('poisson', shape, [broadcastTo(mul(exp(drawLogGamma(c, shape)), div(m, c)), shape)]),
  });

/**
 * Failures before the first success.
 *
 * @throws BAD_OPTION where neither probabilities nor logits come
 *
 * @example
 * numberOf(geometric(0.25).logDensity(value(2))); // -1.962: log 9/64
 */
export function geometric(probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/geometric', probability);
  const logFailure = (): Value => (isLogits ? neg(softplus(given)) : log1p(neg(given)));
  return univariate({
    name: 'geometric',
    parameters: { [isLogits ? 'logits' : 'probability']: given },
    support: { kind: 'whole', upper: null },
    isPathwise: false,
    logDensity: (x) => {
      const failures = where(equal(x, 0), 0, mul(x, logFailure()));
      return add(failures, isLogits ? neg(softplus(neg(given))) : log(given));
    },
    // Poisson of an exponential rate.
    sample: (shape) => {
      const mean = isLogits ? exp(neg(given)) : div(sub(1, given), given);
      return random('poisson', shape, [broadcastTo(mul(neg(log(random('uniform', shape))), mean), shape)]);
    },
  });
}

/**
 * Successes among `trials` whose probability is Beta(a, b), drawn once for all of them.
 *
 * @throws BAD_SHAPE where parameters do not broadcast
 *
 * @example
 * numberOf(betaBinomial(3, 1, 1).logDensity(value(2))); // -1.386: log 1/4 for each count
 */
export function betaBinomial(trials: ValueLike, a: ValueLike, b: ValueLike): Distribution {
  const n = value(trials, 'svi/betaBinomial.trials');
  return univariate({
    name: 'betaBinomial',
    parameters: { trials: n, a, b },
    support: { kind: 'whole', upper: n },
    isPathwise: false,
    logDensity: (x, p) => {
      const rest = sub(n, x);
      const ways = neg(add(log(add(n, 1)), logBeta(add(x, 1), add(rest, 1))));
      return add(ways, sub(logBeta(add(x, p.a), add(rest, p.b)), logBeta(p.a, p.b)));
    },
    sample: (shape, p) => {
      const share = sigmoid(sub(drawLogGamma(p.a, shape), drawLogGamma(p.b, shape)));
      return random('binomial', shape, [broadcastTo(n, shape), broadcastTo(share, shape)]);
    },
  });
}

/** What both distributions of counts by kind have in common: K counts, the last axis, that sum to `trials`. */
function countsByKind(name: string, trials: ValueLike, of: Value) {
  const k = of.shape.at(-1);
  if (k === undefined)
    return fail(`svi/${name}`, 'BAD_SHAPE', 'a number came for the kinds, an array was due: one entry a kind');
  const n = value(trials, `svi/${name}.trials`);
  const { batch } = univariate({
    name,
    parameters: { trials: n, kinds: take(of, 0, -1) },
    logDensity: (x) => x,
    sample: () => n,
  });
  const ways = (x: Value): Value => sub(lgamma(add(n, 1)), sum(lgamma(add(x, 1)), -1));
  return { k, n, batch, ways, support: { kind: 'counts', total: n } as const };
}

/** Counts of K kinds, one after another: binomial draws among what is left. */
function drawCounts(shape: Shape, trials: Value, shares: Value): Value {
  const k = shares.shape.at(-1)!;
  const all = broadcastTo(shares, [...shape, k]);
  const counts: Value[] = [];
  let rest = broadcastTo(trials, shape);
  for (let kind = 0; kind < k - 1; kind++) {
    const own = div(take(all, kind, -1), sum(slice(all, kind, k, -1), -1));
    const drawn = random('binomial', shape, [rest, broadcastTo(minimum(own, 1), shape)]);
    counts.push(drawn);
    rest = sub(rest, drawn);
  }
  return stack([...counts, rest], -1);
}

/**
 * How often each of K kinds came up in `trials`; K is the last axis of the probabilities (which need not sum to 1) or logits.
 *
 * @throws BAD_SHAPE for a number, or where trials and probabilities do not broadcast; BAD_OPTION where neither probabilities nor logits come
 *
 * @example
 * const { run, outputs } = compile([multinomial(3, [0.2, 0.3, 0.5]).logDensity(value([1, 1, 1]))], []);
 * run();
 * outputs; // [-1.715]: log 6 · 0.03
 */
export function multinomial(trials: ValueLike, probability: ProbabilityLike): Distribution {
  const { given, isLogits } = settleProbability('svi/multinomial', probability);
  const { n, batch, k, ways, support } = countsByKind('multinomial', trials, given);
  const logs = (): Value => logSoftmax(isLogits ? given : logOf(given));
  return {
    name: 'multinomial',
    parameters: { trials: n, [isLogits ? 'logits' : 'probability']: given },
    batch,
    event: [k],
    support,
    isPathwise: false,
    logDensity: (x) => add(ways(x), sum(where(equal(x, 0), 0, mul(x, logs())), -1)),
    sample: (shape) => drawCounts(shape, n, exp(logs())),
  };
}

/**
 * How often each of K kinds came up in `trials`, whose shares are Dirichlet, drawn once for all of them; K is the last axis of `concentration`.
 *
 * @throws BAD_SHAPE for a number, or where trials and concentrations do not broadcast
 *
 * @example
 * const { run, outputs } = compile([dirichletMultinomial(2, [1, 1, 1]).logDensity(value([1, 1, 0]))], []);
 * run();
 * outputs; // [-1.792]: log 1/6 for each of the six outcomes
 */
export function dirichletMultinomial(trials: ValueLike, concentration: ValueLike): Distribution {
  const a = value(concentration, 'svi/dirichletMultinomial');
  const { n, batch, k, ways, support } = countsByKind('dirichletMultinomial', trials, a);
  return {
    name: 'dirichletMultinomial',
    parameters: { trials: n, concentration: a },
    batch,
    event: [k],
    support,
    isPathwise: false,
    logDensity: (x) => {
      const total = sum(a, -1);
      const whole = sub(lgamma(total), lgamma(add(total, n)));
      return add(ways(x), whole, sum(sub(lgamma(add(x, a)), lgamma(a)), -1));
    },
    sample: (shape) =>
      drawCounts(shape, n, exp(logSoftmax(drawLogGamma(broadcastTo(a, [...shape, k]), [...shape, k])))),
  };
}

/**
 * One of K ranks, counted from 0, cut from a logistic variable about `location` at K − 1 rising `cutpoints`, the last axis.
 *
 *     P(x ≤ k) = σ(cutpoint_k − location)
 *
 * Cutpoints of a model are a latent in rising order: `sample('cuts', ordered(normal([0, 0, 0], 5)))`.
 *
 * @throws BAD_SHAPE where the cutpoints are a number, or do not broadcast
 *
 * @example
 * const { run, outputs } = compile([orderedLogistic(0, [-1, 1]).logDensity(value(0))], []);
 * run();
 * outputs; // [-1.313]: log σ(−1)
 */
export function orderedLogistic(location: ValueLike, cutpoints: ValueLike): Distribution {
  const place = value(location, 'svi/orderedLogistic.location');
  const cuts = value(cutpoints, 'svi/orderedLogistic.cutpoints');
  const k = cuts.shape.at(-1);
  if (k === undefined)
    return fail(
      'svi/orderedLogistic',
      'BAD_SHAPE',
      'the cutpoints are a number, an array was due: one fewer than ranks',
    );
  const above = sub(cuts, reshape(place, [...place.shape, 1]));
  // σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(b − a)), with digits wherever a and b lie.
  const logBelow = neg(softplus(neg(above)));
  const logBeyond = neg(softplus(above));
  const [first, last] = [slice(logBelow, 0, 1, -1), slice(logBeyond, k - 1, k, -1)];
  const steps = sub(slice(cuts, 0, k - 1, -1), slice(cuts, 1, k, -1));
  const between =
    k === 1 ? [] : [add(slice(logBelow, 1, k, -1), slice(logBeyond, 0, k - 1, -1), log(neg(expm1(steps))))];
  return {
    ...categorical({ logits: concat([first, ...between, last], -1) }),
    name: 'orderedLogistic',
    parameters: { location: place, cutpoints: cuts },
  };
}
