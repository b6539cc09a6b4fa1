import { expect, test } from 'vitest';
import { matrix } from '../base/matrix.ts';
import { dataset, prepare, reweigh } from './dataset.ts';

test('other weights over the same rows: what is known of columns is of the rows that weigh anything, and memory is shared', () => {
  const x = matrix([
    [1, 2],
    [3, 4],
    [50, 60],
  ]);
  const raw = dataset(x);
  const some = reweigh(raw, [1, 1, 0]);
  const due = dataset(x, { weights: [1, 1, 0] });
  expect(some.source).toBe(raw.source);
  expect(some.id).not.toBe(raw.id);
  const { id: _, source: __, ...rest } = some;
  const { id: ___, source: ____, ...expected } = due;
  expect(rest).toEqual(expected);
  expect(() => reweigh(raw, [1, 1])).toThrow('weights of length 2 came with 3 rows');
  const { transform } = prepare(some, true);
  expect(prepare(raw, transform)).toMatchObject({ transform, digest: raw.digest });
  expect(prepare(raw, transform).id).not.toBe(raw.id);
});
