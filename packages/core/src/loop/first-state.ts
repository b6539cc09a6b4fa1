import type { AnyAlgorithm, Dataset, StartOf, Tree } from '../contracts/index.ts';
import { sampleRows } from '../data/sample-rows.ts';
import { generator, split } from '../numeric/index.ts';

/** What `init` of the algorithm makes of a sample of the rows: the same in every thread. */
export function firstState(algorithm: AnyAlgorithm, data: Dataset, { key, components }: StartOf): Tree {
  const sample = sampleRows(data, { components, random: generator(split(key, 'sample')) });
  return algorithm.init(key, sample) as Tree;
}
