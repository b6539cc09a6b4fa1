import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { logSumExp } from '@mixtention/core/numeric';
import { type Consequence, diameter } from './consequence.ts';
import { binaryEntropy, joinKeys, pairPrior } from './edit-head.ts';
import type { ScoredHead } from './head.ts';
import type { XrayInput } from './heads-of.ts';
import { mixRows } from './mix-rows.ts';
import { checkKey, oneHead } from './one-head.ts';
import { othersOf } from './others.ts';
import { readHead } from './read-head.ts';

type ScoredInput = Extract<XrayInput, { readonly q: unknown }>;

export type MergeOptions = {
  /** a: how much of the first key there is in the merged one, in (0, 1); default ½. */
  readonly weight?: number | undefined;
  readonly backend?: Backend | undefined;
};

/**
 * What merging two keys of a head changes, exactly, told beforehand.
 *
 *     k_m = a k_i + (1−a) k_j     b_m = a b_i + (1−a) b_j + H(a)     v_m = a v_i + (1−a) v_j
 *     a(q) = r_i/(r_i + r_j)     ρ = r_i + r_j     KL = KL(a ‖ a(q))     ρ′ = ρe^(−KL) / (1 − ρ + ρe^(−KL))
 *     L′ = L + log(1 − ρ + ρe^(−KL))     o′ − o = (ρ′ − ρ)(v_m − ō_rest) + ρ (a − a(q))(v_i − v_j)
 *
 * The merged score never counts more than the two did (Jensen), so L′ ≤ L. `totalVariation` is |ρ′ − ρ|, at most tanh(KL/4); a bound on the change
 * of the output is |ρ′ − ρ| diam(V) + ρ |a − a(q)| ‖v_i − v_j‖. Under a mask the merged key is seen where both were.
 *
 * @param input  one head by its queries and keys
 * @returns the change of each query, and the head with one key less, the merged one in the place of the first of the two
 * @throws BAD_OPTION for keys that are not two, or a weight that is not between 0 and 1
 *
 * Cost: as one reading of the head with its responsibilities; K²·V for the bound.
 *
 * @example
 * const head = { q: [[1, 0]], k: [[4, 0], [3, 1], [0, 0]], v: [[10], [20], [30]], scale: 1 };
 * mergeKeys(head, 0, 1).logEvidence; // [-0.118]
 */
export function mergeKeys(
  input: ScoredInput,
  i: number,
  j: number,
  options: MergeOptions = {},
): Consequence<ScoredHead> {
  const where = 'attention/mergeKeys';
  checkOptions(where, options, ['weight', 'backend']);
  const { weight: a = 0.5, backend = plain } = options;
  const head = oneHead(input, where);
  if (!('q' in head))
    return fail(where, 'BAD_DATA', 'the head came without q and k, whose scores the merged key needs');
  const reader = readHead(head, { backend, where });
  const { queries: N, keys: K, values, scores } = reader;
  checkKey(i, K, where);
  checkKey(j, K, where);
  if (i === j) fail(where, 'BAD_OPTION', `the keys are ${i} and ${j}, two were due`);
  if (!(a > 0 && a < 1)) fail(where, 'BAD_OPTION', `weight is ${a}, a number between 0 and 1 was due`);
  const { r, output } = reader.rows(0, N);
  const logOdds = logOddsOf(head, i, j);
  const change = output && { data: new Float64Array(output.data.length), rows: N, cols: output.cols };
  const [logEvidence, totalVariation, spread] = [new Float64Array(N), new Float64Array(N), new Float64Array(N)];
  for (let n = 0; n < N; n++) {
    const row = r.subarray(n * K, (n + 1) * K);
    const others = othersOf(row, (key) => key === i || key === j, scores && (() => scores(n)));
    const one = mergedRow(row, { i, j, a, logOdds: logOdds(n), logRest: others.logMass });
    logEvidence[n] = one.logEvidence;
    totalVariation[n] = Math.abs(one.gain);
    spread[n] = Math.abs(one.shift);
    if (change !== null && values !== null)
      fillChange({ others: others.shares, values, i, j, a, ...one }, change.data.subarray(n * change.cols));
  }
  const bound = values && boundsOf(values, { totalVariation, spread, i, j });
  return { output: change, logEvidence, totalVariation, bound, after: joinKeys(head, [i, j], a) };
}

