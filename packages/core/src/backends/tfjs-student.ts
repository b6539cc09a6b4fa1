import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { StudentTerm } from '../contracts/index.ts';
import { factorRows, isPerColumn } from '../kernel/check.ts';
import type { Tf } from './tf.ts';
import { maskedBias, type ScoreSetting, type TermScores, TILE_FLOATS } from './tfjs-scores.ts';
import { squaredRows, upright } from './tfjs-whitened.ts';

/** More degrees of freedom are the Gaussian limit: float32 would not hold what they multiply. */
const MOST_DEGREES = 1e15;

/**
 * A Student term: `b − Σ m log(1 + u q) − Σ a q` of the squared distances q `[K, B]`, or of those of each row of the factor `[K, R, B]`, with
 * u = s/ν, m = (ν + R)/2, or (ν + 1)/2, and a = 0; in the Gaussian limit u and m are 0 and a = s/2.
 */
export function studentScores(tf: Tf, term: StudentTerm, { K, bias, turn }: ScoreSetting): TermScores {
  const R = factorRows(term, K);
  const perColumn = isPerColumn(term, K);
  const squares = squaredRows(tf, term, K, 1);
  const { slope, power, limit } = coefficientsOf(term, perColumn ? 1 : R);
  const upload = (values: Float64Array): Tensor3D =>
    tf.keep(tf.tensor3d(Float32Array.from(values), [K, perColumn ? R : 1, 1]));
  const [u, m] = [upload(slope), upload(power)];
  const a = limit.some((value) => value !== 0) ? upload(limit) : null;
  const b = tf.keep(tf.tensor2d(maskedBias(bias ?? new Float64Array(K)), [K, 1]));
  return {
    mostRows: TILE_FLOATS / (K * R),
    open(tile) {
      const each = squares.open(tile);
      const q = perColumn ? each : tf.sum<Tensor3D>(each, 1, true);
      const heavy = tf.mul<Tensor3D>(m, log1p(tf, tf.mul(u, q), turn));
      const terms = a === null ? heavy : tf.add<Tensor3D>(heavy, tf.mul(a, q));
      return upright(tf, tf.sub<Tensor2D>(b, tf.sum<Tensor2D>(terms, 1)), bias !== null);
    },
    dispose() {
      squares.dispose();
      tf.dispose(a === null ? [u, m, b] : [u, m, b, a]);
    },
  };
}

/** @param rows  dimensions of each Student-t */
function coefficientsOf(
  { scale, degrees }: StudentTerm,
  rows: number,
): { [name in 'slope' | 'power' | 'limit']: Float64Array } {
  const isLimit = (i: number): boolean => degrees[i]! > MOST_DEGREES;
  return {
    slope: scale.map((s, i) => (isLimit(i) ? 0 : s / degrees[i]!)),
    power: degrees.map((v, i) => (isLimit(i) ? 0 : (v + rows) / 2)),
    limit: scale.map((s, i) => (isLimit(i) ? s / 2 : 0)),
  };
}

/** `log(1 + z)`. That of wasm is made of 1 + z, which has lost z where it is small: `log(w)·z/(w − 1)` with w = 1 + z as it is rounded gives it back. */
function log1p(tf: Tf, z: Tensor3D, isWasm: boolean): Tensor3D {
  if (!isWasm) return tf.log1p(z);
  const whole = tf.add<Tensor3D>(z, 1);
  const kept = tf.sub<Tensor3D>(whole, 1);
  return tf.where(tf.equal(kept, 0), z, tf.mul<Tensor3D>(tf.log(whole), tf.div(z, kept)));
}
