import { describe, expect, it } from 'vitest';
import { plain } from '../backend/plain.ts';
import { availableBackends } from '../conformance/available-backends.ts';
import { families } from '../families/index.ts';
import { triangularSolve } from '../linalg/index.ts';
import { randomPositiveDefinite } from '../linalg/testing.ts';
import { generator, key } from '../random/index.ts';
import type { Matrix, RandomSource, WhitenedScores } from '../types.ts';
import { eachPair, firstSquare, productScores, productsWidth } from './products.ts';
import { reference } from './reference.ts';

/** K components with covariances of condition 10 and means of a spread about 0. */
function scoresOf(components: number, width: number, spread = 1): WhitenedScores {
  const random = generator(key(1));
  const means = normals(components, width, () => spread * random.normal());
  const covariances = Array.from({ length: components }, () => ({
    data: randomPositiveDefinite(random, width, 10),
    rows: width,
    cols: width,
  }));
  const full = families['gaussian-full']!;
  const logWeights = new Float64Array(components).fill(-Math.log(components));
  return full.scores(full.fromDescription({ means, covariances }), logWeights) as WhitenedScores;
}

function normals(rows: number, cols: number, draw: () => number): Matrix {
  return { data: Float64Array.from({ length: rows * cols }, draw), rows, cols };
}

/** φ(x) in float64, by its definition. */
function phi(x: ArrayLike<number>): Float64Array {
  const D = x.length;
  const row = new Float64Array(productsWidth(D));
  eachPair(D, (at, i, j) => {
    row[at] = x[i]! * x[j]!;
  });
  for (let i = 0; i < D; i++) row.set([x[i]! ** 2, x[i]!, 1], firstSquare(D) + 3 * i);
  return row;
}

it.each([1, 2, 3, 6, 7, 32])('products of %d columns hold each pair once', (D) => {
  const seen = new Map<string, number>();
  eachPair(D, (row, i, j) => seen.set([i, j].sort((a, b) => a - b).join(), row));
  expect(seen.size).toBe(firstSquare(D));
  expect([...seen.values()]).toEqual([...seen.keys()].map((_, row) => row));
  expect([...seen.keys()].every((pair) => new Set(pair.split(',')).size === 2)).toBe(true);
});

describe('scores as products', () => {
  it.each([1, 2, 3, 8, 13, 32])('are the whitened scores of rows of %d columns', (D) => {
    const scores = scoresOf(3, D, 0.3);
    const h = productScores(scores)!;
    const random = generator(key(2));
    const x = normals(20, D, () => 3 * random.normal());
    const due = reference(x, scores).scores.data;
    for (let n = 0; n < x.rows; n++) {
      const row = phi(x.data.subarray(n * D, (n + 1) * D));
      for (let k = 0; k < 3; k++) {
        const score = row.reduce((sum, value, p) => sum + value * h[k * row.length + p]!, 0);
        expect(Math.abs(score - due[n * 3 + k]!)).toBeLessThan(1e-13 * (1 + Math.abs(due[n * 3 + k]!)) * D);
      }
    }
  });

  it('are refused where float32 would lose digits: far from 0, nearly collinear, not invertible, too large to square', () => {
    const scores = scoresOf(2, 4);
    expect(productScores(scores)).not.toBe(null);
    const far = { ...scores, offset: scores.offset.map((c) => c + 20) };
    const collinear = { ...scores, whitening: scores.whitening.map((w, i) => (i === 15 ? 100 : i === 14 ? -100 : w)) };
    const singular = { ...scores, whitening: scores.whitening.map((w, i) => (i === 5 ? 0 : w)) };
    const invalid = { ...scores, whitening: scores.whitening.map(() => Number.NaN) };
    const huge = { ...scores, whitening: scores.whitening.map((w) => 1e-13 * w) };
    for (const refused of [far, collinear, singular, invalid, huge]) expect(productScores(refused)).toBe(null);
  });

  it('switch a component off by its constant alone', () => {
    const scores = scoresOf(2, 3);
    const h = productScores({ ...scores, bias: Float64Array.of(Number.NEGATIVE_INFINITY, 0) })!;
    expect([...h.subarray(0, 12)]).toEqual([...new Array(11).fill(0), Number.NEGATIVE_INFINITY]);
    expect(h.subarray(12).every(Number.isFinite)).toBe(true);
  });

  it.each([2, 8, 32])(
    'blur the evidence of rows of %d columns by less than 2e-6 nats a column, up to where they are refused',
    async (D) => {
      const scores = edgeOf(D);
      const random = generator(key(3));
      // Rows as they come from the components: inverse whitening of normal draws, one component after the other.
      const data = new Float32Array(3000 * D);
      for (let n = 0; n < 3000; n++) drawRow(scores, n % 3, random, data.subarray(n * D, (n + 1) * D));
      const block = { data, rows: 3000, cols: D, stride: D };
      const due = plain.write(plain.take(block), scores);
      for (const backend of await availableBackends(['native', 'wasm'])) {
        const rows = backend.take(block);
        const written = backend.write(rows, scores);
        backend.release(rows);
        expect(Math.abs(written.logEvidence - due.logEvidence) / 3000).toBeLessThan(2e-6 * D);
        for (let k = 0; k < 3; k++) expect(Math.abs(written.counts[k]! - due.counts[k]!)).toBeLessThan(0.01);
      }
    },
  );
});

/** The components farthest from 0 that still score as products, of a few. */
function edgeOf(D: number): WhitenedScores {
  const spreads = Array.from({ length: 60 }, (_, i) => 20 * 0.9 ** i);
  return spreads.map((spread) => scoresOf(3, D, spread)).find((scores) => productScores(scores) !== null)!;
}

function drawRow(
  { width: D, whitening, offset }: WhitenedScores,
  k: number,
  random: RandomSource,
  out: Float32Array,
): void {
  const y = Float64Array.from({ length: D }, (_, i) => offset[k * D + i]! + random.normal());
  out.set(triangularSolve(whitening.subarray(k * D * D, (k + 1) * D * D), D, y));
}
