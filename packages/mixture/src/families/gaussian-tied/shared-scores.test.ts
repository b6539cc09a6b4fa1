import type { RowBlock, Scores, WhitenedTerm } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { generator, key, triangularSolve } from '@mixtention/core/numeric';
import { availableTensorBackends, randomPositiveDefinite } from '@mixtention/core/testing';
import { expect, it } from 'vitest';
import { gaussianTied } from './gaussian-tied.ts';

const K = 4;
const N = 1000;

/** Four components whose whitened means lie `distance` from 0, under a covariance of condition 4, and rows drawn from them. */
function problem(D: number, distance: number, seed: number): { readonly scores: Scores; readonly block: RowBlock } {
  const random = generator(key(seed));
  const covariance = randomPositiveDefinite(random, D, 4);
  const logWeights = new Float64Array(K).fill(-Math.log(K));
  const whitening = whitenedOf(
    gaussianTied.scores({ width: D, means: new Float64Array(K * D), covariance }, logWeights),
  ).factor;
  const offset = Float64Array.from({ length: K * D }, () => random.normal());
  for (let k = 0; k < K; k++) {
    const own = offset.subarray(k * D, (k + 1) * D);
    const length = Math.hypot(...own);
    for (let i = 0; i < D; i++) own[i]! *= distance / length;
  }
  const back = (y: Float64Array): Float64Array => triangularSolve(whitening, D, y);
  const means = new Float64Array(K * D);
  for (let k = 0; k < K; k++) means.set(back(offset.slice(k * D, (k + 1) * D)), k * D);
  const data = new Float32Array(N * D);
  for (let n = 0; n < N; n++) {
    const at = (n % K) * D;
    data.set(back(Float64Array.from({ length: D }, (_, i) => offset[at + i]! + random.normal())), n * D);
  }
  const scores = gaussianTied.scores({ width: D, means, covariance }, logWeights);
  return { scores, block: { data, rows: N, cols: D, stride: D } };
}

function whitenedOf({ terms }: Scores): WhitenedTerm {
  return terms[0] as WhitenedTerm;
}

it('one factor is told once, not once a component', () => {
  const { scores } = problem(3, 1, 1);
  expect(whitenedOf(scores).factor.length).toBe(9);
  expect(whitenedOf(scores).statistics.squares).toBe('pooled');
});

it.each([1, 2, 8, 32])(
  'scores with one factor for %d columns blur a mean score by less than 1e-6 nats a column, where they are products and beyond',
  async (D) => {
    const backends = await availableTensorBackends();
    // ½‖c‖² of 30 a column is where products end.
    for (const distance of [0.1, 1, 0.99 * Math.sqrt(60 * D), 1.01 * Math.sqrt(60 * D), 25 * Math.sqrt(D)]) {
      for (let seed = 0; seed < 3; seed++) {
        const { scores, block } = problem(D, distance, seed);
        const due = plain.write([plain.take(block)], scores);
        for (const backend of backends) {
          const rows = backend.take(block);
          const { logEvidence, counts } = backend.write([rows], scores);
          backend.release(rows);
          expect(Math.abs(logEvidence - due.logEvidence) / N, `${backend.name}, ${distance}`).toBeLessThan(1e-6 * D);
          const worst = Math.max(...counts.map((n, k) => Math.abs(n - due.counts[k]!)));
          expect(worst).toBeLessThan(2e-5 * N);
        }
      }
    }
  },
);
