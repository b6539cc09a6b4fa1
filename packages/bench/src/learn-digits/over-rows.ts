import type { Matrix } from '@mixtention/core';
import { type BayesOptions, fitBayes } from '@mixtention/em';
import type { MixtureModel } from '@mixtention/mixture';
import { table } from '../speed/table.ts';
import { effectiveNumber } from './effective-number.ts';

/** What a Dirichlet process learns of more and more digits, at one truncation: on data that are of no such mixture its number of components grows with the rows, and says nothing of how many kinds there are. */
export async function overRows(
  train: Matrix,
  rows: readonly number[],
  options: BayesOptions & { readonly components: number },
  scored: (model: MixtureModel) => number,
): Promise<string> {
  const { components } = options;
  const lines: string[][] = [];
  for (const N of rows) {
    const some = { data: train.data.subarray(0, N * train.cols), rows: N, cols: train.cols };
    const { model, info, iterations } = await fitBayes(some, options);
    const occupied = info.counts.filter((n) => n > 0.5).length;
    lines.push([
      String(N),
      String(components),
      occupied === components ? `${occupied}, all: no number was learnt` : String(occupied),
      effectiveNumber(info.counts).toFixed(1),
      String(iterations),
      scored(model).toFixed(2),
    ]);
  }
  const heads = ['rows', 'truncation', 'occupied (N_k > ½)', 'effective exp H(π)', 'iterations', 'test nats'];
  return table([heads, ...lines]);
}
