import { digamma } from '@mixtention/core/numeric';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';

// Forms of a mixture as attention that `attentionFromMixture` does not make: each beside Bayes' theorem, one number after another.
const [N, K] = [20, 6];
const random = draws(64);

/** Posteriors and log evidence of log joints `[N, K]`. */
function bayes(joint: (n: number, k: number) => number) {
  const rows = Array.from({ length: N }, (_, n) => {
    const logs = Array.from({ length: K }, (_, k) => joint(n, k));
    const top = Math.max(...logs);
    const logEvidence = top + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - top), 0));
    return { logEvidence, r: logs.map((l) => Math.exp(l - logEvidence)) };
  });
  return { logEvidence: rows.map((row) => row.logEvidence), r: rows.flatMap(({ r }) => r) };
}

const sumOf = (length: number, of: (j: number) => number): number =>
  Array.from({ length }, (_, j) => of(j)).reduce((a, b) => a + b, 0);
const raw = random.uniform(1, K, 0.2, 1).data;
const logWeights = raw.map((w) => Math.log(w / raw.reduce((a, b) => a + b, 0)));
const matrix = (rows: number, cols: number, of: (row: number, col: number) => number) => ({
  data: Float64Array.from({ length: rows * cols }, (_, i) => of(Math.floor(i / cols), i % cols)),
  rows,
  cols,
});

type Form = {
  readonly query: ReturnType<typeof matrix>;
  readonly keys: ReturnType<typeof matrix>;
  readonly bias?: Float64Array | ((n: number, k: number) => number);
  /** log π_k p(x_n | k), up to what belongs to the row alone. */
  readonly joint: (n: number, k: number) => number;
};

/** Binary rows of which each shows other cells; D pixels. */
function binary(D: number): { readonly [name: string]: Form } {
  const x = random.bits(N * D);
  const seen = random.bits(N * D, 0.6);
  const theta = random.uniform(K, D, 0.05, 0.95).data;
  const [a, b] = [random.uniform(K, D, 0.5, 6).data, random.uniform(K, D, 0.5, 6).data];
  const alpha = random.uniform(1, K, 0.5, 9).data;
  const cell = (n: number, j: number): number => seen[n * D + j]! * x[n * D + j]!;
  const logit = (p: number): number => Math.log(p / (1 - p));
  const joint = (n: number, k: number): number =>
    logWeights[k]! +
    sumOf(D, (j) => seen[n * D + j]! * Math.log(x[n * D + j] === 1 ? theta[k * D + j]! : 1 - theta[k * D + j]!));
  const psi = (values: Float64Array, at: number): number => digamma(values[at]!);
  const both = (at: number): number => digamma(a[at]! + b[at]!);
  return {
    'Bernoulli, the bias inside the key': {
      query: matrix(N, 2 * D + 1, (n, c) => (c < D ? cell(n, c) : c < 2 * D ? seen[n * D + c - D]! : 1)),
      keys: matrix(K, 2 * D + 1, (k, c) =>
        c < D ? logit(theta[k * D + c]!) : c < 2 * D ? Math.log1p(-theta[k * D + c - D]!) : logWeights[k]!,
      ),
      joint,
    },
    'Bernoulli, half width, a bias that knows the mask': {
      query: matrix(N, D, cell),
      keys: matrix(K, D, (k, j) => logit(theta[k * D + j]!)),
      bias: (n, k) => logWeights[k]! + sumOf(D, (j) => seen[n * D + j]! * Math.log1p(-theta[k * D + j]!)),
      joint,
    },
    'Bernoulli under Beta and Dirichlet posteriors, by expectations': {
      query: matrix(N, D, cell),
      keys: matrix(K, D, (k, j) => psi(a, k * D + j) - psi(b, k * D + j)),
      bias: (n, k) =>
        digamma(alpha[k]!) -
        digamma(alpha.reduce((s, c) => s + c, 0)) -
        sumOf(D, (j) => seen[n * D + j]! * (both(k * D + j) - psi(b, k * D + j))),
      // E log π_k + Σ E log p(x_j), each expectation by itself.
      joint: (n, k) =>
        digamma(alpha[k]!) -
        digamma(alpha.reduce((s, c) => s + c, 0)) +
        sumOf(
          D,
          (j) => seen[n * D + j]! * ((x[n * D + j] === 1 ? psi(a, k * D + j) : psi(b, k * D + j)) - both(k * D + j)),
        ),
    },
  };
}

