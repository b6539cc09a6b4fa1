/** A function to be raised, with its gradient written into an array; not finite where it cannot be had. */
export type Objective = (u: Float64Array, gradient: Float64Array) => number;

/** A place on the way of an ascent. */
export type Place = { readonly u: Float64Array; readonly gradient: Float64Array; readonly value: number };

export type LbfgsOptions = {
  /** Pairs of steps and gradient changes that are kept (default 10). */
  readonly history?: number;
  /** Most iterations (default 1000). */
  readonly iterations?: number;
  /** Ends when no number of the gradient is larger (default 1e-8). */
  readonly gradientTolerance?: number;
  /** Ends when a step gains no more than this share of the value (default 1e-13). */
  readonly relativeTolerance?: number;
};

export type LbfgsResult = {
  /** All places, the start first. */
  readonly path: readonly Place[];
  readonly status: 'converged' | 'stopped' | 'diverged';
  readonly gradientEvaluations: number;
};

/**
 * Ascends by limited-memory BFGS with a line search that meets the strong Wolfe conditions.
 *
 * @param objective  to be raised
 * @param start      `[D]`
 * @returns the places on the way; `diverged` where the start has no finite value, `stopped` where iterations ran out
 *
 * Cost: one or two gradients an iteration, 4·history·D multiplications.
 * Source: Nocedal & Wright (2006), Numerical optimization, algorithms 7.4, 3.5 and 3.6.
 *
 * @example
 * const peak = (u, gradient) => {
 *   gradient[0] = -2 * (u[0] - 3);
 *   return -((u[0] - 3) ** 2);
 * };
 * lbfgs(peak, Float64Array.of(0)).path.at(-1).u[0]; // 3
 */
export function lbfgs(objective: Objective, start: Float64Array, options: LbfgsOptions = {}): LbfgsResult {
  const { history = 10, iterations = 1000, gradientTolerance = 1e-8, relativeTolerance = 1e-13 } = options;
  let evaluations = 0;
  const at = (u: Float64Array): Place => {
    evaluations++;
    const gradient = new Float64Array(u.length);
    return { u, value: objective(u, gradient), gradient };
  };
  let place = at(Float64Array.from(start));
  const path = [place];
  const done = (status: LbfgsResult['status']): LbfgsResult => ({ path, status, gradientEvaluations: evaluations });
  if (!isFinitePlace(place)) return done('diverged');
  const pairs: Pair[] = [];
  for (let i = 0; i < iterations; i++) {
    if (place.gradient.every((g) => Math.abs(g) <= gradientTolerance)) return done('converged');
    let direction = ascent(place.gradient, pairs);
    if (!(dot(direction, place.gradient) > 0)) {
      pairs.length = 0;
      direction = place.gradient;
    }
    const length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
    const next =
      search(at, place, direction, length) ?? (pairs.length > 0 ? search(at, place, place.gradient, 1e-3) : null);
    if (next === null) return done('converged'); // no step along the gradient gains anything that float64 can tell
    const s = next.u.map((x, d) => x - place.u[d]!);
    const y = next.gradient.map((g, d) => place.gradient[d]! - g);
    const sy = dot(s, y);
    if (sy > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, sy });
      if (pairs.length > history) pairs.shift();
    }
    const gain = next.value - place.value;
    path.push(next);
    place = next;
    if (gain <= relativeTolerance * Math.max(1, Math.abs(place.value))) return done('converged');
  }
  return done('stopped');
}

type Pair = { readonly s: Float64Array; readonly y: Float64Array; readonly sy: number };

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, x, i) => total + x * b[i]!, 0);
const isFinitePlace = ({ value, gradient }: Place): boolean =>
  Number.isFinite(value) && gradient.every(Number.isFinite);

/** The gradient times the inverse Hessian that the pairs tell (two loops). */
function ascent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = Float64Array.from(gradient);
  const shares: number[] = [];
  for (const { s, y, sy } of [...pairs].reverse()) {
    const share = dot(s, q) / sy;
    shares.push(share);
    for (let d = 0; d < q.length; d++) q[d]! -= share * y[d]!;
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.sy / dot(last.y, last.y);
    for (let d = 0; d < q.length; d++) q[d]! *= scale;
  }
  for (const { s, y, sy } of pairs) {
    const share = shares.pop()! - dot(y, q) / sy;
    for (let d = 0; d < q.length; d++) q[d]! += share * s[d]!;
  }
  return q;
}

/** A place along a direction that meets the strong Wolfe conditions; the best that rose where none does; `null` where nothing rises. */
function search(at: (u: Float64Array) => Place, from: Place, direction: Float64Array, length: number): Place | null {
  const slope = dot(direction, from.gradient);
  const rises = (place: Place, t: number): boolean =>
    isFinitePlace(place) && place.value >= from.value + 1e-4 * t * slope;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let best: Place | null = null;
  let t = length;
  for (let i = 0; i < 40; i++) {
    const place = at(from.u.map((x, d) => x + t * direction[d]!));
    const here = isFinitePlace(place) ? dot(direction, place.gradient) : Number.NaN;
    if (!rises(place, t) || (best !== null && place.value < best.value)) high = t;
    else {
      best = place;
      if (Math.abs(here) <= 0.9 * slope) return place;
      if (here > 0) low = t;
      else high = t;
    }
    t = high === Number.POSITIVE_INFINITY ? 2 * t : 0.5 * (low + high);
    if (high - low < 1e-14 * Math.max(1, low)) break;
  }
  return best !== null && best.value > from.value ? best : null;
}
