import type { Backend, Matrix } from '@mixtention/core';
import { rowsOf } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import { pairPrior } from './edit-head.ts';
import type { HeadBias, ScoredHead } from './head.ts';
import { othersOf } from './others.ts';
import { isShared, priorOf } from './part-of.ts';

/** Most cells of a log prior that are held at once. */
const MOST_CELLS = 2 ** 20;

/** A head whose keys all score 0: its rows are the prior alone. */
type PriorHead = Pick<ScoredHead, 'bias' | 'mask' | 'q' | 'k'>;

export type PriorReading = {
  /** `log Σₖ exp(b_nk + e_k)`, `[N]` */
  readonly logMass: Float64Array;
  /** `log(1 − π_nn)` `[N]`, where a query is one of the keys. */
  readonly logOthers: Float64Array | null;
};

/**
 * The mass of the prior `exp(b_nk + e_k)` that each query sees, by the kernel with queries that are 0: a tile at a time, N×K is not held.
 *
 * @param e  what a gauge adds to the log prior of each key, `[K]`
 * @param self  whether query n is key n, and its share of the prior is wanted
 */
export function readPrior(
  head: PriorHead,
  e: Float64Array,
  { backend, self }: { backend: Backend; self: boolean },
): PriorReading {
  const [N, K] = [head.q.rows, head.k.rows];
  const shared = isShared(head);
  const logMass = new Float64Array(N);
  const logOthers = self ? new Float64Array(N) : null;
  const keys = zeros(K);
  const prior = pairPrior(head);
  const scores = (query: number) => (): Float64Array => e.map((one, key) => one + prior(query, key));
  const tile = Math.max(1, Math.floor(MOST_CELLS / K));
  for (let start = 0; start < N; start += tile) {
    const count = Math.min(tile, N - start);
    const rows = shared ? 1 : count;
    const { bias, ...rest } = priorOf(head, { start, count: rows });
    const options = { ...rest, bias: added(bias, e), scale: 1, backend, responsibilities: self };
    const { logEvidence, responsibilities } = attend(zeros(rows), keys, null, options);
    for (let n = 0; n < count; n++) {
      const row = shared ? 0 : n;
      logMass[start + n] = logEvidence[row]!;
      if (logOthers === null) continue;
      const own = Float64Array.from(rowsOf(responsibilities!, row, row + 1).data);
      logOthers[start + n] = othersOf(own, (key) => key === start + n, scores(start + n)).logMass;
    }
  }
  return { logMass, logOthers };
}

/** Log prior rows `b` `[P, K]`: one where all queries share it, else those of all queries, or of as many as may be held, evenly spread. */
export function priorRows(head: PriorHead, backend: Backend): { readonly b: Matrix; readonly queries: Int32Array } {
  const [N, K] = [head.q.rows, head.k.rows];
  const held = isShared(head) ? 1 : Math.min(N, Math.max(1, Math.floor(MOST_CELLS / K)));
  const queries = Int32Array.from({ length: held }, (_, i) => Math.floor((i * N) / held));
  const data = new Float64Array(held * K);
  queries.forEach((n, i) => {
    const { bias, ...rest } = priorOf(head, { start: n, count: 1 });
    const { logEvidence, responsibilities } = attend(zeros(1), zeros(K), null, {
      ...rest,
      bias,
      scale: 1,
      backend,
      responsibilities: true,
    });
    for (let k = 0; k < K; k++) data[i * K + k] = logEvidence[0]! + Math.log(responsibilities!.data[k]!);
  });
  return { b: { data, rows: held, cols: K }, queries };
}

function zeros(rows: number): Matrix {
  return { data: new Float64Array(rows), rows, cols: 1 };
}

function added(bias: HeadBias | undefined, e: Float64Array): HeadBias {
  if (bias === undefined) return e;
  if (typeof bias === 'function') return (query, key) => bias(query, key) + e[key]!;
  if (ArrayBuffer.isView(bias)) return bias.map((b, k) => b + e[k]!);
  return { ...bias, data: Float64Array.from(bias.data, (b, i) => b + e[i % bias.cols]!) };
}
