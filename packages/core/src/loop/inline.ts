import { float64, kernelOf } from '../backends/float64.ts';
import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import { addTrees, copyTree } from '../base/tree.ts';
import type { Backend, Collected, Executor, RowPart, Tree } from '../contracts/index.ts';
import { shardCache } from '../data/shard-cache.ts';
import { tilesFor } from '../data/tiles.ts';
import { backendIn, collectPart, partsAsked } from './collect-part.ts';

/** The event loop gets a turn when this much time has gone since the last one, so that progress and aborts are not starved. */
const TURN_MS = 12;

/**
 * Runs all that is asked for in this thread, one shard after another.
 *
 * @param backend  where the kernel runs; `float64`, `wasm()` and `plain` need nothing
 *
 * @example
 * const executor = inline();
 * const { logLikelihood } = await fit(faithful(), { components: 2, executor }); // -1130.264
 */
export function inline(backend: Backend = float64): Executor {
  const shards = shardCache();
  let closed = false;
  let lastTurn = performance.now();

  return {
    backend: backend.name,
    get kernel() {
      return kernelOf(backend);
    },
    precision: backend.precision,
    workers: 0,
    async collect(algorithm, ask, data, { precision = backend.precision, signal } = {}): Promise<Collected> {
      if (closed) fail('core/inline', 'BAD_OPTION', 'the executor was closed');
      const rows = partsAsked(ask, data);
      const own = backendIn(ask.precision ?? precision, backend);
      const setting = { shards, backend: own, tiles: tilesFor(data, own), cancel: signal };
      const parts: Tree[] | null = ask.parts === true ? [] : null;
      let sum: Tree | null = null;
      for (const [place, part] of rows.entries()) {
        if (signal?.aborted) fail('core/inline', 'ABORTED', 'the run was cancelled', signal.reason);
        if (closed) fail('core/inline', 'ABORTED', 'the executor was closed during the run');
        const reading = place + 1 < rows.length ? shards.ahead(data, rows[place + 1]!.shard, own) : null;
        const stats = naming(part, () => collectPart(algorithm, { message: ask.message, data, part }, setting));
        if (reading !== null) await reading;
        parts?.push(stats);
        sum = sum !== null ? addTrees(sum, stats) : parts === null ? stats : copyTree(stats);
        if (performance.now() - lastTurn > TURN_MS) {
          await turn();
          lastTurn = performance.now();
        }
      }
      return { sum, parts };
    },
    async close(): Promise<void> {
      closed = true;
      shards.clear();
    },
  };
}

/** As on threads: what goes wrong unforeseen names its shard. */
function naming({ shard }: RowPart, collect: () => Tree): Tree {
  try {
    return collect();
  } catch (cause) {
    if (cause instanceof MixtentionError) throw cause;
    throw new MixtentionError('TASK', `[core] inline: shard ${shard} failed: ${errorFrom(cause).message}`, { cause });
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
