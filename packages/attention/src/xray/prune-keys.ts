import { type Backend, plain } from '@mixtention/core';
import { checkOptions } from '@mixtention/core/base';
import { type Consequence, diameter } from './consequence.ts';
import { keepKeys } from './edit-head.ts';
import type { Head } from './head.ts';
import type { XrayInput } from './heads-of.ts';
import { mixRows } from './mix-rows.ts';
import { checkKey, oneHead } from './one-head.ts';
import { othersOf } from './others.ts';
import { readHead } from './read-head.ts';

/**
 * What taking keys out of a head changes, exactly, told beforehand from its rows and values.
 *
 *     ρ = Σ_S r_k     o′ − o = ρ (o′ − v̄_S)     L′ = L + log(1 − ρ)     TV = ρ     ‖o′ − o‖ ≤ ρ · diam(V)
 *
 * @param input  one head, at any level: rows of probabilities will do
 * @param keys  S, counted from 0
 * @returns the change of each query, and the head without the keys; a query that saw nothing else is left with output 0 and evidence −∞
 * @throws BAD_OPTION for a key that is not there; as `xray` for the head
 *
 * Cost: as one reading of the head with its responsibilities; K²·V for the bound.
 *
 * @example
 * const head = { q: [[1, 0]], k: [[4, 0], [0, 4], [0, 0]], v: [[10], [20], [30]], scale: 1 };
 * const { output, after } = pruneKeys(head, [2]);
 * output.data; // [-0.35]
 * attend(after.q, after.k, after.v, { scale: 1 }).output.data; // [10.18], and 10.53 with all three
 */
export function pruneKeys<Input extends XrayInput>(
  input: Input,
  keys: readonly number[],
  options: { readonly backend?: Backend | undefined } = {},
): Consequence<Input> {
  const where = 'attention/pruneKeys';
  checkOptions(where, options, ['backend']);
  const head = oneHead(input, where);
  const reader = readHead(head, { backend: options.backend ?? plain, where });
  const { queries: N, keys: K, values, scores } = reader;
  const removed = new Set(keys.map((key) => checkKey(key, K, where)));
  const { r, output } = reader.rows(0, N);
  const change = output && { data: new Float64Array(output.data.length), rows: N, cols: output.cols };
  const logEvidence = new Float64Array(N);
  const totalVariation = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    const row = r.subarray(n * K, (n + 1) * K);
    const rho = row.reduce((sum, share, k) => (removed.has(k) ? sum + share : sum), 0);
    totalVariation[n] = rho;
    if (rho === 0) continue;
    const { logMass, shares } = othersOf(row, (k) => removed.has(k), scores && (() => scores(n)));
    logEvidence[n] = logMass;
    if (change === null || values === null) continue;
    const gone = row.map((share, k) => (removed.has(k) ? share : 0));
    const [away, inside] = [mixRows(shares, values), mixRows(gone, values)];
    change.data.set(
      away.data.map((own, c) => rho * own - inside.data[c]!),
      n * change.cols,
    );
  }
  const width = values === null ? null : diameter(values);
  const bound = width === null ? null : totalVariation.map((rho) => rho * width);
  const left = Array.from({ length: K }, (_, k) => k).filter((k) => !removed.has(k));
  return { output: change, logEvidence, totalVariation, bound, after: keepKeys(head, left) as Head as Input };
}
