import type { Backend, Matrix } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { logSumExp } from '@mixtention/core/numeric';
import { attend } from '../attend/attend.ts';
import { binaryEntropy, pairPrior } from './edit-head.ts';
import { keyTerms, paperGauge } from './gauge.ts';
import type { Head, ScoredHead } from './head.ts';
import { mixRows } from './mix-rows.ts';
import { othersOf, type ScoresOf } from './others.ts';
import { priorOf } from './part-of.ts';
import { scoresOf } from './scores-of.ts';
import type { KeyReport } from './types.ts';

/** Most triples of query and two keys that partners are looked for among. */
const MOST_TRIPLES = 2 ** 27;

/** Sums over tiles of queries of what becomes a `KeyReport`. */
export type KeySums = {
  /** @param start  the first query of the tile */
  add(r: Float64Array, output: Matrix | null, start: number): void;
  /** @param queries  those that see a key */
  finish(queries: number): Pick<KeyReport, 'pruneChange'>;
};

/**
 * ‖o − o′‖ when a key goes: `r ‖v_k − o′‖`, and since o′ is an output too, `r/(1 − r) ‖v_k − o‖`, summed over queries. The second is for small r alone: where r is
 * near 1 it is rounding over nothing.
 *
 * Cost: N·K·V.
 */
export function pruneSums(values: Matrix | null, keys: number, scores: ScoresOf | null): KeySums {
  const mean = new Float64Array(keys);
  const most = new Float64Array(keys);
  return {
    add(r, output, start) {
      if (values === null || output === null) return;
      const { data, cols } = values;
      for (let n = 0; n < output.rows; n++) {
        const row = r.subarray(n * keys, (n + 1) * keys);
        const total = row.reduce((a, b) => a + b, 0);
        for (let k = 0; k < keys; k++) {
          const share = row[k]!;
          if (!(share > 0)) continue;
          const isMost = share >= 0.5;
          const away = isMost
            ? mixRows(othersOf(row, (key) => key === k, scores && (() => scores(start + n))).shares, values).data
            : output.data.subarray(n * cols, (n + 1) * cols);
          let square = 0;
          for (let c = 0; c < cols; c++) square += (data[k * cols + c]! - away[c]!) ** 2;
          const change = Math.sqrt(square) * (isMost ? share : share / (total - share));
          mean[k]! += change;
          if (change > most[k]!) most[k] = change;
        }
      }
    },
    finish: (queries) => ({ pruneChange: values && { mean: mean.map((sum) => sum / queries), most } }),
  };
}

