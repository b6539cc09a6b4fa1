import { expect, test } from 'vitest';
import type { Backend, Scores, Stand, Statistics, Term } from '../contracts/index.ts';
import { identity, reference } from '../kernel/index.ts';
import { generator, key } from '../numeric/index.ts';
import { availableBackends } from '../testing/index.ts';
import { dataset } from './dataset.ts';
import { openShard } from './shard.ts';

const K = 3;
const D = 4;
const N = 60;
const random = generator(key(1));
const normals = (count: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(random.normal()));
const x = { data: normals(N * D), rows: N, cols: D };
const weights = Float64Array.from({ length: N }, (_, n) => n % 3);
const data = dataset(x, { weights, shardRows: 40 });

/** T(x) = x of each column, with a base measure of −x_0². */
const based: Statistics = {
  ...identity.none,
  key: 'based',
  logBaseMeasure: ({ data, rows, cols }) => Float64Array.from({ length: rows }, (_, n) => -(data[n * cols]! ** 2)),
};
const stands: readonly Stand[] = [
  { statistics: based, columns: [0, 2] },
  { statistics: identity.each, columns: [1, 2, 3] },
];
const terms: readonly Term[] = [
  { ...stands[0]!, form: 'linear', width: 2, natural: normals(K * 2) },
  { ...stands[1]!, form: 'whitened', width: 3, factor: normals(K * 2 * 3), offset: normals(K * 2) },
];
const scores: Scores = { components: K, bias: normals(K), terms };

/** Columns of rows 40 … N. */
function columnsOf(columns: readonly number[]): { data: Float64Array; rows: number; cols: number } {
  const rows = N - 40;
  const pick = (i: number): number => x.data[(40 + Math.floor(i / columns.length)) * D + columns[i % columns.length]!]!;
  return { data: Float64Array.from({ length: rows * columns.length }, (_, i) => pick(i)), rows, cols: columns.length };
}

const backends: readonly Backend[] = await availableBackends();

test('a shard scores its rows without their base measure, in either precision', () => {
  const due = reference([columnsOf([0, 2]), columnsOf([1, 2, 3])], scores).scores.data;
  for (const backend of backends) {
    const shard = openShard(data, 1, backend);
    for (const precision of [undefined, 'float64'] as const) {
      const came: number[] = [];
      const arrays = new Set<string>();
      shard.score(
        scores,
        (_, __, L) => {
          arrays.add(L.constructor.name);
          came.push(...L);
        },
        { precision },
      );
      const isWide = precision === 'float64' || backend.precision === 'float64';
      expect([...arrays]).toEqual([isWide ? 'Float64Array' : 'Float32Array']);
      const worst = Math.max(...came.map((l, i) => Math.abs(l - due[i]!) / (1 + Math.abs(due[i]!))));
      expect(worst).toBeLessThan(isWide ? 1e-13 : 2e-5);
      expect(came.length).toBe(due.length);
    }
    shard.release();
  }
});

test('a shard accumulates what it would write, under its own weights times those of the call, in either precision', () => {
  const rowWeights = Float64Array.from({ length: N - 40 }, (_, n) => (n + 1) / 4);
  for (const backend of backends) {
    const shard = openShard(data, 1, backend);
    for (const precision of [undefined, 'float64'] as const) {
      const options = { precision, rowWeights };
      const { responsibilities } = shard.read(scores, null, { responsibilities: true, precision });
      const due = shard.write(scores, { ...options, entropy: true });
      const came = shard.accumulate(
        { components: K, stands },
        (start, count, out) => out.set(responsibilities!.data.subarray(start * K, (start + count) * K)),
        options,
      );
      expect(came.precision).toBe(due.precision);
      const slack = came.precision === 'float64' ? 1e-12 : 1e-4;
      const both = (['counts', 'sums', 'weight', 'entropy', 'logBase'] as const).map((name) => [came[name], due[name]]);
      for (const [own, other] of both) {
        const flat = [own, other].map((value) =>
          [value].flat(2).flatMap((v) => (typeof v === 'number' ? [v] : [...v!])),
        );
        flat[0]!.forEach((v, i) => {
          expect(Math.abs(v - flat[1]![i]!)).toBeLessThan(slack * (1 + Math.abs(v)));
        });
      }
      expect(came.sums.map(({ length }) => length)).toEqual([K * 2, K * 9]);
    }
    shard.release();
  }
});
