import { fail, show } from '@mixtention/core/base';
import {
  add,
  broadcastShapes,
  broadcastTo,
  equal,
  evidence,
  less,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mul,
  random,
  reshape,
  rows,
  type Shape,
  showShape,
  sum,
  type Value,
  value,
  where,
} from '../graph/index.ts';
import { type ProbabilityLike, settleProbability } from './discrete.ts';
import type { Distribution, Support } from './distribution.ts';
import { linearForm } from './linear-form.ts';
import { logOf } from './logs.ts';

/** Rows from which the kernel is quicker than code that is emitted for each. */
const MANY = 64;

/**
 * A mixture with its assignments summed out exactly: K components are the last batch axis of one distribution.
 *
 *     log p(x) = LSE_k(log π_k + log p_k(x))
 *
 * @param weights  probabilities (which need not sum to 1) or `{ logits }`, K along the last axis
 * @throws BAD_SHAPE when weights and components differ in number
 *
 * @example
 * const { run, outputs } = compile([mixture([0.5, 0.5], normal([-1, 1], 1)).logDensity(value(0))], []);
 * run();
 * outputs; // [-1.419]: −½ log 2π − ½
 */
export function mixture(weights: ProbabilityLike, components: Distribution): Distribution {
  const place = 'svi/mixture';
  checkBatch(place, components);
  const { given, isLogits } = settleProbability(place, weights);
  const logits = isLogits ? given : logOf(given);
  const k = components.batch.at(-1);
  if (k === undefined || given.shape.at(-1) !== k)
    fail(
      place,
      'BAD_SHAPE',
      `the weights are ${showShape(given.shape)}, the components ${showShape(components.batch)}; the last axes were due to agree`,
    );
  const { event } = components;
  const bounds = boundsOf(components.support);
  const batch = broadcastShapes(place, given.shape.slice(0, -1), components.batch.slice(0, -1));
  return {
    name: 'mixture',
    parameters: { [isLogits ? 'logits' : 'weights']: given, ...components.parameters },
    batch,
    event,
    support: bounds?.support ?? components.support,
    isPathwise: false,
    logDensity: (x) => {
      const lead = x.shape.slice(0, x.shape.length - event.length);
      const one = reshape(x, [...lead, 1, ...event]);
      const logs = components.logDensity(one);
      // What lies beyond the bounds of a component is none of its.
      const within = bounds === null ? logs : where(bounds.beyond(one), Number.NEGATIVE_INFINITY, logs);
      return logSumExp(add(logSoftmax(logits), within), -1);
    },
    totalLogDensity: (x, weights = null) => {
      const known = x.op === 'rows' ? x.inputs[0]! : x;
      if (logits.shape.length !== 1 || (x.shape[0] ?? 0) < MANY) return null;
      const form = linearForm(components, known);
      if (form === null) return null;
      const statistics = x.op === 'rows' ? rows(form.statistics, x.inputs[1]!) : form.statistics;
      return evidence(statistics, add(logSoftmax(logits), form.bias), form.natural, weights);
    },
    sample: (shape: Shape) => {
      const chosen = random('categorical', shape, [broadcastTo(logits, [...shape, k!])]);
      const draws = components.sample([...shape, k!]);
      const ones = event.map(() => 1);
      const kinds = value(Float64Array.from({ length: k! }, (_, i) => i));
      const isChosen = equal(reshape(chosen, [...shape, 1, ...ones]), reshape(kinds, [k!, ...ones]));
      return sum(where(isChosen, draws, 0), shape.length);
    },
  };
}

/** Where components have bounds of their own: those of all together, and whether a number lies beyond the ones of each. */
function boundsOf(support: Support): { readonly support: Support; readonly beyond: (x: Value) => Value } | null {
  if (support.kind !== 'interval') return null;
  const { lower, upper } = support;
  if ((lower?.shape.length ?? 0) + (upper?.shape.length ?? 0) === 0) return null;
  const widest = (bound: Value | null, sign: number): Value | null =>
    bound === null || bound.shape.length === 0 ? bound : mul(sign, max(mul(sign, bound), -1));
  return {
    support: { kind: 'interval', lower: widest(lower, -1), upper: widest(upper, 1) },
    beyond: (x) => maximum(lower === null ? 0 : less(x, lower), upper === null ? 0 : less(upper, x)),
  };
}

/**
 * Numbers of one distribution, put in rising order: the last batch axis becomes the event. Names components by their order, so that none is counted twice.
 *
 *     p(x) = K! Π_k p(x_k),  x_1 < … < x_K
 *
 * @param parts  K independent numbers of the same distribution
 * @throws BAD_SHAPE for vectors, or one number alone; BAD_MODEL when a draw is asked for
 *
 * @example
 * const { run, outputs } = compile([ordered(uniform([0, 0], 1)).logDensity(value([0.2, 0.8]))], []);
 * run();
 * outputs; // [0.693]: log 2!
 */
export function ordered(parts: Distribution): Distribution {
  const place = 'svi/ordered';
  checkBatch(place, parts);
  const k = parts.batch.at(-1);
  if (k === undefined || parts.event.length > 0)
    return fail(place, 'BAD_SHAPE', `${parts.name} of ${showShape(parts.batch)} came, numbers along an axis were due`);
  let logOrders = 0;
  for (let i = 2; i <= k; i++) logOrders += Math.log(i);
  return {
    name: 'ordered',
    parameters: parts.parameters,
    batch: parts.batch.slice(0, -1),
    event: [k],
    support: { kind: 'ordered' },
    isPathwise: false,
    logDensity: (x): Value => add(sum(broadcastTo(parts.logDensity(x), x.shape), -1), logOrders),
    sample: () => fail(place, 'BAD_MODEL', 'ordered numbers have no draws here; a distribution that has was due'),
  };
}

/** Of several distributions one is due, with a batch: users of other libraries hand over a list. */
function checkBatch(place: string, given: Distribution): void {
  if (typeof given?.logDensity === 'function') return;
  const came = Array.isArray(given) ? `a list of ${given.length}` : show(given);
  fail(place, 'BAD_MODEL', `${came} came, one distribution with a batch was due, as normal([-1, 1], 2)`);
}
