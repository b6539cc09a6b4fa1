import { inFloat64 } from '../backends/float64.ts';
import { counted } from '../base/counted.ts';
import { fail } from '../base/errors.ts';
import type {
  AnyAlgorithm,
  Ask,
  Backend,
  Cancellation,
  Dataset,
  Precision,
  RowPart,
  Tree,
} from '../contracts/index.ts';
import type { ShardCache } from '../data/shard-cache.ts';
import type { TileMemory } from '../data/tiles.ts';

/**
 * What a pass looks at, in the order in which statistics are added: what was asked for, or every shard.
 *
 * @throws BAD_OPTION for rows that there are not
 *
 * @example
 * partsAsked({ message: null }, { cuts: [0, 20, 30] }); // [{ shard: 0, part: 0, of: 1 }, { shard: 1, part: 0, of: 1 }]
 */
export function partsAsked({ rows }: Ask, { cuts }: Pick<Dataset, 'cuts'>): readonly RowPart[] {
  const shards = cuts.length - 1;
  if (rows === undefined) return Array.from({ length: shards }, (_, shard) => ({ shard, part: 0, of: 1 }));
  for (const { shard, part, of } of rows) {
    const isThere = isBelow(shard, shards) && Number.isSafeInteger(of) && isBelow(part, of);
    if (isThere) continue;
    const asked = `part ${part} of ${of} of shard ${shard}`;
    fail(
      'core/collect',
      'BAD_OPTION',
      `${asked} was asked for (counted from 0), the data have ${counted(shards, 'shard')}`,
    );
  }
  return rows;
}

function isBelow(value: number, limit: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < limit;
}

/**
 * The backend of a pass: float64 on a float32 backend is the fused kernel on the same rows.
 *
 * @example
 * backendIn('float32', plain).name; // 'plain'
 * backendIn('float64', await loadBackend('tfjs-wasm')).precision; // 'float64'
 */
export function backendIn(precision: Precision, backend: Backend): Backend {
  return precision === 'float64' ? inFloat64(backend) : backend;
}

type Where = {
  /** Opens the shards of a data set, and may keep them. */
  readonly shards: Pick<ShardCache, 'get'>;
  readonly backend: Backend;
  /** Memory that threads share; null where there is none. */
  readonly tiles: TileMemory | null;
  readonly cancel?: Cancellation | undefined;
};

/**
 * Statistics of a shard, or of a part of it: what an executor does where the rows are, as long as nobody else asks for the shard.
 *
 * @example
 * const data = dataset(matrix([[1, 1], [1, 0], [0, 0]]));
 * const algorithm = batch({ family: bernoulli, components: 1, start: 'k-means++', prior: null, weights: pointWeights(), floor: 0 });
 * const params = { width: 2, probabilities: Float64Array.of(0.5, 0.5) };
 * const { message } = algorithm.ask({ logWeights: Float64Array.of(0), params }, data);
 * const where = { shards: { get: (data, index, backend) => openShard(data, index, backend) }, backend: plain, tiles: null };
 * const stats = collectPart(algorithm, { message, data, part: { shard: 0, part: 0, of: 1 } }, where);
 * stats.counts; // [3]
 * stats.sums[0]; // [2, 1]
 */
export function collectPart(
  algorithm: AnyAlgorithm,
  { message, data, part }: { readonly message: Tree; readonly data: Dataset; readonly part: RowPart },
  { shards, backend, tiles, cancel }: Where,
): Tree {
  const shard = shards.get(data, part.shard, backend, tiles);
  if (part.of === 1 && part.shuffle === undefined) return algorithm.collect(message, shard, cancel) as Tree;
  const some = shard.partOf(part);
  try {
    return algorithm.collect(message, some, cancel) as Tree;
  } finally {
    some.release();
  }
}
