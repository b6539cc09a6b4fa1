import { basename, resolve } from 'node:path';
import { attend } from '@mixtention/attention';
import { headTensors, type PageData, xrayReport } from '@mixtention/attention/page';
import { xrayTransformer } from '@mixtention/attention/transformer';
import type { Backend } from '@mixtention/core';
import { loadModel } from './load-model.ts';

/** Every head of a model over a text: the report, and what its page computes with. */
export async function xrayModel(folder: string, text: string, backend: Backend): Promise<PageData> {
  const { transformer, encode } = await loadModel(folder);
  const { ids, tokens } = encode(text);
  const read = xrayTransformer(transformer, ids, { backend });
  const { kind, isCausal } = transformer.architecture;
  const outputNorms = read.given.map(({ q, k, v }) => {
    const { data, rows, cols } = attend(q, k, v, { backend, ...(isCausal && { mask: 'causal' }) }).output;
    return Float64Array.from({ length: rows }, (_, n) => Math.hypot(...data.subarray(n * cols, (n + 1) * cols)));
  });
  const report = xrayReport({ read, model: basename(resolve(folder)), kind, text, tokens, isCausal, outputNorms });
  return { report, tensors: read.given.map((head) => headTensors(head, 1 / Math.sqrt(head.q.cols))) };
}
