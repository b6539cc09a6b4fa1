import { expect, test } from 'vitest';
import { checkWritable } from './model-file.ts';

// The widest model of each kind that has 50 million numbers at most, counted by hand.
test.each([
  ['full', 12, 2040],
  ['tied', 100, 7021],
  ['diagonal', 2, 12_499_999],
  ['spherical', 2, 24_999_998],
  [null, 2, 24_999_999],
])('a model with covariance %s of %i components is written up to %i columns', (covariance, components, width) => {
  checkWritable(width, { components, covariance });
  expect(() => checkWritable(width + 1, { components, covariance })).toThrow(
    '50000000 at most were due; ask for fewer components or a simpler covariance',
  );
});
