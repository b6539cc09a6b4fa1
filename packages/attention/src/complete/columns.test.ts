import { isBinary } from '@mixtention/core/data';
import { MixtureModel, simpleFamilies } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { attentionFromMixture } from '../from-mixture/attention-from-mixture.ts';
import { randomMixture } from '../testing/random-mixture.ts';
import { complete } from './complete.ts';

const NAMES = ['a', 'b', 'c'];
const NAN = Number.NaN;

test.each(Object.values(simpleFamilies))(
  'columns are found by name, and the mask is that of the rows: $spec.name',
  (family) => {
    const { logWeights, params } = randomMixture(family, 3, 3, 1);
    const model = new MixtureModel({ family, logWeights, params, columns: NAMES });
    const { x } = model.sample(2, 5);
    const [a0, b0, c0, a1, b1, c1] = x.data;
    const named = (columns: readonly string[], ...data: (number | undefined)[]) => ({
      data: Float64Array.from(data as number[]),
      rows: 2,
      cols: columns.length,
      columns,
    });
    const rows = named(NAMES, a0, NAN, c0, a1, NAN, c1);
    // Other order, and a column that is not the model's.
    const other = named(['c', 'id', 'b', 'a'], c0, 7, NAN, a0, c1, 8, NAN, a1);
    const due = complete(model, rows, [true, false, true], { truth: x, responsibilities: true });
    for (const mask of [
      [true, false, false, true],
      [
        [true, true, false, true],
        [true, false, false, true],
      ],
    ]) {
      const truth = named(['b', 'c', 'a'], b0, c0, a0, b1, c1, a1);
      expect(complete(model, other, mask, { truth, responsibilities: true })).toEqual(due);
    }
    expect(due.completed.columns).toEqual(NAMES);
    expect(() => complete(model, named(['a', 'b', 'x'], 0, 0, 0, 1, 1, 1), [true, true, true])).toThrow(
      '[attention] complete: the data have no column "c"',
    );
  },
);

test.each(Object.values(simpleFamilies))('queries are made of columns by name: $spec.name', (family) => {
  const { logWeights, params } = randomMixture(family, 3, 3, 1);
  const model = new MixtureModel({ family, logWeights, params, columns: NAMES });
  const { x } = model.sample(1, 5);
  const [a, b, c] = x.data as Float64Array;
  const other = { data: Float64Array.of(b!, c!, a!), rows: 1, cols: 3, columns: ['b', 'c', 'a'] };
  const { query, logBase } = attentionFromMixture(model);
  expect(query(other)).toEqual(query(x));
  expect(logBase(other)).toEqual(logBase(x));
  if (!isBinary(family, 2)) return;
  const masked = attentionFromMixture(model, { masked: true });
  expect(masked.query(other, [true, false, true])).toEqual(masked.query(x, [true, true, false]));
});
