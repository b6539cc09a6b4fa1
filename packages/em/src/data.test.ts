import { dataset } from '@mixtention/core/data';
import { faithful } from '@mixtention/mixture';
import { expect, it } from 'vitest';
import { fit, kMeans } from './index.ts';

it('one data set serves several fits, with the results of the rows themselves', async () => {
  const data = dataset(faithful());
  for (const options of [
    { components: 2 },
    { components: 3, covariance: 'spherical' },
    { components: 2, seed: 1 },
  ] as const) {
    const { logLikelihood, iterations } = await fit(data, options);
    const due = await fit(faithful(), options);
    expect([logLikelihood, iterations]).toEqual([due.logLikelihood, due.iterations]);
  }
  expect((await kMeans(data, { components: 2 })).inertia).toBe((await kMeans(faithful(), { components: 2 })).inertia);
});

it('weights and cuts of a data set are its own: fits refuse others', async () => {
  const data = dataset(faithful());
  for (const options of [{ weights: [1] }, { shardRows: 10 }])
    await expect(fit(data, { components: 2, ...options })).rejects.toThrow(
      `${Object.keys(options)[0]} came with a data set, which was made with its own`,
    );
});

it('rows of small integers are fitted as they are', async () => {
  const bytes = Uint8Array.from({ length: 600 }, (_, i) => (i * i * 7) % 251);
  const came = await fit({ data: bytes, rows: 200, cols: 3 }, { components: 2 });
  const due = await fit({ data: Float64Array.from(bytes), rows: 200, cols: 3 }, { components: 2 });
  expect(came.logLikelihood).toBe(due.logLikelihood);
  const bits = Uint8Array.from({ length: 600 }, (_, i) => (i * i * 7) % 2);
  const binary = await fit({ data: bits, rows: 200, cols: 3 }, { components: 2, family: 'bernoulli' });
  expect(binary.status).not.toBe('diverged');
  await expect(fit({ data: bytes, rows: 200, cols: 3 }, { components: 2, family: 'bernoulli' })).rejects.toThrow(
    'row 0, column 1 (counted from 0) is 7',
  );
});

it('labels are of the rows that were fitted, whatever the caller did with the array since', async () => {
  const x = { data: Float64Array.of(0, 1, 10, 11), rows: 4, cols: 1 };
  const { labels } = await kMeans(x, { components: 2 }).then((result) => {
    x.data.fill(0);
    return result;
  });
  expect([labels[0] === labels[1], labels[2] === labels[3], labels[0] === labels[2]]).toEqual([true, true, false]);
});

it('an array that is taken away during a fit is not missed', async () => {
  const data = Float64Array.from({ length: 20_000 }, (_, i) => (i % 2) * 5 + Math.sin(i * i));
  const options = { components: 2, restarts: 3 };
  const due = await fit({ data: data.slice(), rows: 20_000, cols: 1 }, options);
  const coming = fit({ data, rows: 20_000, cols: 1 }, options);
  structuredClone(data.buffer, { transfer: [data.buffer] });
  expect((await coming).logLikelihood).toBe(due.logLikelihood);
});

it('columns in units of 1e-310 are refused as those of 1e-200 are', async () => {
  for (const unit of [1e-200, 1e-310]) {
    const rows = Array.from({ length: 200 }, (_, n) => [(Math.sin(n) + (n % 2) * 6) * unit, Math.cos(n) * unit]);
    await expect(fit(rows, { components: 2 })).rejects.toThrow('column 0 (counted from 0) has standard deviation');
  }
});
