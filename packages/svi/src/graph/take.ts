import { fail } from '@mixtention/core/base';
import { takePlaces } from './arrange.ts';
import { add, equal, mul, sub, where } from './ops.ts';
import { reshape } from './reduce.ts';
import { settleAxes, showShape } from './shape.ts';
import { type Value, type ValueLike, value } from './value.ts';

/** Most places among which a place that is no number yet chooses. */
const MOST = 1000;

/**
 * The part of x with some places along an axis: one (the axis goes), or a list of them. A place may be a value, as a discrete latent, or rows of a minibatch: `take(locations, z)` is what
 * NumPy writes as `locations[z]`.
 *
 * @throws BAD_SHAPE for an axis or a place that is not there; a place of a latent that is not there gives NaN (of an axis of two, what lies on their line)
 *
 * Cost: of places that are numbers, a copy; else a choice among all of the axis, to 1000.
 *
 * @example
 * const x = value([[1, 2, 3], [4, 5, 6]]);
 * const { run, outputs } = compile([take(x, 1), take(x, [2, 0], 1)], []);
 * run();
 * outputs; // [4, 5, 6, 3, 1, 6, 4]: row 1; then columns 2 and 0
 */
export function take(x: ValueLike, places: ValueLike, axis = 0): Value {
  const v = value(x, 'svi/take');
  const [at] = settleAxes('svi/take', v.shape, axis) as [number];
  const chosen = value(places, 'svi/take');
  if (chosen.op === 'constant') return takePlaces(v, chosen.data!, at, chosen.shape);
  return chooseAmong(v, chosen, at);
}

/** One part of x for each place, by comparing it with all that there are. */
function chooseAmong(v: Value, places: Value, at: number): Value {
  const count = v.shape[at]!;
  checkRows(v, places, at);
  if (count > MOST)
    fail(
      'svi/take',
      'BAD_SHAPE',
      `a place that is no number chooses among ${count} along axis ${at} of ${showShape(v.shape)}, to ${MOST} may be`,
    );
  const [before, after] = [v.shape.slice(0, at), v.shape.slice(at + 1)];
  const ones = (n: number): number[] => new Array<number>(n).fill(1);
  const which = reshape(places, [...places.shape, ...ones(after.length)]);
  const part = (k: number): Value =>
    reshape(takePlaces(v, [k], at, []), [...before, ...ones(places.shape.length), ...after]);
  // Of two, on the line between them: a relaxed draw is somewhere on it, and has a gradient.
  if (count === 2) return add(mul(sub(1, which), part(0)), mul(which, part(1)));
  let made = value(Number.NaN);
  for (let k = count - 1; k >= 0; k--) made = where(equal(which, k), part(k), made);
  return made;
}

/** Places that are data of a minibatch are known. */
function checkRows(v: Value, places: Value, at: number): void {
  const data = places.op === 'rows' ? places.inputs[0]!.data : undefined;
  const wrong = data?.find((place) => !Number.isInteger(place) || place < 0 || place >= v.shape[at]!);
  if (wrong !== undefined)
    fail('svi/take', 'BAD_SHAPE', `place ${wrong} was asked for along axis ${at} of ${showShape(v.shape)}`);
}
