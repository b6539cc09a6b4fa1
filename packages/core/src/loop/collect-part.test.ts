import { deserialize, serialize } from 'node:v8';
import { expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import { addTrees } from '../base/tree.ts';
import type { AnyAlgorithm, Ask, Dataset, RowPart, Table, Tree } from '../contracts/index.ts';
import { dataset, openReader, openShard } from '../data/index.ts';
import { identity } from '../kernel/index.ts';
import { key } from '../numeric/index.ts';
import { backendIn, collectPart, partsAsked } from './index.ts';
import { inline } from './inline.ts';

/** Sums of linear scores, and which rows of 60 they are of. */
const sums: AnyAlgorithm = {
  spec: { kind: 'algorithm', name: 'test/sums', module: '', from: '', config: null },
  claims: { objective: 'noisy' },
  init: () => null,
  ask: (message) => ({ message }),
  collect(natural: Float64Array, shard) {
    const term = { form: 'linear', statistics: identity.none, columns: null, width: 2, natural } as const;
    const { counts, sums, logEvidence } = shard.write({ components: 2, bias: Float64Array.of(-1, 0), terms: [term] });
    const seen = new Float64Array(60);
    for (const n of shard.numbers()) seen[n] = shard.start + 1;
    return { counts, sums, logEvidence, seen };
  },
  update: (state) => ({ state, info: { objective: 0, logLikelihood: 0 } }),
};

const rows: readonly RowPart[] = [
  { shard: 2, part: 0, of: 1 },
  { shard: 0, part: 1, of: 2, shuffle: key(3) },
  { shard: 1, part: 0, of: 2 },
];

/** Another machine: it gets bytes, and of the rows those of one shard. */
function elsewhere(bytes: Uint8Array): Uint8Array {
  const { data, block, part, message } = deserialize(bytes) as {
    readonly data: Dataset;
    readonly block: Table;
    readonly part: RowPart;
    readonly message: Tree;
  };
  const reader = { rows: data.rows, cols: data.width, lasting: true, read: () => block };
  const shard = openShard(data, part.shard, plain, { reader, tiles: null });
  const where = { shards: { get: () => shard }, backend: backendIn('float64', plain), tiles: null };
  return serialize(collectPart(sums, { message, data, part }, where));
}

it('an executor can be made of public parts alone, also where the rows of a shard come as bytes: it has the bits of inline', async () => {
  const cells = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i * i));
  const weights = Float64Array.from({ length: 60 }, (_, n) => 1 + (n % 4));
  const data = dataset({ data: cells, rows: 60, cols: 2 }, { shardRows: 20, standardize: true, weights });
  // Shared memory stays at home.
  const head = { ...data, source: null, sides: { weights: weights.slice() } };
  for (const asked of [{ rows, parts: true }, {}]) {
    const ask: Ask = { message: Float64Array.of(1, -1, 0.5, 2), ...asked };
    const parts = partsAsked(ask, data).map((part) => {
      const block = openReader(data).read(data.cuts[part.shard]!, data.cuts[part.shard + 1]!);
      const own = { ...block, data: block.data.slice() };
      return deserialize(elsewhere(serialize({ data: head, block: own, part, message: ask.message }))) as Tree;
    });
    const due = await inline().collect(sums, { ...ask, parts: true }, data);
    expect(parts).toStrictEqual(due.parts);
    expect(parts.reduce(addTrees)).toStrictEqual(due.sum);
  }
});
