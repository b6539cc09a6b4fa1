import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions, fail } from '@mixtention/core/base';
import { type Consequence, diameter } from './consequence.ts';
import { binaryEntropy, joinKeys, pairPrior } from './edit-head.ts';
import type { ScoredHead } from './head.ts';
import type { XrayInput } from './heads-of.ts';
import { checkKey, oneHead } from './one-head.ts';
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
  const { queries: N, keys: K, values } = reader;
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
    const one = mergedRow(row, { i, j, a, logOdds: logOdds(n) });
    logEvidence[n] = one.logEvidence;
    totalVariation[n] = Math.abs(one.gain);
    spread[n] = Math.abs(one.shift);
    if (change !== null && values !== null)
      fillChange({ row, values, i, j, a, ...one }, change.data.subarray(n * change.cols));
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
  readonly rest: number;
  readonly rho: number;
  readonly gain: number;
  readonly shift: number;
  readonly logEvidence: number;
};

/**
 * The consequence for a row: ρ, ρ′ − ρ as `gain`, ρ (a − a(q)) as `shift`, L′ − L.
 *
 * @param logOdds  `s_i − s_j`
 */
function mergedRow(
  row: Float64Array,
  { i, j, a, logOdds }: { i: number; j: number; a: number; logOdds: number },
): Merged {
  let rest = 0;
  for (let k = 0; k < row.length; k++) if (k !== i && k !== j) rest += row[k]!;
  const rho = row[i]! + row[j]!;
  if (!(rho > 0)) return { rest, rho: 0, gain: 0, shift: 0, logEvidence: 0 };
  const { kept, share } = keptOf(a, binaryEntropy(a), logOdds);
  const total = rest + rho * kept;
  if (total === 0) return { rest, rho, gain: -rho, shift: rho * (a - share), logEvidence: Number.NEGATIVE_INFINITY };
  const gain = (rho * rest * (kept - 1)) / total;
  return { rest, rho, gain, shift: rho * (a - share), logEvidence: Math.log(total) - Math.log(rest + rho) };
}

/**
 * `e^(−KL(a ‖ a(q)))`, the part of their mass that two keys keep when they are merged, and a(q).
 *
 * @param entropy  H(a)
 */
function keptOf(a: number, entropy: number, logOdds: number): { readonly kept: number; readonly share: number } {
  // log a(q) and log(1 − a(q)); one soft plus is enough, since they differ by the odds.
  const first = logOdds > 0 ? -Math.log1p(Math.exp(-logOdds)) : logOdds - Math.log1p(Math.exp(logOdds));
  const second = logOdds > 0 ? first - logOdds : -Math.log1p(Math.exp(logOdds));
  return { kept: Math.exp(a * first + (1 - a) * second + entropy), share: Math.exp(first) };
}

type Change = Merged & {
  readonly row: Float64Array;
  readonly values: Matrix;
  readonly i: number;
  readonly j: number;
  readonly a: number;
};

function fillChange({ row, values: { data, cols }, i, j, a, rest, rho, gain, shift }: Change, out: Float64Array): void {
  for (let c = 0; c < cols; c++) {
    const [first, second] = [data[i * cols + c]!, data[j * cols + c]!];
    const merged = a * first + (1 - a) * second;
    let others = 0;
    for (let k = 0; k < row.length; k++) if (k !== i && k !== j) others += row[k]! * data[k * cols + c]!;
    // With no other key left, all or nothing stays with the merged one.
    const away = rest > 0 ? others / rest : 0;
    out[c] = rho > 0 ? gain * (merged - away) + shift * (first - second) : 0;
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
