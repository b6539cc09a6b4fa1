import { plain } from '../backends/plain.ts';
import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { addTrees } from '../base/tree.ts';
import type { AnyAlgorithm, Backend, Dataset, Executor, Shard, Tree } from '../contracts/index.ts';
import { shardCache } from '../data/shard-cache.ts';
import { tilesFor } from '../data/tiles.ts';

/** The event loop gets a turn when this much time has gone since the last one, so that progress and aborts are not starved. */
const TURN_MS = 12;

/**
 * Runs every shard in this thread, one after another.
 *
 * @param backend  where the kernel runs; `plain` needs nothing
 *
 * @example
 * const executor = inline();
 * const { model } = await fit(faithful(), { components: 2, executor });
 */
export function inline(backend: Backend = plain): Executor {
  const shards = shardCache();
  let closed = false;
  let lastTurn = performance.now();

  return {
    backend: backend.name,
    precision: backend.precision,
    workers: 0,
    async collect(algorithm: AnyAlgorithm, state: Tree, data: Dataset, { signal } = {}): Promise<Tree> {
      if (closed) fail('core/inline', 'BAD_OPTION', 'the executor was closed');
      const tiles = tilesFor(data, backend);
      let sum: Tree | undefined;
      for (let index = 0; index < data.cuts.length - 1; index++) {
        if (signal?.aborted) fail('core/inline', 'ABORTED', 'the run was cancelled', signal.reason);
        if (closed) fail('core/inline', 'ABORTED', 'the executor was closed during the run');
        const stats = collectShard(algorithm, { state, shard: shards.get(data, index, backend, tiles), signal });
        sum = sum === undefined ? stats : addTrees(sum, stats);
        if (performance.now() - lastTurn > TURN_MS) {
          await turn();
          lastTurn = performance.now();
        }
      }
      return sum!;
    },
    async close(): Promise<void> {
      closed = true;
      shards.clear();
    },
  };
}

/** As on threads: what goes wrong unforeseen names its shard. */
function collectShard(
  algorithm: AnyAlgorithm,
  { state, shard, signal }: { state: Tree; shard: Shard; signal: AbortSignal | undefined },
): Tree {
  try {
    return algorithm.collect(state as never, shard, signal) as Tree;
  } catch (cause) {
    if (cause instanceof MixtentionError) throw cause;
    throw new MixtentionError('TASK', `[core] inline: shard ${shard.index} failed: ${errorFrom(cause).message}`, {
      cause,
    });
  }
}

/** A full turn of the event loop. MessageChannel, since browsers stretch nested timers to 4 ms. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
