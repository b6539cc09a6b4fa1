import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import type { Backend, LinearTerm, Matrix, Precision, RowBlock, Scores } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { fusedBackend } from './fused.ts';

const precisions: readonly Precision[] = ['float32', 'float64'];

/** Rows whose only column is x, and two components whose scores are 0 and x: their responsibilities are as 1 to exp x. */
function oddsOf(backend: Backend, x: Float32Array | Float64Array): Float64Array {
  const rows = backend.take({ data: x, rows: x.length, cols: 1, stride: 1 });
  const scores = linear(1, Float64Array.of(0, 1), new Float64Array(2));
  const { data } = backend.read([rows], scores, null, { responsibilities: true }).responsibilities!;
  return Float64Array.from(x, (_, n) => data[2 * n + 1]! / data[2 * n]!);
}

function linear(width: number, natural: Float64Array, bias: Float64Array): Scores {
  const term: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width, natural };
  return { components: bias.length, bias, terms: [term] };
}

/** Clusters as fits meet them: rows belong to one or two of many components. */
function problem(rows: number, width: number, components: number): { block: RowBlock; scores: Scores } {
  const random = generator(key(7));
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.fround(scale * random.normal()));
  return {
    block: { data: draw(rows * width, 1), rows, cols: width, stride: width },
    scores: linear(width, draw(components * width, 2 / Math.sqrt(width)), draw(components, 1)),
  };
}

/** Root mean square of the difference, relative to that of what was due. */
function relativeError(came: Float64Array, due: Float64Array): number {
  const size = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return size(came.map((value, i) => value - due[i]!)) / size(due);
}

function takenBy({ precision }: Backend, block: RowBlock): RowBlock {
  return precision === 'float32' ? { ...block, data: Float32Array.from(block.data) } : block;
}

it('exponentials are exact to a few units of the last place, and 0 where they are nothing beside 1', () => {
  for (const [precision, unit, cut] of [
    ['float32', 2 ** -23, -80],
    ['float64', 2 ** -52, -700],
  ] as const) {
    const grid = Float64Array.from({ length: 20_001 }, (_, i) => Math.fround((cut * i) / 20_000));
    const x = precision === 'float32' ? Float32Array.from(grid) : grid;
    const odds = oddsOf(fusedBackend({ precision }), x);
    const worst = grid.reduce((most, value, n) => Math.max(most, Math.abs(odds[n]! / Math.exp(value) - 1)), 0);
    expect(worst / unit).toBeLessThan(4);
    expect(
      oddsOf(
        fusedBackend({ precision }),
        x.map((value) => value + 2 * cut),
      ).every((odd) => odd === 0),
    ).toBe(true);
  }
});

it('float64 sums are those of plain to 1e-14, float32 ones to 1e-6, their evidence to 1e-7 of its terms', () => {
  for (const [rows, width, components] of [
    [5_003, 64, 64],
    [3_001, 16, 7],
    [601, 300, 50],
    [2_100, 1, 3],
  ] as const) {
    const { block, scores } = problem(rows, width, components);
    const due = plain.write([plain.take(block)], scores);
    for (const precision of precisions) {
      const backend = fusedBackend({ precision });
      const came = backend.write([backend.take(takenBy(backend, block))], scores);
      const slack = precision === 'float32' ? 1e-6 : 1e-14;
      expect(relativeError(came.counts, due.counts)).toBeLessThan(slack);
      expect(relativeError(came.sums[0]!, due.sums[0]!)).toBeLessThan(slack);
      expect(Math.abs(came.logEvidence / due.logEvidence - 1)).toBeLessThan(precision === 'float32' ? 1e-7 : 1e-14);
    }
  }
});

it('rows in shared memory may begin anywhere', () => {
  const { block, scores } = problem(1_000, 7, 5);
  for (const precision of precisions) {
    const backend = fusedBackend({ precision });
    const plainRows = takenBy(backend, block);
    const due = backend.write([backend.take(plainRows)], scores);
    const bytes = plainRows.data.BYTES_PER_ELEMENT;
    const shared = new SharedArrayBuffer((block.data.length + 1) * bytes);
    const data =
      precision === 'float32'
        ? new Float32Array(shared, bytes, block.data.length)
        : new Float64Array(shared, bytes, block.data.length);
    data.set(block.data);
    expect(backend.write([backend.take({ ...block, data })], scores)).toStrictEqual(due);
  }
});

it('callbacks of a call may call the backend themselves', () => {
  const { block, scores } = problem(700, 4, 6);
  for (const precision of precisions) {
    const backend = fusedBackend({ precision });
    const rows = [backend.take(takenBy(backend, block))];
    const due = backend.write(rows, scores);
    const nested: unknown[] = [];
    const came = backend.write(rows, scores, {
      pairBias: (_start, _count, out) => {
        out.fill(0);
        nested.push(backend.write(rows, scores));
      },
    });
    expect(came).toStrictEqual(due);
    expect(nested.length).toBeGreaterThan(1);
    for (const inner of nested) expect(inner).toStrictEqual(due);
  }
});

it('the module that all engines have gives the same bits on every machine', () => {
  const { block, scores } = problem(4_099, 20, 13);
  const digests = precisions.map((precision) => {
    const backend = fusedBackend({ precision, rounding: 'common' });
    expect(backend.kernel).toBe('common SIMD');
    const { counts, sums, logEvidence } = backend.write([backend.take(takenBy(backend, block))], scores);
    const bits = createHash('sha256');
    for (const part of [counts, sums[0]!, Float64Array.of(logEvidence)]) bits.update(new Uint8Array(part.buffer));
    return bits.digest('hex').slice(0, 16);
  });
  expect(digests).toEqual(['2e2e2698b0663e2c', '703c3957ebcc28bd']);
});

it('an environment that asks for an unknown rounding is refused', () => {
  process.env.MIXTENTION_ROUNDING = 'nearest';
  try {
    expect(() => fusedBackend()).toThrow(/MIXTENTION_ROUNDING/);
  } finally {
    delete process.env.MIXTENTION_ROUNDING;
  }
});

it('values far from 0 keep their digits in float32', () => {
  const { block, scores } = problem(200, 3, 9);
  const values: Matrix = { data: Float64Array.from({ length: 9 }, (_, k) => 1e9 + k), rows: 9, cols: 1 };
  const due = plain.read([plain.take(block)], scores, values).output.data as Float64Array;
  const backend = fusedBackend();
  const came = backend.read([backend.take(takenBy(backend, block))], scores, values).output.data;
  due.forEach((value, n) => {
    expect(Math.abs(came[n]! - value)).toBeLessThan(1e-4);
  });
});
