import { expect, test } from 'vitest';
import type { WhitenedTerm } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { availableBackends } from '../testing/available-backends.ts';

test('a row without weight as far away as float32 can square spoils no sums, whatever the precision of a component', async () => {
  for (const deviation of [1, 1e-2, 1e-3, 1e-5]) {
    const factor = Float64Array.of(1 / deviation, 0, -0.9 / deviation, 2 / deviation, 1, 0, 0, 1);
    const stand = { statistics: identity.each, columns: null, width: 2, triangular: true };
    const term: WhitenedTerm = { ...stand, form: 'whitened', factor, offset: new Float64Array(4) };
    const data = Float32Array.of(0.1, 0.2, 1e15, -1e15, -0.1, 0.3);
    for (const backend of await availableBackends(['native', 'wasm', 'tfjs-node', 'tfjs-wasm'])) {
      const rows = backend.take({ data, rows: 3, cols: 2, stride: 2 });
      const scores = { components: 2, bias: new Float64Array(2), terms: [term] };
      const { counts, sums } = backend.write([rows], scores, { rowWeights: Float64Array.of(1, 0, 1) });
      backend.release(rows);
      expect(counts[0]! + counts[1]!, backend.name).toBeCloseTo(2, 5);
      expect(sums[0]!.every(Number.isFinite), backend.name).toBe(true);
    }
  }
});
