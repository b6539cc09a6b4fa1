import { generator, key } from '@mixtention/core/numeric';
import { faithful } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { fit } from './batch/fit.ts';

const { data: cells, rows } = faithful();

/** Old Faithful with one more column in front. */
function beside(name: string, value: (row: number) => number) {
  const data = Float64Array.from({ length: 3 * rows }, (_, i) =>
    i % 3 === 0 ? value(Math.floor(i / 3)) : cells[2 * Math.floor(i / 3) + (i % 3) - 1]!,
  );
  return { data, rows, cols: 3, columns: [name, 'eruptions', 'waiting'] };
}

it('a column that counts the rows is told of, by name', async () => {
  const { notes } = await fit(
    beside('nr', (row) => row + 1),
    { components: 2 },
  );
  expect(notes).toEqual([
    'column 0 "nr" (counted from 0) counts the rows, as an identifier does: leave it out, or read it as the id',
  ]);
  expect((await fit(faithful(), { components: 2 })).notes).toEqual([]);
});

it('where components are degenerate because of a constant column the message says that first', async () => {
  const { message, degenerate } = await fit(
    beside('unit', () => 7),
    { components: 2 },
  );
  expect(degenerate).toEqual([0, 1]);
  expect(message).toMatch(
    /^column 0 "unit" \(counted from 0\) is constant: leave it out; .*degenerate: components 0, 1/,
  );
});

it('a short fit says nothing of other executors', async () => {
  const { notes } = await fit(faithful(), { components: 2, screen: 0, maxIterations: 3 });
  expect(notes).toEqual([]);
});

it('a component that collapsed is told with its rows, the column and the floor', async () => {
  const random = generator(key(7));
  const data = Float64Array.from(
    { length: 402 },
    (_, i) => random.normal() + (Math.floor(i / 2) % 2) * (i % 2 ? 0 : 6),
  );
  data.set([1e5, 0], 400);
  const x = { data, rows: 201, cols: 2, columns: ['length', 'width'] };
  for (const covariance of ['full', 'diagonal'] as const) {
    const { status, degenerate, model, message } = await fit(x, { components: 3, covariance, floor: 1e-5 });
    expect([status, degenerate]).toEqual(['degenerate', [2]]);
    expect(model.weights[2]).toBeCloseTo(1 / 201, 6);
    expect(message).toMatch(
      /; degenerate: component 2 \(counted from 0\); component 2 owns row 200 \(counted from 0\) alone, and the floor of 0\.00001 holds its variance in column \d "(length|width)" \(counted from 0\)/,
    );
  }
});

it('more parameters of a covariance than rows are told, unless a prior determines them', async () => {
  const random = generator(key(3));
  const x = { data: Float64Array.from({ length: 30 * 7 }, () => random.normal()), rows: 30, cols: 7 };
  const notesOf = async (options: object) => (await fit(x, { components: 1, maxIterations: 1, ...options })).notes;
  const due = [
    'a component over 7 columns has 35 parameters, and there are 30 rows, which cannot determine them: take diagonal covariances, a prior, or fewer columns',
  ];
  expect(await notesOf({ covariance: 'full' })).toEqual(due);
  expect(await notesOf({ covariance: 'tied' })).toEqual(due);
  expect(await notesOf({ covariance: 'diagonal' })).toEqual([]);
  expect(await notesOf({ covariance: 'full', prior: 'weak' })).toEqual([]);
  const { notes, message } = await fit([[1]], { components: 1 });
  expect(notes[0]).toContain('has 2 parameters, and there is 1 row, which cannot determine them');
  expect(message).toContain('degenerate: component 0 (counted from 0)');
});
