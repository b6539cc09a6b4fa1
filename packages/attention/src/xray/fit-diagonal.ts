import { type FitPlace, type FittedGauge, type GaugeProblem, startAt } from './gauge-problem.ts';
import { maximize, type Smooth } from './maximize.ts';
import { priorMass } from './prior-mass.ts';

/** Λ diagonal: the numbers are c and log Λ. */
export function fitDiagonal(problem: GaugeProblem, { d, root, seed }: FitPlace): FittedGauge {
  const { mean, second, keys, prior } = problem;
  const K = prior.cols;
  const e = new Float64Array(K);
  const shares = new Float64Array(K);
  const f: Smooth = (x, gradient) => {
    const variance = x.subarray(d).map((log) => Math.exp(-log));
    for (let k = 0; k < K; k++) {
      e[k] = 0;
      for (let j = 0; j < d; j++) e[k]! += 0.5 * variance[j]! * (keys[k * d + j]! + x[j]!) ** 2;
    }
    let value = -priorMass(prior, e, shares);
    for (let j = 0; j < d; j++) {
      const precision = 1 / variance[j]!;
      let [first, squared] = [0, 0];
      for (let k = 0; k < K; k++) {
        const middle = variance[j]! * (keys[k * d + j]! + x[j]!);
        first += shares[k]! * middle;
        squared += shares[k]! * middle * middle;
      }
      value += x[j]! * mean[j]! - 0.5 * precision * second[j]! + 0.5 * x[d + j]!;
      gradient[j] = mean[j]! - first;
      gradient[d + j] = 0.5 * (1 + precision * (squared - second[j]!));
    }
    return value;
  };
  const { x, isReached } = maximize(f, startAt(2 * d, seed));
  if (!isReached) return { reason: 'the fit of the gauge did not come to an end' };
  const { factor } = root;
  const precision = Float64Array.from({ length: d }, (_, j) => Math.exp(x[d + j]!) / factor[j]! ** 2);
  const shift = Float64Array.from({ length: d }, (_, j) => x[j]! / factor[j]!);
  return { gauge: { name: 'fitted', form: 'diagonal', precision, shift } };
}
