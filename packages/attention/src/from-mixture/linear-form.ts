import type { Density, Matrix, Scores, WhitenedTerm } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { isShared, logBaseOf, standStatistics } from '@mixtention/core/kernel';

/** Any score function as q·k + b: keys, bias, the query of a row, and what its evidence lacks of log p(x). */
export type LinearForm = {
  /** `[K, P]` */
  readonly keys: Matrix;
  /** `[K]` */
  readonly bias: Float64Array;
  /** `[N, D]` → `[N, P]` */
  query(x: Matrix): Matrix;
  /** `[N]`: log p(x) − LSE_k(q·k + b) */
  logBase(x: Matrix): Float64Array;
};

/**
 * Linear scores as they are; whitened ones multiplied out:
 *
 *     b − ½‖W x − c‖² = (b − ½‖c‖²) + (Wᵀc)·x − ½ vec(WᵀW)·vec(xxᵀ)
 *
 * Where all components share W, the last term is the same for all and goes to the base measure: keys are Wᵀc alone, P = D.
 */
export function linearForm(scores: Scores, family: Density): LinearForm {
  const [term] = scores.terms;
  if (term === undefined || scores.terms.length > 1)
    return fail(
      'attention/attentionFromMixture',
      'BAD_OPTION',
      `the scores of ${family.spec.name} are a sum, one term was due`,
    );
  if (term.form === 'linear') {
    return {
      keys: { data: term.natural, rows: scores.components, cols: term.width },
      bias: scores.bias,
      query: (x) => standStatistics(term, x),
      logBase: (x) => logBaseOf([term], x) ?? new Float64Array(x.rows),
    };
  }
  if (term.form === 'student')
    return fail(
      'attention/attentionFromMixture',
      'BAD_OPTION',
      `the scores of ${family.spec.name} are a Student-t, which is no product of a query and a key`,
    );
  return isShared(term, scores.components) ? tiedForm(scores, term) : fullForm(scores, term);
}

function tiedForm(scores: Scores, term: WhitenedTerm): LinearForm {
  const { components } = scores;
  const { factor: W, width: D } = term;
  const keys = new Float64Array(components * D);
  for (let k = 0; k < components; k++) keys.set(firstOrder(term, k, 0), k * D);
  return {
    keys: { data: keys, rows: components, cols: D },
    bias: shiftedBias(scores, term),
    query: (x) => x,
    logBase: (x) =>
      Float64Array.from({ length: x.rows }, (_, n) => -0.5 * squaredLength(W, x.data.subarray(n * D, (n + 1) * D))),
  };
}

function fullForm(scores: Scores, term: WhitenedTerm): LinearForm {
  const { components } = scores;
  const { width: D } = term;
  const P = D + D * D;
  const keys = new Float64Array(components * P);
  for (let k = 0; k < components; k++) {
    keys.set(firstOrder(term, k, k), k * P);
    keys.set(secondOrder(term, k), k * P + D);
  }
  return {
    keys: { data: keys, rows: components, cols: P },
    bias: shiftedBias(scores, term),
    query: squares,
    logBase: (x) => new Float64Array(x.rows),
  };
}

/** Wᵀc = Σ⁻¹μ, of the factor `own`. */
function firstOrder({ factor: W, offset, width: D }: WhitenedTerm, k: number, own: number): Float64Array {
  const key = new Float64Array(D);
  for (let i = 0; i < D; i++) for (let j = 0; j <= i; j++) key[j]! += W[(own * D + i) * D + j]! * offset[k * D + i]!;
  return key;
}

/** −½ WᵀW = −½ Σ⁻¹ */
function secondOrder({ factor: W, width: D }: WhitenedTerm, k: number): Float64Array {
  const key = new Float64Array(D * D);
  for (let l = 0; l < D; l++) {
    const row = W.subarray((k * D + l) * D, (k * D + l + 1) * D);
    for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) key[i * D + j]! -= 0.5 * row[i]! * row[j]!;
  }
  return key;
}

/** b − ½‖c‖² */
function shiftedBias({ bias }: Scores, { offset, width: D }: WhitenedTerm): Float64Array {
  return bias.map((b, k) => b - 0.5 * offset.subarray(k * D, (k + 1) * D).reduce((sum, c) => sum + c * c, 0));
}

/** [x ; vec xxᵀ] */
function squares({ data, rows, cols: D }: Matrix): Matrix {
  const P = D + D * D;
  const q = new Float64Array(rows * P);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < D; i++) {
      const x = data[n * D + i]!;
      q[n * P + i] = x;
      for (let j = 0; j < D; j++) q[n * P + D + i * D + j] = x * data[n * D + j]!;
    }
  }
  return { data: q, rows, cols: P };
}

/** ‖W x‖² */
function squaredLength(W: Float64Array, x: Float64Array | Float32Array): number {
  const D = x.length;
  let sum = 0;
  for (let i = 0; i < D; i++) {
    let y = 0;
    for (let j = 0; j <= i; j++) y += W[i * D + j]! * x[j]!;
    sum += y * y;
  }
  return sum;
}