/** π of the paper gauge, mean over the queries, which may see different keys; one that sees none is left out. */
export function paperPrior(head: Head, backend: Backend): Float64Array | null {
  const gauge = 'q' in head ? paperGauge(head) : null;
  if (!('q' in head) || gauge === null) return null;
  const e = keyTerms(head, gauge);
  const [N, K] = [head.q.rows, head.k.rows];
  const prior = new Float64Array(K);
  const tile = Math.max(1, Math.floor(2 ** 20 / K));
  let seen = 0;
  for (let start = 0; start < N; start += tile) {
    const count = Math.min(tile, N - start);
    const { bias, ...rest } = priorOf(head, { start, count });
    const own = pairPrior({ ...head, bias, mask: undefined });
    const zero = { data: new Float64Array(count), rows: count, cols: 1 };
    const { responsibilities, logEvidence } = attend(zero, { data: new Float64Array(K), rows: K, cols: 1 }, null, {
      ...rest,
      bias: (query, key) => own(query, key) + e[key]!,
      scale: 1,
      backend,
      responsibilities: true,
    });
    for (let i = 0; i < count * K; i++) prior[i % K]! += responsibilities!.data[i]!;
    seen += logEvidence.reduce((sum, own) => sum + (own > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
  }
  return prior.map((sum) => sum / seen);
}

/**
 * For every key the one with which merging costs least evidence, the merged key weighted by usage.
 *
 * Cost: N·K² / 2 exponentials.
 */
export function mergePartners(head: ScoredHead, usage: Float64Array): KeyReport['merge'] | string {
  const [N, K] = [head.q.rows, head.k.rows];
  if (N * K * K > MOST_TRIPLES)
    return `${counted(N, 'query', 'queries')} × ${counted(K, 'key')} are too many to try every two keys; mergeKeys tells of any two`;
  if (K < 2) return 'there is one key';
  const { cost, seen } = mergeCosts(head, usage);
  const [partner, logEvidence, weight] = [new Int32Array(K), new Float64Array(K), new Float64Array(K)];
  for (let i = 0; i < K; i++) {
    let best = i === 0 ? 1 : 0;
    const of = (j: number): number => cost[Math.max(i, j) * K + Math.min(i, j)]!;
    for (let j = 0; j < K; j++) if (j !== i && of(j) < of(best)) best = j;
    partner[i] = best;
    logEvidence[i] = -of(best) / seen;
    weight[i] = weightOf(usage, i, best);
  }
  return { partner, logEvidence, weight };
}

/**
 * `Σ_n L − L′` of each two keys i > j, `[K, K]`, over the queries that see a key, and how many these are.
 *
 *     L − L′ = −log(1 − ρ + ρe^(−KL))     ρe^(−KL) = exp(H(a) + a log r_i + (1 − a) log r_j)
 *
 * Shares are made of the scores in float64: those of float32 are 0 where their logarithm still counts. The factors of several queries are multiplied before a
 * logarithm is taken, as what they lack to 1, which keeps the digits of small losses; large ones are sums of what is left.
 */
function mergeCosts(head: ScoredHead, usage: Float64Array): { readonly cost: Float64Array; readonly seen: number } {
  const [N, K] = [head.q.rows, head.k.rows];
  const [cost, lacking] = [new Float64Array(K * K), new Float64Array(K * K)];
  const weights = cost.map((_, at) => weightOf(usage, Math.floor(at / K), at % K));
  const entropies = weights.map(binaryEntropy);
  const scores = scoresOf(head);
  let seen = 0;
  for (let n = 0; n < N; n++) {
    const logs = scores(n);
    const L = logSumExp(logs);
    if (L === Number.NEGATIVE_INFINITY) continue;
    seen++;
    for (let k = 0; k < K; k++) logs[k]! -= L;
    const shares = logs.map(Math.exp);
    for (let i = 1; i < K; i++) {
      for (let j = 0; j < i; j++) {
        const rho = shares[i]! + shares[j]!;
        // Where both hardly count, neither does the loss.
        if (rho < 1e-12) continue;
        const at = i * K + j;
        const a = weights[at]!;
        const logKept = entropies[at]! + a * logs[i]! + (1 - a) * logs[j]!;
        const lost = Math.min(0, Math.exp(logKept) - rho);
        if (lost <= -0.5) {
          cost[at]! -= logLeft({ logs, shares, i, j, logKept });
          continue;
        }
        const all = lacking[at]! + lost + lacking[at]! * lost;
        lacking[at] = all;
        if (all > -0.5) continue;
        cost[at]! -= Math.log1p(all);
        lacking[at] = 0;
      }
    }
  }
  return { cost: cost.map((sum, at) => sum - Math.log1p(lacking[at]!)), seen };
}

type Left = {
  readonly logs: Float64Array;
  readonly shares: Float64Array;
  readonly i: number;
  readonly j: number;
  /** `log ρe^(−KL)` */
  readonly logKept: number;
};

/** `log(1 − ρ + ρe^(−KL))`, summed over the other keys; by their logarithms where shares are too small to be numbers. */
function logLeft({ logs, shares, i, j, logKept }: Left): number {
  let rest = Math.exp(logKept);
  for (let k = 0; k < shares.length; k++) if (k !== i && k !== j) rest += shares[k]!;
  if (rest > 1e-290) return Math.log(rest);
  return logSumExp(logs.map((log, k) => (k === i ? logKept : k === j ? Number.NEGATIVE_INFINITY : log)));
}

/** The share of the first of two keys in the merged one: what they are used, kept away from 0 and 1. */
export function weightOf(usage: Float64Array, i: number, j: number): number {
  const total = usage[i]! + usage[j]!;
  return total > 0 ? Math.min(1 - 1e-6, Math.max(1e-6, usage[i]! / total)) : 0.5;
}
