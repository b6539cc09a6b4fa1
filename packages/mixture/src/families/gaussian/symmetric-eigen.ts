/** Sweeps at most; Jacobi's method converges quadratically, in 5 to 10 sweeps at any size met here. */
const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 *     A = V diag(λ) Vᵀ
 *
 * @param a  A, `[D, D]`, symmetric and finite; left alone
 * @returns `values` λ `[D]`, unsorted, and `vectors` V `[D, D]`, one eigenvector a column
 *
 * Cost: about 6 sweeps of 6·D³ multiply–adds: 3 ms at D = 32.
 * Source: Jacobi's cyclic method, Golub & Van Loan (2013), Matrix Computations, 4th ed., sec. 8.5.
 */
export function symmetricEigen(a: Float64Array, d: number): { values: Float64Array; vectors: Float64Array } {
  const work = a.slice();
  const vectors = new Float64Array(d * d);
  for (let i = 0; i < d; i++) vectors[i * d + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(work, d); sweep++) {
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) rotate(work, vectors, d, p, q);
  }
  return { values: Float64Array.from({ length: d }, (_, i) => work[i * d + i]!), vectors };
}

/** Makes `work[p, q]` zero by a rotation in the plane of p and q. */
function rotate(work: Float64Array, vectors: Float64Array, d: number, p: number, q: number): void {
  const apq = work[p * d + q]!;
  if (apq === 0) return;
  const tau = (work[q * d + q]! - work[p * d + p]!) / (2 * apq);
  // The smaller root keeps the angle below 45°; for a huge tau its square may overflow, and t is then 0, as it should be.
  const t = Math.sign(tau || 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let i = 0; i < d; i++) turn(work, i * d + p, i * d + q, c, s);
  for (let i = 0; i < d; i++) turn(work, p * d + i, q * d + i, c, s);
  for (let i = 0; i < d; i++) turn(vectors, i * d + p, i * d + q, c, s);
  work[p * d + q] = 0;
  work[q * d + p] = 0;
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [m[i]!, m[j]!];
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}

function isDiagonal(work: Float64Array, d: number): boolean {
  let off = 0;
  let all = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const square = work[i * d + j]! ** 2;
      all += square;
      if (i !== j) off += square;
    }
  }
  return off <= 1e-32 * all;
}
