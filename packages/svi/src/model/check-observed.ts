import { fail } from '@mixtention/core/base';
import { type Distribution, describe, type Support } from '../distributions/index.ts';
import {
  broadcastShapes,
  broadcastTo,
  cholesky,
  constant,
  knownNumbers,
  type Shape,
  showShape,
  type Value,
} from '../graph/index.ts';

/** Refuses observed numbers outside a distribution's support, naming the site and the first of them. */
export function checkObserved(where: string, site: string, distribution: Distribution, x: Value): void {
  const own = x.op === 'rows' ? x.inputs[0]! : x;
  const data = knownNumbers(own);
  if (data === null) return;
  const wrong = (i: number, due: string): never =>
    fail(
      where,
      'BAD_DATA',
      `site "${site}" observes ${data[i]} (place ${i} of ${showShape(own.shape)}) of ${describe(distribution)}; ${due} was due`,
    );
  const missing = data.findIndex((v) => !Number.isFinite(v));
  if (missing >= 0) wrong(missing, 'a finite number');
  const { support } = distribution;
  if (support.kind === 'whole' || support.kind === 'interval') {
    const [i, due] = beyond(support, data, own.shape) ?? [-1, ''];
    if (i >= 0) wrong(i, due);
    return;
  }
  const [check, due] = support.kind === 'counts' ? countsOf(support.total) : events[support.kind];
  const size = distribution.event.reduce((a, b) => a * b, 1);
  const isEvents = distribution.event.every(
    (axis, i) => own.shape[own.shape.length - distribution.event.length + i] === axis,
  );
  if (!isEvents || size === 0) return;
  for (let n = 0; n < data.length; n += size)
    if (!check(data.subarray(n, n + size), own.shape.at(-1)!, n / size)) wrong(n, due);
}

type Bounded = Extract<Support, { readonly kind: 'whole' | 'interval' }>;

/** The first number that lies beyond its bounds, with what was due. */
function beyond(support: Bounded, data: Float64Array, shape: Shape): readonly [number, string] | null {
  const isWhole = support.kind === 'whole';
  const isOpen = support.kind === 'interval' && support.isOpen === true;
  const bounds = [isWhole ? null : support.lower, support.upper].map((bound) =>
    bound === null ? null : numbersOf(bound),
  );
  const whole = bounds.reduce<Shape | null>(
    (joint, bound) => (joint === null || bound === null ? joint : jointOf(joint, bound.shape)),
    shape,
  );
  if (whole === null) return null;
  const [low, high] = bounds.map((bound) => (bound === null ? null : stretched(bound, whole)));
  const places = stretched(constant(Float64Array.from(data.keys()), shape), whole);
  for (let n = 0; n < places.length; n++) {
    const v = data[places[n]!]!;
    const [from, to] = [low?.[n] ?? (isWhole ? 0 : Number.NEGATIVE_INFINITY), high?.[n] ?? Number.POSITIVE_INFINITY];
    const isIn = v >= from && v <= to && !(isOpen && v === from) && !(isWhole && !Number.isInteger(v));
    if (!isIn) return [places[n]!, dueOf(isWhole ? 'a whole number' : 'a number', from, to, isOpen)];
  }
  return null;
}

function dueOf(what: string, from: number, to: number, isOpen: boolean): string {
  if (to === Number.POSITIVE_INFINITY) return `${what} ${isOpen ? 'above' : 'from'} ${from}`;
  return from === Number.NEGATIVE_INFINITY ? `${what} up to ${to}` : `${what} from ${from} to ${to}`;
}

/** A bound that is known before a run, of all rows. */
export function numbersOf(bound: Value): Value | null {
  const own = bound.op === 'rows' ? bound.inputs[0]! : bound;
  const numbers = knownNumbers(own);
  return numbers === null ? null : constant(numbers, own.shape);
}

function jointOf(a: Shape, b: Shape): Shape | null {
  try {
    return broadcastShapes('svi/model', a, b);
  } catch {
    // Said by whoever puts them together.
    return null;
  }
}

const stretched = (x: Value, shape: Shape): Float64Array => knownNumbers(broadcastTo(x, shape))!;

type Check = readonly [holds: (event: Float64Array, width: number, at: number) => boolean, due: string];

/** Counts that sum to a total, or one for each event where that is known. */
function countsOf(total: Value): Check {
  const totals = numbersOf(total)?.data;
  const one = totals?.length === 1 ? totals[0] : undefined;
  return [
    (x, _, at) => {
      const due = one ?? totals?.[at];
      return x.every((v) => Number.isInteger(v) && v >= 0) && (due === undefined || sumOf(x) === due);
    },
    `whole numbers from 0 that sum to ${one ?? 'the trials'}`,
  ];
}

const isFactor = (x: Float64Array, d: number): boolean =>
  x.every((v, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return j > i ? v === 0 : j < i || v > 0;
  });
const isSymmetric = (x: Float64Array, d: number): boolean => {
  const scale = x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return x.every((v, at) => Math.abs(v - x[at + ((at % d) - Math.floor(at / d)) * (d - 1)]!) <= 1e-8 * scale);
};
const sumOf = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);

const events: { readonly [kind in Exclude<Support['kind'], Bounded['kind'] | 'counts'>]: Check } = {
  real: [() => true, 'any number'],
  oneHot: [(x) => x.every((v) => v === 0 || v === 1) && sumOf(x) === 1, 'one 1 among zeros'],
  simplex: [(x) => x.every((v) => v >= 0) && Math.abs(sumOf(x) - 1) <= 1e-6, 'shares from 0 that sum to 1'],
  ordered: [(x) => x.every((v, i) => i === 0 || v >= x[i - 1]!), 'rising numbers'],
  choleskyFactor: [isFactor, 'a lower triangle with a positive diagonal'],
  correlationFactor: [
    (x, d) =>
      isFactor(x, d) &&
      Array.from({ length: d }, (_, i) => Math.abs(sumOf(x.subarray(i * d, i * d + d).map((v) => v * v)) - 1)).every(
        (off) => off < 1e-6,
      ),
    'a Cholesky factor of correlations, with rows of length 1,',
  ],
  positiveDefinite: [
    (x, d) => isSymmetric(x, d) && knownNumbers(cholesky(constant(x.slice(), [d, d])))!.every(Number.isFinite),
    'a positive definite matrix',
  ],
};
