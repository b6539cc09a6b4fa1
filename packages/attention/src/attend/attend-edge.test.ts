import { describe, expect, it, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { attend } from './attend.ts';

const tested = await backends();

describe.each(tested.map(({ backend }) => [backend.name, backend] as const))('%s', (_, backend) => {
  const options = { backend, scale: 1, responsibilities: true, labels: true };

  it('one key of width 1 gets all of every query', () => {
    const { output, logEvidence, responsibilities } = attend([[2], [3]], [[5]], [[7]], options);
    expect([...output.data]).toEqual([7, 7]);
    expect([...logEvidence]).toEqual([10, 15]);
    expect([...responsibilities!.data]).toEqual([1, 1]);
  });

  it.each([1e3, 1e6, 1e15, 1e20, 1e30, 1e150])('scores of size %d squared choose one key each', (size) => {
    const { output, logEvidence, labels } = attend([[size], [-size]], [[size], [1]], [[7], [8]], options);
    expect([...output.data]).toEqual([7, 8]);
    expect([...labels!]).toEqual([0, 1]);
    expect(logEvidence[0]! / size ** 2).toBeCloseTo(1, 6);
    expect(logEvidence[1]! / size).toBeCloseTo(-1, 6);
  });

  it('numbers that float32 cannot hold give what float64 gives', () => {
    const { output, logEvidence } = attend([[1e39]], [[1e-39], [2e-39]], [[1e39], [3e39]], options);
    expect(logEvidence[0]).toBeCloseTo(Math.log(Math.E + Math.E ** 2), 12);
    expect(output.data[0]! / 1e39).toBeCloseTo((1 + 3 * Math.E) / (1 + Math.E), 12);
  });

  it('a mask hides a key whatever the size of the scores', () => {
    const mask = [
      [true, true],
      [false, true],
    ];
    const { output } = attend([[1], [2]], [[1], [1]], [[7], [8]], { ...options, bias: [1e31, 0], mask });
    expect([...output.data]).toEqual([7, 8]);
    const far = attend([[1e16], [1e16]], [[1e16], [1]], [[7], [8]], { ...options, mask });
    expect([...far.output.data]).toEqual([7, 8]);
  });

  it.each([-1e9, -1e30, -3.4e38, -Number.MAX_VALUE])('a bias of %d is a mask', (bias) => {
    const { output, logEvidence } = attend([[1], [2]], [[1], [1]], [[7], [8]], { ...options, bias: [bias, 0] });
    expect([...output.data]).toEqual([8, 8]);
    expect([...logEvidence]).toEqual([1, 2]);
  });

  it('scores that are no numbers are refused, naming the query', () => {
    const message = /^\[attention\] attend: the scores of query 1 \(counted from 0\) are too large to be numbers/;
    expect(() => attend([[1], [1e200]], [[1e200], [1]], null, options)).toThrow(message);
  });
});

test('responsibilities that no memory holds are refused by one sentence with sizes', () => {
  const rows = { data: new Float64Array(2e6), rows: 2e6, cols: 1 };
  const keys = { data: new Float64Array(2e5), rows: 2e5, cols: 1 };
  expect(() => attend(rows, keys, null, { responsibilities: true })).toThrow(
    expect.objectContaining({
      code: 'TOO_LARGE',
      message: expect.stringContaining(
        'responsibilities of 2,000,000 rows and 200,000 components take 3.2 TB of memory',
      ),
    }),
  );
});
