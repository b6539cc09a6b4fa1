import { expect, test } from 'vitest';
import { equalWeights, summarize } from './index.ts';

test('a mean lies among the values that it is of, however weights are rounded', () => {
  for (let count = 1; count <= 1000; count++) {
    const rows = Array.from({ length: count }, () => Float64Array.of(1));
    const { x } = summarize([{ name: 'x', shape: [] }], rows, equalWeights(count));
    expect([x!.mean, x!.sd]).toEqual([1, 0]);
  }
});
