import type { Matrix } from '@mixtention/core';
import { attend } from '../attend/attend.ts';
import { draws } from '../testing/draws.ts';
import { xray } from '../xray/xray.ts';
import { norms } from './edits.ts';
import { headTensors, xrayReport } from './report.ts';
import type { PageData } from './xray-page.ts';

/** A small report as a Transformer gives it: two layers of two causal heads over nine tokens, float32 numbers. */
export function smallReport(): PageData {
  const random = draws(81);
  const [layers, heads, N, d] = [2, 2, 9, 3];
  const stack = (spread: number) => ({
    data: random.normal(layers * heads * N, d, spread).data.map(Math.fround),
    shape: [layers, heads, N, d],
  });
  const [q, k, v] = [stack(2), stack(2), stack(1)];
  const read = xray({ q, k, v, mask: 'causal' });
  const part = ({ data }: { data: Float64Array }, h: number): Matrix => ({
    data: data.subarray(h * N * d, (h + 1) * N * d),
    rows: N,
    cols: d,
  });
  const given = read.heads.map(({ layer, head }, h) => ({ layer, head, q: part(q, h), k: part(k, h), v: part(v, h) }));
  const outputNorms = given.map((head) => norms(attend(head.q, head.k, head.v, { mask: 'causal' }).output));
  const tokens = ['[CLS]', 'a', '<b>', '##c', 'Ġd', '"e"', '&', 'g', '.'];
  const report = xrayReport({
    read,
    model: 'a <small> model',
    kind: 'gpt2',
    text: 'a </script> text',
    tokens,
    isCausal: true,
    outputNorms,
  });
  return { report, tensors: given.map((head) => headTensors(head, 1 / Math.sqrt(d))) };
}
