/** A smooth function to be maximized: writes its gradient at x, returns its value; −∞ or NaN where it is not defined. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export type Maximum = { readonly x: Float64Array; readonly value: number; readonly isReached: boolean };

const MEMORY = 12;
const ARMIJO = 1e-4;

/**
 * The maximum of a smooth function by limited-memory BFGS with backtracking.
 *
 * @param tolerance  on the largest entry of the gradient
 *
 * Source: Nocedal & Wright (2006), Numerical Optimization, algorithms 7.4 and 3.1.
 */
export function maximize(
  f: Smooth,
  start: Float64Array,
  { tolerance = 1e-7, maxIterations = 500 }: { tolerance?: number; maxIterations?: number } = {},
): Maximum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (largest(gradient) <= tolerance) return { x, value, isReached: true };
    const direction = ascent(gradient, steps);
    let slope = dot(direction, gradient);
    if (!(slope > 0)) {
      steps.length = 0;
      direction.set(gradient);
      slope = dot(gradient, gradient);
    }
    const next = search(f, {
      x,
      value,
      direction,
      slope,
      first: steps.length === 0 ? 1 / Math.max(1, Math.sqrt(slope)) : 1,
    });
    // Nothing higher can be told from rounding.
    if (next === null) return { x, value, isReached: largest(gradient) <= 100 * tolerance };
    const s = next.x.map((one, i) => one - x[i]!);
    const y = next.gradient.map((one, i) => gradient[i]! - one);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) steps.push({ s, y, rho: 1 / curvature });
    if (steps.length > MEMORY) steps.shift();
    ({ x, value, gradient } = next);
  }
  return { x, value, isReached: largest(gradient) <= 100 * tolerance };
}

function search(
  f: Smooth,
  {
    x,
    value,
    direction,
    slope,
    first,
  }: { x: Float64Array; value: number; direction: Float64Array; slope: number; first: number },
): { x: Float64Array<ArrayBuffer>; value: number; gradient: Float64Array<ArrayBuffer> } | null {
  for (let step = first, tries = 0; tries < 40; tries++, step /= 2) {
    const there = x.map((one, i) => one + step * direction[i]!) as Float64Array<ArrayBuffer>;
    const gradient = new Float64Array(x.length);
    const reached = f(there, gradient);
    if (reached >= value + ARMIJO * step * slope) return { x: there, value: reached, gradient };
  }
  return null;
}

/** The two-loop recursion: the inverse of the curvature that the last steps saw, times the gradient. */
function ascent(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const r = gradient.slice();
  const shares = steps.map(() => 0);
  for (let i = steps.length - 1; i >= 0; i--) {
    const { s, y, rho } = steps[i]!;
    shares[i] = rho * dot(s, r);
    addTimes(r, -shares[i]!, y);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const factor = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < r.length; i++) r[i]! *= factor;
  }
  for (const [i, { s, y, rho }] of steps.entries()) addTimes(r, shares[i]! - rho * dot(y, r), s);
  return r;
}

function addTimes(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function largest(x: Float64Array): number {
  return x.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}
