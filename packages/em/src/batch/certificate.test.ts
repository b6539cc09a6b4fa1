import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from './fit.ts';

test('the certificate counts the starts that found the best optimum', async () => {
  const { certificate, restarts } = await fit(faithful(), { components: 3, screen: 0, restarts: 8, seed: 1 });
  const best = Math.max(...restarts.map(({ objective }) => objective));
  const near = restarts.filter(({ objective }) => best - objective <= 1e-6 * 272).length;
  expect(near).toBeLessThan(8);
  expect(certificate).toMatchObject({ starts: 8, startsAtBest: near });
});

test('the certificate tells what is left to gain, and how fast gains die away', async () => {
  const { certificate, trace } = await fit(faithful(), { components: 2, screen: 0 });
  // Below the fixed point, where implementations agree.
  const [before, left] = trace.slice(-2).map(({ objective }) => (-1130.26396018474 - objective) / 272) as [
    number,
    number,
  ];
  expect(left).toBeLessThan(1.1e-7);
  expect(certificate.remainingGain / left).toBeCloseTo(1, 1);
  expect(certificate.rate).toBeCloseTo(left / before, 2);
});

test('a component on four rows is told of, with its rows, also where the fit is healthy', async () => {
  const x = faithful();
  const far = [100, 10, 101, 10.5, 100.5, 9.6, 100.2, 10.8];
  const data = Float64Array.of(...x.data, ...far);
  const found = await fit({ data, rows: 276, cols: 2 }, { components: 3 });
  expect(found.status).toBe('converged');
  // Five parameters and the two numbers of a row: five rows are twice what is due.
  expect(found.certificate.nearCollapse).toEqual([{ component: 2, rows: expect.closeTo(4, 3) }]);
  expect((await fit(x, { components: 2 })).certificate.nearCollapse).toEqual([]);
});
