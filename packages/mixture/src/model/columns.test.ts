import { matrix } from '@mixtention/core';
import { expect, test } from 'vitest';
import { gaussian } from '../families/index.ts';
import { MixtureModel } from './mixture-model.ts';

const parts = {
  family: gaussian('diagonal'),
  logWeights: Float64Array.of(Math.log(0.5), Math.log(0.5)),
  params: { width: 2, means: Float64Array.of(4, 80, 2, 55), variances: Float64Array.of(0.2, 36, 0.1, 34) },
};
const model = new MixtureModel({ ...parts, columns: ['eruptions', 'waiting'] });
const cells = [
  [3.6, 79],
  [1.8, 54],
];
const swapped = { ...matrix(cells.map(([a, b]) => [b!, a!])), columns: ['waiting', 'eruptions'] };

test('rows whose columns stand in another order are taken by name', () => {
  expect(model.predict(swapped)).toEqual(Int32Array.of(0, 1));
  expect(model.logDensity(swapped)).toEqual(model.logDensity(cells));
  expect(model.responsibilities(swapped)).toEqual(model.responsibilities(cells));
  expect(model.evaluate(swapped)).toEqual(model.evaluate(cells));
});

test('rows without names are taken by position, and so are all rows of a model without names', () => {
  const nameless = new MixtureModel(parts);
  expect(nameless.columns).toBeNull();
  expect(nameless.predict({ ...matrix(cells), columns: ['a', 'b'] })).toEqual(model.predict(cells));
});

test('a column that rows do not have is named', () => {
  expect(() => model.predict({ ...matrix(cells), columns: ['eruptions', 'waitng'] })).toThrow(
    '[mixture] predict: the data have no column "waiting" (is it "waitng"?), which the model was fitted on',
  );
});

test('new rows carry the names', () => {
  expect(model.sample(3).x.columns).toEqual(['eruptions', 'waiting']);
});

test('names that are none are refused', () => {
  expect(() => new MixtureModel({ ...parts, columns: ['a'] })).toThrow(
    'columns are 1 name, the names of 2 columns were due',
  );
});
