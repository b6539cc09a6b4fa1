import type { RandomSource, Spec, Weights } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { digamma, logBeta, logSumExp, sampleLogGamma } from '@mixtention/core/numeric';
import { selectCounts } from './select-counts.ts';

/**
 * How infinitely many sticks are cut to K components: `open` leaves what the K sticks leave to components that are not there, so bounds of different K
 * compare as they are; `closed` gives all of it to the last.
 */
export type Truncation = 'open' | 'closed';

/** q(v_k) = Beta(a_k, b_k), one a stick: K where the truncation is open, else K − 1; and the counts N_k `[K]` that they come of. */
export type StickPosterior = {
  readonly counts: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
};

/** Weights that are broken off a stick, one after another. */
export type StickBreaking = Weights<StickPosterior> & {
  readonly concentration: number;
  readonly discount: number;
  readonly truncation: Truncation;
};

type Sticks = Pick<StickBreaking, 'concentration' | 'discount' | 'truncation'>;

/**
 * Stick-breaking weights: what the Dirichlet process (discount 0) and the Pitman–Yor process have in common.
 *
 *     π_k = v_k Π_{j<k} (1 − v_j)        p(v_k) = Beta(1 − δ, α + kδ)        q(v_k) = Beta(1 − δ + N_k, α + kδ + Σ_{j>k} N_j)
 *     E log π_k = E log v_k + Σ_{j<k} E log(1 − v_j)        KL = Σ_k KL(q(v_k) ‖ p(v_k))        evidence = Σ_k log B(q_k) − log B(p_k)
 *
 * Mode and density are in the sticks, of which the first K − 1 (closed) or all K are free. Components that own more belong first, mostly; since the order matters, no
 * report changes it.
 *
 * Source: Ishwaran & James (2001), JASA 96, sec. 2–3; Blei & Jordan (2006), Bayesian Analysis 1(1), sec. 3.
 */
export function stickBreaking(spec: Spec, name: string, sticks: Sticks): StickBreaking {
  const { concentration, discount, truncation } = sticks;
  check(spec, sticks);
  const isOpen = truncation === 'open';
  const priorOf = (k: number): readonly [number, number] => [1 - discount, concentration + (k + 1) * discount];
  const posterior = (counts: Float64Array): StickPosterior => {
    const free = isOpen ? counts.length : counts.length - 1;
    const a = new Float64Array(free);
    const b = new Float64Array(free);
    // From the end, so that small counts are not what is left of large ones.
    for (let k = counts.length - 1, after = 0; k >= 0; after += counts[k--]!) {
      if (k === free) continue;
      const [one, other] = priorOf(k);
      a[k] = one + counts[k]!;
      b[k] = other + after;
    }
    return { counts: counts.slice(), a, b };
  };
  const sum = ({ a, b }: StickPosterior, of: (a: number, b: number, k: number) => number): number =>
    a.reduce((total, own, k) => total + of(own, b[k]!, k), 0);
  return {
    spec,
    ...sticks,
    exchangeable: false,
    bounded: false,
    describe: () => `${name} on the weights, truncation ${truncation}`,
    mode: (counts) => {
      const { a, b } = posterior(counts);
      return broken(
        counts.length,
        (k) => {
          const [yes, no] = [Math.max(0, a[k]! - 1), Math.max(0, b[k]! - 1)];
          return yes + no > 0
            ? [Math.log(yes / (yes + no)), Math.log(no / (yes + no))]
            : [Math.log(0.5), Math.log(0.5)];
        },
        isOpen,
      );
    },
    logDensity(logWeights) {
      let [total, left] = [0, 0];
      for (let k = 0; k < (isOpen ? logWeights.length : logWeights.length - 1); k++) {
        const [one, other] = priorOf(k);
        const taken = logWeights[k]! - left;
        const kept = isOpen ? Math.log1p(-Math.min(1, Math.exp(taken))) : logSumExp(logWeights.subarray(k + 1)) - left;
        // 0 · log 0 is 0.
        total += (one === 1 ? 0 : (one - 1) * taken) + (other === 1 ? 0 : (other - 1) * kept) - logBeta(one, other);
        left += kept;
      }
      return total;
    },
    posterior,
    expectedLogWeights: ({ counts, a, b }) =>
      broken(
        counts.length,
        (k) => {
          const both = digamma(a[k]! + b[k]!);
          return [digamma(a[k]!) - both, digamma(b[k]!) - both];
        },
        isOpen,
      ),
    expectedWeights({ counts, a, b }) {
      const weights = new Float64Array(counts.length);
      let left = 1;
      counts.forEach((_, k) => {
        const share = k < a.length ? a[k]! / (a[k]! + b[k]!) : 1;
        weights[k] = left * share;
        left = k < a.length ? (left * b[k]!) / (a[k]! + b[k]!) : 0;
      });
      return { weights, rest: left };
    },
    divergence: (own) => sum(own, (a, b, k) => betaDivergence(a, b, priorOf(k))),
    evidence: (own) => sum(own, (a, b, k) => logBeta(a, b) - logBeta(...priorOf(k))),
    sample: ({ counts, a, b }, random) => broken(counts.length, (k) => drawStick(random, a[k]!, b[k]!), isOpen),
    select: ({ counts }, order) => posterior(selectCounts(counts, order)),
    freeParameters: (components) => (isOpen ? components : components - 1),
  };
}

/** `Σ_k` of what is told of sticks in logarithms, log v and log (1 − v), as logarithms of weights; the last takes all where it is closed. */
function broken(K: number, stick: (k: number) => readonly [number, number], isOpen: boolean): Float64Array {
  const logs = new Float64Array(K);
  let left = 0;
  for (let k = 0; k < K; k++) {
    if (!isOpen && k === K - 1) logs[k] = left;
    else {
      const [taken, kept] = stick(k);
      logs[k] = left + taken;
      left += kept;
    }
  }
  return logs;
}

function drawStick(random: RandomSource, a: number, b: number): readonly [number, number] {
  const logs = [sampleLogGamma(random, a), sampleLogGamma(random, b)] as const;
  const both = logSumExp(Float64Array.from(logs));
  return [logs[0] - both, logs[1] - both];
}

/** KL(Beta(a, b) ‖ Beta(c, d)). */
function betaDivergence(a: number, b: number, [c, d]: readonly [number, number]): number {
  const [yes, no] = [a - c, b - d];
  return logBeta(c, d) - logBeta(a, b) + yes * digamma(a) + no * digamma(b) - (yes + no) * digamma(a + b);
}

function check({ name }: Spec, { concentration: c, discount, truncation }: Sticks): void {
  const where = name === 'pitman-yor' ? 'mixture/pitmanYor' : 'mixture/dirichletProcess';
  if (!(typeof c === 'number' && c >= 1e-300 && c < Number.POSITIVE_INFINITY))
    fail(where, 'BAD_OPTION', `concentration is ${show(c)}, a finite number above 0 was due`);
  if (!(typeof discount === 'number' && discount >= 0 && discount < 1))
    fail(where, 'BAD_OPTION', `discount is ${show(discount)}, a number from 0 to below 1 was due`);
  if (truncation !== 'open' && truncation !== 'closed')
    fail(where, 'BAD_OPTION', `truncation is ${show(truncation)}, "open" or "closed" was due`);
}
