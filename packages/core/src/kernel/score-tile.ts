import type { LinearTerm, RowBlock, Scores, StudentTerm, WhitenedTerm } from '../contracts/index.ts';
import { factorRows, isPerColumn, isShared } from './check.ts';

/**
 * Scores of rows `start … start + count` in float64, written to `out` `[count, K]`.
 *
 * Cost: count·K·C multiply–adds for a linear term, count·K·R·C for a whitened one, half of that where W is triangular, count·R·(C + K) where it is
 * shared.
 *
 * @param blocks  one a term
 */
export function scoreTile(
  blocks: readonly RowBlock[],
  start: number,
  count: number,
  scores: Scores,
  out: Float64Array,
): void {
  const { components: K, bias, terms } = scores;
  for (let i = 0; i < count * K; i += K) for (let k = 0; k < K; k++) out[i + k] = bias[k]!;
  for (let t = 0; t < terms.length; t++) {
    const term = terms[t]!;
    const tile = { block: blocks[t]!, start, count, K, out };
    if (term.form === 'linear') addLinear(tile, term);
    else if (term.form === 'student') addStudent(tile, term);
    else if (isShared(term, K)) addShared(tile, term);
    else addWhitened(tile, term);
  }
}

type Tile = {
  readonly block: RowBlock;
  readonly start: number;
  readonly count: number;
  readonly K: number;
  readonly out: Float64Array;
};

function addLinear(
  { block: { data, stride }, start, count, K, out }: Tile,
  { natural: H, width: P }: LinearTerm,
): void {
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    let k = 0;
    // Four components at a time: each value of the row is loaded once for four products.
    for (; k + 4 <= K; k += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      const h0 = k * P;
      const h1 = h0 + P;
      const h2 = h1 + P;
      const h3 = h2 + P;
      for (let p = 0; p < P; p++) {
        const s = data[row + p]!;
        a += s * H[h0 + p]!;
        b += s * H[h1 + p]!;
        c += s * H[h2 + p]!;
        d += s * H[h3 + p]!;
      }
      const at = n * K + k;
      out[at]! += a;
      out[at + 1]! += b;
      out[at + 2]! += c;
      out[at + 3]! += d;
    }
    for (; k < K; k++) {
      let a = 0;
      for (let p = 0; p < P; p++) a += data[row + p]! * H[k * P + p]!;
      out[n * K + k]! += a;
    }
  }
}

function addWhitened({ block: { data, stride }, start, count, K, out }: Tile, term: WhitenedTerm): void {
  const { width: C, factor: W, offset, triangular = false } = term;
  const R = factorRows(term, K);
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      let square = 0;
      for (let i = 0; i < R; i++) {
        const w = (k * R + i) * C;
        const end = triangular ? i + 1 : C;
        let y = -offset[k * R + i]!;
        for (let j = 0; j < end; j++) y += W[w + j]! * data[row + j]!;
        square += y * y;
      }
      out[n * K + k]! -= 0.5 * square;
    }
  }
}

/** One factor: `W t` is made once a row. */
function addShared({ block: { data, stride }, start, count, K, out }: Tile, term: WhitenedTerm): void {
  const { width: C, factor: W, offset, triangular = false } = term;
  const R = factorRows(term, K);
  const y = new Float64Array(R);
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let i = 0; i < R; i++) {
      const end = triangular ? i + 1 : C;
      let sum = 0;
      for (let j = 0; j < end; j++) sum += W[i * C + j]! * data[row + j]!;
      y[i] = sum;
    }
    for (let k = 0; k < K; k++) {
      let square = 0;
      for (let i = 0, at = k * R; i < R; i++, at++) square += (y[i]! - offset[at]!) ** 2;
      out[n * K + k]! -= 0.5 * square;
    }
  }
}

function addStudent({ block: { data, stride }, start, count, K, out }: Tile, term: StudentTerm): void {
  const { width: C, factor: W, triangular = false } = term;
  const R = factorRows(term, K);
  const one = isShared(term, K);
  const kernel = isPerColumn(term, K) ? studentOfColumns(term, R) : studentOfAll(term, R);
  const y = new Float64Array(R);
  for (let n = 0; n < count; n++) {
    const row = (start + n) * stride;
    for (let k = 0; k < K; k++) {
      for (let i = 0; i < R && !(one && k > 0); i++) {
        const w = ((one ? 0 : k) * R + i) * C;
        const end = triangular ? i + 1 : C;
        let sum = 0;
        for (let j = 0; j < end; j++) sum += W[w + j]! * data[row + j]!;
        y[i] = sum;
      }
      out[n * K + k]! += kernel(y, k);
    }
  }
}

/** What `y = W t` adds to component k. */
type StudentKernel = (y: Float64Array, k: number) => number;

function studentOfAll({ offset, scale, degrees }: StudentTerm, R: number): StudentKernel {
  return (y, k) => {
    let square = 0;
    for (let i = 0, at = k * R; i < R; i++, at++) square += (y[i]! - offset[at]!) ** 2;
    return logStudent(scale[k]! * square, degrees[k]!, R);
  };
}

function studentOfColumns({ offset, scale, degrees }: StudentTerm, R: number): StudentKernel {
  return (y, k) => {
    let sum = 0;
    for (let i = 0, at = k * R; i < R; i++, at++)
      sum += logStudent(scale[at]! * (y[i]! - offset[at]!) ** 2, degrees[at]!, 1);
    return sum;
  };
}

/** `−(ν + R)/2 · log(1 + q/ν)` */
function logStudent(square: number, degrees: number, rows: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return -0.5 * square;
  return -0.5 * (degrees + rows) * Math.log1p(square / degrees);
}
