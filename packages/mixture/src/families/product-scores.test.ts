import type { Matrix, RandomSource, Scores, WhitenedTerm } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { eachPair, firstSquare, productScores, productsWidth } from '@mixtention/core/backends';
import { identity, reference } from '@mixtention/core/kernel';
import { generator, key, triangularSolve } from '@mixtention/core/numeric';
import { availableTensorBackends, randomPositiveDefinite } from '@mixtention/core/testing';
import { describe, expect, it } from 'vitest';
import { simpleFamilies } from './index.ts';

/** Scores of one whitened term. */
type WhitenedScores = { readonly term: WhitenedTerm; readonly bias: Float64Array };

function wholeOf({ term, bias }: WhitenedScores): Scores {
  return { components: bias.length, bias, terms: [term] };
}

/** K components with covariances of condition 4 and means of a spread about 0. */
function scoresOf(components: number, width: number, spread = 1, seed = 1): WhitenedScores {
  const random = generator(key(seed));
  const means = normals(components, width, () => spread * random.normal());
  const covariances = Array.from({ length: components }, () => ({
    data: randomPositiveDefinite(random, width, 4),
    rows: width,
    cols: width,
  }));
  const full = simpleFamilies['gaussian-full']!;
  const logWeights = new Float64Array(components).fill(-Math.log(components));
  const scores = full.scores(full.fromDescription({ means, covariances }), logWeights);
  return { term: scores.terms[0] as WhitenedTerm, bias: scores.bias };
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
    const h = productScores(scores.term, scores.bias)!;
    const random = generator(key(2));
    const x = normals(20, D, () => 3 * random.normal());
    const due = reference([x], wholeOf(scores)).scores.data;
    for (let n = 0; n < x.rows; n++) {
      const row = phi(x.data.subarray(n * D, (n + 1) * D));
      for (let k = 0; k < 3; k++) {
        const terms = row.map((value, p) => value * h[k * row.length + p]!);
        const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
        const score = terms.reduce((sum, term) => sum + term, 0);
        expect(Math.abs(score - due[n * 3 + k]!)).toBeLessThan(2 ** -23 * size);
      }
    }
  });

  it('are refused where float32 would lose digits: far from 0, nearly collinear, not invertible, too large to square', () => {
    const { term, bias } = scoresOf(2, 4);
    expect(productScores(term, bias)).not.toBe(null);
    const far = { ...term, offset: term.offset.map((c) => c + 20) };
    const collinear = { ...term, factor: term.factor.map((w, i) => (i === 15 ? 100 : i === 14 ? -100 : w)) };
    const singular = { ...term, factor: term.factor.map((w, i) => (i === 5 ? 0 : w)) };
    const invalid = { ...term, factor: term.factor.map(() => Number.NaN) };
    const huge = { ...term, factor: term.factor.map((w) => 1e-17 * w) };
    for (const refused of [far, collinear, singular, invalid, huge]) expect(productScores(refused, bias)).toBe(null);
  });

  it('switch a component off by its constant alone', () => {
    const { term } = scoresOf(2, 3);
    for (const off of [Number.NEGATIVE_INFINITY, -1e300, -1e30]) {
      const h = productScores(term, Float64Array.of(off, 0))!;
      expect([...h.subarray(0, 12)]).toEqual([...new Array(11).fill(0), Math.fround(-1e30)]);
      expect(h.subarray(12).every(Number.isFinite)).toBe(true);
    }
  });

  it.each([1, 2, 8, 32])(
    'blur a mean score of %d columns by less than 1e-6 nats a column, up to where they are refused',
    async (D) => {
      const backends = await availableTensorBackends();
      for (let seed = 0; seed < 10; seed++) {
        const scores = edgeOf(D, seed);
        const random = generator(key(3));
        const data = new Float32Array(1000 * D);
        for (let n = 0; n < 1000; n++) drawRow(scores.term, random, data.subarray(n * D, (n + 1) * D));
        const block = { data, rows: 1000, cols: D, stride: D };
        const due = plain.write([plain.take(block)], wholeOf(scores));
        for (const backend of backends) {
          const rows = backend.take(block);
          const { logEvidence } = backend.write([rows], wholeOf(scores));
          backend.release(rows);
          expect(Math.abs(logEvidence - due.logEvidence) / 1000).toBeLessThan(1e-6 * D);
        }
      }
    },
  );

  it('keep a row as far away as float32 can square from spoiling sums, whatever the precision of a component', async () => {
    for (const deviation of [1, 1e-2, 1e-3, 1e-5]) {
      const factor = Float64Array.of(1 / deviation, 0, -0.9 / deviation, 2 / deviation, 1, 0, 0, 1);
      const stand = { statistics: identity.each, columns: null, width: 2, triangular: true };
      const term: WhitenedTerm = { ...stand, form: 'whitened', factor, offset: new Float64Array(4) };
      const data = Float32Array.of(0.1, 0.2, 1e15, -1e15, -0.1, 0.3);
      for (const backend of await availableTensorBackends()) {
        const rows = backend.take({ data, rows: 3, cols: 2, stride: 2 });
        const options = { rowWeights: Float64Array.of(1, 0, 1) };
        const { counts, sums } = backend.write([rows], wholeOf({ term, bias: new Float64Array(2) }), options);
        backend.release(rows);
        expect(counts[0]! + counts[1]!).toBeCloseTo(2, 5);
        expect(sums[0]!.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

/** A component as far from 0 as may be where it still scores as products. */
function edgeOf(D: number, seed: number): WhitenedScores {
  let [near, far] = [0, 40];
  for (let i = 0; i < 20; i++) {
    const spread = (near + far) / 2;
    const { term, bias } = scoresOf(1, D, spread, seed);
    if (productScores(term, bias) === null) far = spread;
    else near = spread;
  }
  return scoresOf(1, D, near, seed);
}

/** A row as it comes from the only component: a normal draw, whitened backwards. */
function drawRow({ width: D, factor, offset }: WhitenedTerm, random: RandomSource, out: Float32Array): void {
  out.set(
    triangularSolve(
      factor,
      D,
      Float64Array.from(offset, (c) => c + random.normal()),
    ),
  );
}