const W = 9;
const counts = random.uniform(N, W, 0, 5).data.map(Math.floor);
const rawWords = random.uniform(K, W, 0.05, 1).data;
const words = rawWords.map((p, i) => p / sumOf(W, (w) => rawWords[Math.floor(i / W) * W + w]!));

// von Mises–Fisher on the sphere in three dimensions, where the constant is κ/(4π sinh κ).
const unit = (rows: number) => {
  const { data } = random.normal(rows, 3);
  return matrix(rows, 3, (n, c) => data[n * 3 + c]! / Math.hypot(...data.subarray(n * 3, n * 3 + 3)));
};
const [points, directions] = [unit(N), unit(K)];
const kappa = random.uniform(1, K, 0.5, 8).data;
const cosine = (n: number, k: number): number => sumOf(3, (c) => points.data[n * 3 + c]! * directions.data[k * 3 + c]!);
const logSphere = (k: number): number => Math.log(kappa[k]! / (4 * Math.PI * Math.sinh(kappa[k]!)));

const forms: { readonly [name: string]: Form } = {
  ...binary(12),
  'counts of words': {
    query: matrix(N, W, (n, w) => counts[n * W + w]!),
    keys: matrix(K, W, (k, w) => Math.log(words[k * W + w]!)),
    bias: logWeights,
    joint: (n, k) =>
      Math.log(
        Array.from({ length: W }, (_, w) => words[k * W + w]! ** counts[n * W + w]!).reduce(
          (product, p) => product * p,
          Math.exp(logWeights[k]!),
        ),
      ),
  },
  'von Mises–Fisher': {
    query: points,
    keys: matrix(K, 3, (k, c) => kappa[k]! * directions.data[k * 3 + c]!),
    bias: logWeights.map((l, k) => l + logSphere(k)),
    joint: (n, k) =>
      Math.log(
        (Math.exp(logWeights[k]!) * kappa[k]! * Math.exp(kappa[k]! * (cosine(n, k) - 1))) /
          (2 * Math.PI * -Math.expm1(-2 * kappa[k]!)),
      ),
  },
};

describe.each(await backends())('on $backend.name', ({ backend, tolerance }) => {
  test.each(Object.entries(forms))('attention is Bayes’ theorem: %s', (_, { query, keys, bias, joint }) => {
    const ours = attend(query, keys, null, { scale: 1, bias, backend, responsibilities: true });
    const due = bayes(joint);
    expect(difference(ours.responsibilities!.data, due.r)).toBeLessThan(tolerance);
    expect(difference(ours.logEvidence, due.logEvidence)).toBeLessThan(2 * tolerance);
  });

  // Float32 is held to what README says of it: 1e-7 of the terms of a score, which are a thousand nats here.
  test.each(Object.entries(binary(784)))('with 784 pixels too: %s', (_, { query, keys, bias, joint }) => {
    const ours = attend(query, keys, null, { scale: 1, bias, backend, responsibilities: true });
    const due = bayes(joint);
    const terms = Math.max(
      ...Array.from({ length: N * K }, (_, i) => {
        const [n, k] = [Math.floor(i / K), i % K];
        const own = typeof bias === 'function' ? bias(n, k) : 0;
        return (
          Math.abs(own) +
          sumOf(keys.cols, (c) => Math.abs(query.data[n * keys.cols + c]! * keys.data[k * keys.cols + c]!))
        );
      }),
    );
    const bound = backend.precision === 'float64' ? 1e-10 : 1e-7 * terms;
    expect(difference(ours.responsibilities!.data, due.r)).toBeLessThan(bound);
    expect(difference(ours.logEvidence, due.logEvidence)).toBeLessThan(3 * bound);
  });
});