/** `s_i − s_j` of a query; NaN where neither is seen. Exact where r_i and r_j have long vanished. */
function logOddsOf(head: ScoredHead, i: number, j: number): (query: number) => number {
  const prior = pairPrior(head);
  const { q, k, scale } = head;
  return (n) => {
    let product = 0;
    for (let c = 0; c < q.cols; c++)
      product += q.data[n * q.cols + c]! * (k.data[i * q.cols + c]! - k.data[j * q.cols + c]!);
    return scale * product + prior(n, i) - prior(n, j);
  };
}

type Merged = {
  readonly rho: number;
  readonly gain: number;
  readonly shift: number;
  readonly logEvidence: number;
};

/**
 * The consequence for a row: ρ, ρ′ − ρ as `gain`, ρ (a − a(q)) as `shift`, L′ − L.
 *
 * @param logOdds  `s_i − s_j`
 * @param logRest  `log(1 − ρ)`
 */
function mergedRow(
  row: Float64Array,
  { i, j, a, logOdds, logRest }: { i: number; j: number; a: number; logOdds: number; logRest: number },
): Merged {
  const rho = row[i]! + row[j]!;
  if (!(rho > 0)) return { rho: 0, gain: 0, shift: 0, logEvidence: 0 };
  const { logKept, share } = keptOf(a, binaryEntropy(a), logOdds);
  const shift = rho * (a - share);
  const [kept, rest] = [Math.exp(logKept), Math.exp(logRest)];
  const total = rest + rho * kept;
  if (total > 1e-290)
    return { rho, gain: (rho * rest * (kept - 1)) / total, shift, logEvidence: Math.log(total) - Math.log(rest + rho) };
  // What is left is too little to be a number: its logarithms say how it is shared.
  const logTotal = logSumExp([logRest, Math.log(rho) + logKept]);
  if (logTotal === Number.NEGATIVE_INFINITY) return { rho, gain: -rho, shift, logEvidence: logTotal };
  return { rho, gain: Math.exp(Math.log(rho) + logKept - logTotal) - rho, shift, logEvidence: logTotal };
}

/**
 * `−KL(a ‖ a(q))`, the logarithm of the part of their mass that two keys keep when they are merged, and a(q).
 *
 * @param entropy  H(a)
 */
function keptOf(a: number, entropy: number, logOdds: number): { readonly logKept: number; readonly share: number } {
  // log a(q) and log(1 − a(q)); one soft plus is enough, since they differ by the odds.
  const first = logOdds > 0 ? -Math.log1p(Math.exp(-logOdds)) : logOdds - Math.log1p(Math.exp(logOdds));
  const second = logOdds > 0 ? first - logOdds : -Math.log1p(Math.exp(logOdds));
  return { logKept: a * first + (1 - a) * second + entropy, share: Math.exp(first) };
}

type Change = Merged & {
  /** How the other keys share what they have. */
  readonly others: Float64Array;
  readonly values: Matrix;
  readonly i: number;
  readonly j: number;
  readonly a: number;
};

function fillChange({ others, values, i, j, a, rho, gain, shift }: Change, out: Float64Array): void {
  const { data, cols } = values;
  // With no other key left it is 0: all or nothing stays with the merged one.
  const away = mixRows(others, values).data;
  for (let c = 0; c < cols; c++) {
    const [first, second] = [data[i * cols + c]!, data[j * cols + c]!];
    const merged = a * first + (1 - a) * second;
    out[c] = rho > 0 ? gain * (merged - away[c]!) + shift * (first - second) : 0;
  }
}

type Bounded = {
  readonly totalVariation: Float64Array;
  readonly spread: Float64Array;
  readonly i: number;
  readonly j: number;
};

function boundsOf(values: Matrix, { totalVariation, spread, i, j }: Bounded): Float64Array {
  const widest = diameter(values);
  const { data, cols } = values;
  let square = 0;
  for (let c = 0; c < cols; c++) square += (data[i * cols + c]! - data[j * cols + c]!) ** 2;
  return totalVariation.map((variation, n) => variation * widest + spread[n]! * Math.sqrt(square));
}
