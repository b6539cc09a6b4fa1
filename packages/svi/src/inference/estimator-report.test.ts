import { expect, test } from 'vitest';
import { autoNormal } from '../guides/index.ts';
import type { Model } from '../model/index.ts';
import { targets } from '../testing-targets.ts';
import { estimatorReport } from './estimator-report.ts';
import { svi } from './svi.ts';

test('where the guide is the posterior, the path derivative has no noise, and the others have', () => {
  // Posterior N(1.5, 1/3); the guide is told in units of 0.1 about 0.
  const parameters = { 'mu.loc': Float64Array.of(15), 'mu.logScale': Float64Array.of(Math.log(10 / Math.sqrt(3))) };
  const [path, whole, analytic] = estimatorReport(targets[5]!.model, null, { guide: autoNormal(), parameters });
  expect(path!.variance).toBeLessThan(1e-20);
  expect(whole!.variance).toBeGreaterThan(1);
  expect(analytic!.variance).toBeGreaterThan(0.1);
  expect(analytic!.variance).toBeLessThan(whole!.variance);
});

test('what svi returns may be looked at: there the path derivative is the quietest', () => {
  const guide = autoNormal();
  const { around, parameters } = svi(targets[0]!.model, null, { guide });
  const [path, whole] = estimatorReport(targets[0]!.model, null, { guide, around, parameters });
  expect(path!.variance).toBeLessThan(0.2 * whole!.variance);
});

test('away from it all three have the same mean', () => {
  for (const { model } of targets.slice(2, 6)) {
    const rows = estimatorReport(model, null, { guide: autoNormal() });
    for (const { bias, signalToNoise } of rows) {
      expect(bias).toBeLessThan(4.5);
      expect(signalToNoise).toBeGreaterThan(0);
    }
  }
});

test('names that the guide does not have, and minibatches, are refused', () => {
  const cut: Model<null> = ({ sample, observe, plate, normal }) => {
    const x = sample('x', normal(0, 1));
    plate('rows', 3, { subsample: 2 }, (rows) => observe('y', normal(x, 1), rows([1, 2, 3])));
  };
  expect(() => estimatorReport(cut, null, { guide: autoNormal() })).toThrow('plate "rows" is subsampled');
  expect(() =>
    estimatorReport(targets[0]!.model, null, { guide: autoNormal(), parameters: { q: Float64Array.of(1) } }),
  ).toThrow('no parameter "q"');
});
