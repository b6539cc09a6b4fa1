import { key } from '@mixtention/core/numeric';
import { describe, expect, test } from 'vitest';
import { emptyRows, type Float64Rows } from '../rows.ts';
import { softplus } from '../softplus.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { along } from '../testing/finite-differences.ts';
import { maskedAutoregressive } from './masked-autoregressive.ts';

const random = draws(92);
const [D, C] = [5, 3];
const layer = maskedAutoregressive({ width: D, context: C, hidden: 12 });
const parameters = Object.fromEntries(
  Object.entries(layer.init(key(7))).map(([name, own]) => [name, own.map((w, i) => w + 0.3 * Math.cos(3 * i))]),
);

/** All rows of zeros and ones. */
function allRows(): Float64Rows {
  const rows = emptyRows(2 ** D, D);
  for (let n = 0; n < rows.rows; n++) for (let j = 0; j < D; j++) rows.data[n * D + j] = (n >> j) & 1;
  return rows;
}

function repeated(row: Float64Rows, times: number): Float64Rows {
  const all = emptyRows(times, row.cols);
  for (let n = 0; n < times; n++) all.data.set(row.data, n * row.cols);
  return all;
}

test('the probabilities of all rows sum to 1, whatever the context', () => {
  const rows = allRows();
  for (let i = 0; i < 3; i++) {
    const context = repeated(random.normal(1, C), rows.rows);
    const { data } = layer.apply(parameters, { rows, context }).output;
    let sum = 0;
    for (let n = 0; n < rows.rows; n++) {
      let log = 0;
      for (let j = n * D; j < (n + 1) * D; j++) log += rows.data[j]! * data[j]! - softplus(data[j]!);
      sum += Math.exp(log);
    }
    expect(sum).toBeCloseTo(1, 12);
  }
});

test('every column hears of each column before it', () => {
  const context = random.normal(1, C);
  const row = random.normal(1, D);
  const before = layer.apply(parameters, { rows: row, context }).output.data;
  for (let from = 0; from < D; from++) {
    const other = { ...row, data: row.data.map((x, j) => (j === from ? x + 1 : x)) };
    const after = layer.apply(parameters, { rows: other, context }).output.data;
    for (let to = 0; to < D; to++) expect(after[to] !== before[to]).toBe(from < to);
  }
});

describe.each(await backends())('gradients on $backend.name', ({ backend, tolerance }) => {
  const slack = tolerance < 1e-6 ? 1e-9 : 1e-4;

  test('are differences of the loss', () => {
    const input = { rows: random.normal(4, D), context: random.normal(4, C) };
    const upstream = random.normal(4, D);
    const loss = (): number =>
      layer.apply(parameters, input).output.data.reduce((sum, o, i) => sum + o * upstream.data[i]!, 0);
    const ours = layer.apply(parameters, input, { backend }).pullback(upstream);
    expect(difference(ours.input.rows.data, along(input.rows.data, loss))).toBeLessThan(slack);
    expect(difference(ours.input.context.data, along(input.context.data, loss))).toBeLessThan(slack);
    expect(Object.keys(ours.parameters).sort()).toEqual(Object.keys(parameters).sort());
    for (const [name, own] of Object.entries(parameters))
      expect(difference(ours.parameters[name]!, along(own, loss, 4e-4))).toBeLessThan(slack);
  });
});
