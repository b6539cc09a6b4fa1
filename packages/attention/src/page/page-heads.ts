import { type Backend, type Matrix, plain } from '@mixtention/core';
import { checkOptions } from '@mixtention/core/base';
import { pairPrior } from '../xray/edit-head.ts';
import type { ScoredHead } from '../xray/head.ts';
import { headsOf, type XrayInput } from '../xray/heads-of.ts';
import { readHead } from '../xray/read-head.ts';
import { norms } from './edits.ts';
import { type HeadTensors, headTensors } from './report.ts';

/** What a page computes with, and the lengths of the outputs of the heads `[N]` where there are values. */
export type PageHeads = { readonly tensors: readonly HeadTensors[]; readonly outputNorms?: readonly Float64Array[] };

/**
 * What `xray` takes as a page holds it: queries, keys and values with whatever hides and weighs keys, sinks as a last key; the rows where there are no queries.
 *
 * @throws as `xray`
 *
 * Cost: one reading of each head with its responsibilities.
 *
 * @example
 * const head = { q: [[1, 0]], k: [[9, 0], [0, 9]], v: [[1], [2]], scale: 1, mask: [true, false] };
 * const { tensors, outputNorms } = pageHeads(head);
 * outputNorms; // [[1]]
 * liveRows(liveHead(tensors[0], false)).data; // [1, 0]
 */
export function pageHeads(input: XrayInput, options: { readonly backend?: Backend | undefined } = {}): PageHeads {
  const where = 'attention/pageHeads';
  checkOptions(where, options, ['backend']);
  const { backend = plain } = options;
  const heads = headsOf(input, where).map(({ layer, head, given }) => {
    const { queries, keys, values, rows } = readHead(given, { backend, where });
    const { r, output } = rows(0, queries);
    const own = 'q' in given ? scored(given) : { rows: { data: r, rows: queries, cols: keys } };
    const tensors = headTensors({ layer, head, v: values, ...own }, 'q' in given ? given.scale : 1);
    return { tensors, outputNorm: output && norms(output) };
  });
  const outputNorms = heads.map(({ outputNorm }) => outputNorm).filter((own) => own !== null);
  return { tensors: heads.map(({ tensors }) => tensors), ...(outputNorms.length > 0 && { outputNorms }) };
}

/** Causal masks a page knows by themselves; any other prior goes with the head, −∞ where a key is hidden. */
function scored(head: ScoredHead): { readonly q: Matrix; readonly k: Matrix; readonly bias?: Matrix } {
  const { q, k, bias, mask } = head;
  if (bias === undefined && (mask === undefined || mask === 'causal')) return { q, k };
  const prior = pairPrior(head);
  const [rows, cols] = [q.rows, k.rows];
  const data = Float64Array.from({ length: rows * cols }, (_, i) => prior(Math.floor(i / cols), i % cols));
  return { q, k, bias: { data, rows, cols } };
}
