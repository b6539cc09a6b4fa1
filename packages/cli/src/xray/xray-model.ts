import { basename, resolve } from 'node:path';
import { attend } from '@mixtention/attention';
import { headTensors, norms, type PageData, xrayReport } from '@mixtention/attention/page';
import { xrayTransformer } from '@mixtention/attention/transformer';
import type { Backend } from '@mixtention/core';
import { loadModel } from './load-model.ts';

/** Every head of a model over a text: the report, and what its page computes with. */
export async function xrayModel(folder: string, text: string, backend: Backend): Promise<PageData> {
  const { transformer, encode } = await loadModel(folder);
  const { ids, tokens } = encode(text);
  const read = xrayTransformer(transformer, ids, { backend });
  const { kind, isCausal } = transformer.architecture;
  const mask = isCausal ? 'causal' : undefined;
  const outputNorms = read.given.map(({ q, k, v }) => norms(attend(q, k, v, { backend, mask }).output));
  const report = xrayReport({ read, model: basename(resolve(folder)), kind, text, tokens, isCausal, outputNorms });
  return { report, tensors: read.given.map((head) => headTensors(head, 1 / Math.sqrt(head.q.cols))) };
}
