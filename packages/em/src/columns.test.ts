import { expect, it } from 'vitest';
import { fit } from './batch/fit.ts';
import { kMeans } from './k-means/fit-k-means.ts';

const cells = Array.from({ length: 40 }, (_, n) => [(n % 2) * 10 + Math.sin(n), 100 + (n % 2) * 5 + Math.cos(n)]);
const data = Float64Array.from(cells.flat());
const rows = { data, rows: 40, cols: 2, columns: ['a', 'b'] };
const swapped = {
  data: Float64Array.from(cells.flatMap(([a, b]) => [b!, a!])),
  rows: 40,
  cols: 2,
  columns: ['b', 'a'],
};

it('a mixture knows the columns that it was fitted on, and finds them by name', async () => {
  const { model } = await fit(rows, { components: 2 });
  expect(model.columns).toEqual(['a', 'b']);
  expect(model.predict(swapped)).toEqual(model.predict(rows));
  expect((await fit({ data, rows: 40, cols: 2 }, { components: 2 })).model.columns).toBeNull();
});

it('so does k-means', async () => {
  const { model, labels } = await kMeans(rows, { components: 2 });
  expect(model.centers.columns).toEqual(['a', 'b']);
  expect(model.predict(swapped)).toEqual(labels);
  expect(() => model.predict({ ...rows, columns: ['a', 'c'] })).toThrow('[em] predict: the data have no column "b"');
});
