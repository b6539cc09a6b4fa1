import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';

// A mixture of Gaussian keys (Nguyen et al. 2021): every key is itself a mixture, of M Gaussians with weights and variances of their own.
const random = draws(91);
const [N, K, d, V] = [8, 5, 3, 2];
const q = random.normal(N, d, 1.2);
const v = random.normal(K, V);

type Keys = {
  readonly M: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly log: Float64Array;
};

const keysOf = (M: number): Keys => {
  const raw = random.uniform(1, K * M, 0.2, 1).data;
  const total = raw.reduce((a, b) => a + b, 0);
  return {
    M,
    means: random.normal(K * M, d, 1.2).data,
    variances: random.uniform(1, K * M, 0.4, 2).data,
    log: raw.map((weight) => Math.log(weight / total)),
  };
};

/** Densities multiplied out: r_njm = π_jm N(q_n; μ_jm, σ²_jm I) / p(q_n). */
const byBayes = ({ M, means, variances, log }: Keys) => {
  const rows = Array.from({ length: N }, (_, n) => {
    const densities = Array.from({ length: K * M }, (_, jm) => {
      let product = Math.exp(log[jm]!);
      for (let c = 0; c < d; c++)
        product *=
          Math.exp(-((q.data[n * d + c]! - means[jm * d + c]!) ** 2) / (2 * variances[jm]!)) /
          Math.sqrt(2 * Math.PI * variances[jm]!);
      return product;
    });
    const evidence = densities.reduce((a, b) => a + b, 0);
    return { r: densities.map((p) => p / evidence), logEvidence: Math.log(evidence) };
  });
  const ofKeys = rows.map(({ r }) =>
    Array.from({ length: K }, (_, j) => r.slice(j * M, (j + 1) * M).reduce((a, b) => a + b, 0)),
  );
  const output = ofKeys.flatMap((r) =>
    Array.from({ length: V }, (_, c) => r.reduce((sum, share, j) => sum + share * v.data[j * V + c]!, 0)),
  );
  return {
    r: rows.flatMap(({ r }) => r),
    ofKeys: ofKeys.flat(),
    output,
    logEvidence: rows.map((row) => row.logEvidence),
  };
};

/** The same as one attention over K·M keys: [q ; q∘q] against [μ/σ² ; −1/2σ²], a key's value given to all its parts. */
const byAttention = ({ M, means, variances, log }: Keys) => {
  const query = Array.from({ length: N }, (_, n) => {
    const row = [...q.data.subarray(n * d, (n + 1) * d)];
    return [...row, ...row.map((x) => x * x)];
  });
  const parts = Array.from({ length: K * M }, (_, jm) => [...means.subarray(jm * d, (jm + 1) * d)]);
  const keys = parts.map((mean, jm) => [
    ...mean.map((m) => m / variances[jm]!),
    ...mean.map(() => -0.5 / variances[jm]!),
  ]);
  const values = parts.map((_, jm) => [...v.data.subarray(Math.floor(jm / M) * V, (Math.floor(jm / M) + 1) * V)]);
  const bias = parts.map(
    (mean, jm) =>
      log[jm]! -
      mean.reduce((sum, m) => sum + m * m, 0) / (2 * variances[jm]!) -
      (d / 2) * Math.log(2 * Math.PI * variances[jm]!),
  );
  return attend(query, keys, values, { bias: Float64Array.from(bias), scale: 1, responsibilities: true });
};

describe.each([1, 2, 4])('keys that are mixtures of %i Gaussians', (M) => {
  const keys = keysOf(M);
  const due = byBayes(keys);
  const ours = byAttention(keys);

  test('have responsibilities over key and sub-component as Bayes has them; those of a key add up', () => {
    const r = ours.responsibilities!.data;
    expect(difference(r, due.r)).toBeLessThan(1e-10);
    const added = Array.from({ length: N * K }, (_, i) =>
      Array.from(r.subarray(i * M, (i + 1) * M)).reduce((a, b) => a + b, 0),
    );
    expect(difference(added, due.ofKeys)).toBeLessThan(1e-10);
    expect(difference(ours.output.data, due.output)).toBeLessThan(1e-10);
    expect(difference(ours.logEvidence, due.logEvidence)).toBeLessThan(1e-10);
  });

  test('are plain attention over as many keys where their parts are the same', () => {
    const one = keysOf(1);
    const repeated: Keys = {
      M,
      means: Float64Array.from({ length: K * M * d }, (_, i) => one.means[Math.floor(i / (M * d)) * d + (i % d)]!),
      variances: Float64Array.from({ length: K * M }, (_, i) => one.variances[Math.floor(i / M)]!),
      log: Float64Array.from({ length: K * M }, (_, i) => one.log[Math.floor(i / M)]! - Math.log(M)),
    };
    const [plain, split] = [byAttention(one), byAttention(repeated)];
    expect(difference(split.output.data, plain.output.data)).toBeLessThan(1e-10);
    expect(difference(split.logEvidence, plain.logEvidence)).toBeLessThan(1e-10);
  });
});

test('one Gaussian a key, all of one variance, is plain attention: scaled dot products, norms as prior', () => {
  const one = { ...keysOf(1), variances: new Float64Array(K).fill(Math.sqrt(d)) };
  const means = { data: one.means, rows: K, cols: d };
  const prior = one.log.map(
    (log, k) => log - one.means.subarray(k * d, (k + 1) * d).reduce((sum, m) => sum + m * m, 0) / (2 * Math.sqrt(d)),
  );
  const plain = attend(q, means, v, { bias: prior, responsibilities: true });
  expect(difference(byAttention(one).responsibilities!.data, plain.responsibilities!.data)).toBeLessThan(1e-10);
  expect(difference(byAttention(one).output.data, plain.output.data)).toBeLessThan(1e-10);
});
