/** Two normals mixed, their assignments latent: weights, means, and unit deviations. */
export const MIXED: { readonly weights: readonly [number, number]; readonly means: readonly [number, number] } = {
  weights: [0.4, 0.6],
  means: [-1, 1.5],
};

export type Treated = 'score' | 'score without baselines' | 'relaxed' | 'straight-through';

/** Length of what lies between mean and truth over the length of the truth, and the variance of a draw. */
export type GradientMoments = { readonly relativeBias: number; readonly variance: number };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Bias and variance of estimates of the gradient of the bound of `MIXED` by assignments with these logits, two a row: sums over both values of every assignment, and quadrature over the logistic noise of relaxed ones.
 * Gradients of a row's two logits are opposite numbers.
 */
export function gradientMoments(
  x: readonly number[],
  logits: ArrayLike<number>,
  treated: Treated,
  temperature: number | null,
): GradientMoments {
  const [low, high] = MIXED.means;
  const logOdds = Math.log(MIXED.weights[1] / MIXED.weights[0]);
  let [off, length, variance] = [0, 0, 0];
  x.forEach((each, n) => {
    const d = logits[2 * n + 1]! - logits[2 * n]!;
    const q = sigmoid(d);
    const worth = (z: 0 | 1): number =>
      Math.log(MIXED.weights[z]) -
      0.5 * ((each - MIXED.means[z]) ** 2 + Math.log(2 * Math.PI)) -
      Math.log(z === 1 ? q : 1 - q);
    const exact = q * (1 - q) * (worth(1) - worth(0));
    let [mean, square] = [0, 0];
    const take = (share: number, gradient: number): void => {
      mean += share * gradient;
      square += share * gradient ** 2;
    };
    if (temperature === null) {
      const baseline = treated === 'score' ? q * worth(1) + (1 - q) * worth(0) : 0;
      take(1 - q, -q * (worth(0) - baseline));
      take(q, (1 - q) * (worth(1) - baseline));
    } else {
      const step = 0.002;
      const entropySlope = -q * (1 - q) * d;
      for (let noise = -40; noise < 40; noise += step) {
        const soft = sigmoid((d + noise) / temperature);
        const at = treated === 'relaxed' ? soft : Number(d + noise > 0);
        const slope = logOdds + (each - low - at * (high - low)) * (high - low);
        take(step * sigmoid(noise) * sigmoid(-noise), (slope * soft * (1 - soft)) / temperature + entropySlope);
      }
    }
    off += (mean - exact) ** 2;
    length += exact ** 2;
    variance += 2 * (square - mean ** 2);
  });
  return { relativeBias: Math.sqrt(off / length), variance };
}
