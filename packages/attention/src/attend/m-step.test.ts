import { expect, test } from 'vitest';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { attend } from './attend.ts';
import { attendGradient } from './attend-gradient.ts';

const [N, D, K] = [60, 12, 4];
const random = draws(95);
const x = { data: Float64Array.from(random.bits(N * D)), rows: N, cols: D };
/** A Beta(a, b) prior of each cell and a Dirichlet of the weights. */
const [a, b, concentration] = [1.5, 2, 1.2];

type Mixture = { readonly theta: Float64Array; readonly weights: Float64Array };
const start: Mixture = { theta: random.uniform(K, D, 0.2, 0.8).data, weights: new Float64Array(K).fill(1 / K) };

/** Bayes' theorem, densities multiplied out: responsibilities and Σ log p(x). */
const eStep = ({ theta, weights }: Mixture) => {
  let logLikelihood = 0;
  const r = Array.from({ length: N }, (_, n) => {
    const joint = Array.from(weights, (weight, k) => {
      let p = weight;
      for (let j = 0; j < D; j++) p *= x.data[n * D + j] === 1 ? theta[k * D + j]! : 1 - theta[k * D + j]!;
      return p;
    });
    const evidence = joint.reduce((sum, p) => sum + p, 0);
    logLikelihood += Math.log(evidence);
    return joint.map((p) => p / evidence);
  });
  return { r, logLikelihood };
};

/** θ_kj = (Σ r x + a − 1)/(Σ r + a + b − 2), π_k = (N_k + α − 1)/(N + K(α − 1)). */
const closedForm = (r: number[][], isMap: boolean): Mixture => {
  const [above, below, more] = isMap ? [a - 1, a + b - 2, concentration - 1] : [0, 0, 0];
  const counts = Array.from({ length: K }, (_, k) => r.reduce((sum, row) => sum + row[k]!, 0));
  return {
    weights: Float64Array.from(counts, (count) => (count + more) / (N + K * more)),
    theta: Float64Array.from({ length: K * D }, (_, i) => {
      const [k, j] = [Math.floor(i / D), i % D];
      const sum = r.reduce((total, row, n) => total + row[k]! * x.data[n * D + j]!, 0);
      return (sum + above) / (counts[k]! + below);
    }),
  };
};

/** The same from the gradient of Σ L by keys and biases alone: no responsibility is looked at. */
const byGradient = ({ theta, weights }: Mixture, isMap: boolean): Mixture & { readonly logLikelihood: number } => {
  const keys = { data: theta.map((p) => Math.log(p / (1 - p))), rows: K, cols: D };
  const bias = weights.map(
    (weight, k) => Math.log(weight) + theta.subarray(k * D, (k + 1) * D).reduce((sum, p) => sum + Math.log1p(-p), 0),
  );
  const options = { bias, scale: 1 };
  const reading = attend(x, keys, null, options);
  const gradient = attendGradient(
    x,
    keys,
    null,
    { reading, gradient: { logEvidence: new Float64Array(N).fill(1) } },
    options,
  );
  const [above, below, more] = isMap ? [a - 1, a + b - 2, concentration - 1] : [0, 0, 0];
  const counts = gradient.bias!;
  return {
    weights: Float64Array.from(counts, (count) => (count + more) / (N + K * more)),
    theta: Float64Array.from(gradient.keys.data, (sum, i) => (sum + above) / (counts[Math.floor(i / D)]! + below)),
    logLikelihood: reading.logEvidence.reduce((sum, one) => sum + one, 0),
  };
};

const logPrior = ({ theta, weights }: Mixture): number =>
  theta.reduce((sum, p) => sum + (a - 1) * Math.log(p) + (b - 1) * Math.log1p(-p), 0) +
  weights.reduce((sum, weight) => sum + (concentration - 1) * Math.log(weight), 0);

test.each([
  ['maximum likelihood', false],
  ['a posterior’s mode', true],
] as const)(
  'steps of EM by the gradient of the log-sum-exp are the closed-form M-step, for %s, and never fall',
  (_, isMap) => {
    let mixture = start;
    let before = Number.NEGATIVE_INFINITY;
    for (let step = 0; step < 25; step++) {
      const { r, logLikelihood } = eStep(mixture);
      const due = closedForm(r, isMap);
      const ours = byGradient(mixture, isMap);
      expect(difference(ours.theta, due.theta)).toBeLessThan(1e-10);
      expect(difference(ours.weights, due.weights)).toBeLessThan(1e-10);
      expect(Math.abs(ours.logLikelihood - logLikelihood)).toBeLessThan(1e-9);
      const objective = logLikelihood + (isMap ? logPrior(mixture) : 0);
      expect(objective).toBeGreaterThanOrEqual(before - 1e-9);
      before = objective;
      mixture = ours;
    }
  },
);
