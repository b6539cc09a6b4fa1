import { fail } from '@mixtention/core/base';
import { type Distribution, describe } from '../distributions/index.ts';
import { knownNumbers, showShape, type Value } from '../graph/index.ts';

/** Refuses observed numbers outside a distribution's support, naming the site and the first of them. */
export function checkObserved(where: string, site: string, distribution: Distribution, x: Value): void {
  const data = x.op === 'rows' ? x.inputs[0]!.data : x.data;
  const wrong = (i: number, due: string): never =>
    fail(
      where,
      'BAD_DATA',
      `site "${site}" observes ${data![i]} (place ${i} of ${showShape(x.shape)}) of ${describe(distribution)}; ${due} was due`,
    );
  if (data === undefined) return;
  const missing = data.findIndex((v) => !Number.isFinite(v));
  if (missing >= 0) wrong(missing, 'a finite number');
  const { support } = distribution;
  if (support.kind === 'whole') {
    const upper = support.upper === null ? null : knownNumbers(support.upper);
    const i = data.findIndex(
      (v, n) => !Number.isInteger(v) || v < 0 || v > (upper?.[upper.length === 1 ? 0 : n] ?? Number.POSITIVE_INFINITY),
    );
    if (i >= 0)
      wrong(
        i,
        upper === null ? 'a whole number from 0' : `a whole number from 0 to ${upper[upper.length === 1 ? 0 : i]}`,
      );
  }
  if (support.kind === 'interval') {
    const [lower, upper] = [support.lower, support.upper].map((bound) => (bound === null ? null : knownNumbers(bound)));
    const at = (bound: Float64Array | null | undefined, n: number, none: number): number =>
      bound?.[bound.length === 1 ? 0 : n] ?? none;
    const i = data.findIndex((v, n) => v < at(lower, n, -Infinity) || v > at(upper, n, Infinity));
    if (i >= 0) wrong(i, `a number from ${at(lower, i, -Infinity)} to ${at(upper, i, Infinity)}`);
  }
  if (support.kind === 'oneHot') {
    const k = x.shape.at(-1)!;
    for (let n = 0; n < data.length; n += k) {
      const row = data.subarray(n, n + k);
      if (row.some((v) => v !== 0 && v !== 1) || row.reduce((a, b) => a + b, 0) !== 1) wrong(n, 'one 1 among zeros');
    }
  }
  if (support.kind === 'counts') {
    const k = x.shape.at(-1)!;
    const totals = knownNumbers(support.total);
    for (let n = 0; n < data.length; n += k) {
      const row = data.subarray(n, n + k);
      const total = totals?.[totals.length === 1 ? 0 : n / k];
      const sum = row.reduce((a, b) => a + b, 0);
      if (row.some((v) => !Number.isInteger(v) || v < 0) || (total !== undefined && sum !== total))
        wrong(n, `whole numbers from 0 that sum to ${total ?? 'the trials'}`);
    }
  }
  if (support.kind === 'simplex') {
    const k = x.shape.at(-1)!;
    for (let n = 0; n < data.length; n += k) {
      const row = data.subarray(n, n + k);
      if (row.some((v) => v < 0) || Math.abs(row.reduce((a, b) => a + b, 0) - 1) > 1e-6)
        wrong(n, 'shares from 0 that sum to 1');
    }
  }
}
