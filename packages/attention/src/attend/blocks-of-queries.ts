import type { AnyAlgorithm, Executor, Tree } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { dataset } from '@mixtention/core/data';
import { borrow, type Loan } from './shared-numbers.ts';
import type { AttendOptions } from './types.ts';

/** A portion has blocks enough for all workers; beyond that its messages and statistics take so many bytes at most: two heads of 4096 keys of width 64. */
const MOST_BYTES = 3 * 2 ** 23;
/** Portions under way on workers, who go on with the next one while the last blocks of another are at work. */
const AT_ONCE = 2;

/** Queries `from … to` of a head. */
export type QueryBlock = { readonly head: number; readonly from: number; readonly to: number };

/** Where the blocks of a call are worked on. */
export type OnExecutor = {
  /** Heads and blocks of queries go to its workers, on its backend: the call returns a promise, with the same bits for any number of workers. */
  readonly executor: Executor;
  /** Stops it, between tiles. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Where a call goes.
 *
 * @throws BAD_OPTION for a backend beside the executor's own
 */
export function readOn(where: string, options: OnExecutor & Pick<AttendOptions, 'backend'>): OnExecutor {
  const { backend, executor, signal } = options;
  if (typeof executor?.collect !== 'function')
    fail(where, 'BAD_OPTION', `the executor is ${show(executor)}, one of core was due`);
  if (backend !== undefined) fail(where, 'BAD_OPTION', 'a backend came with an executor, which has its own');
  return { executor, signal };
}

/** What is done with blocks: by workers, and with what these tell. */
export type BlockWork = {
  readonly algorithm: AnyAlgorithm;
  /** Queries of each head */
  readonly rows: readonly number[];
  /** Queries of a block; part of the arithmetic of sums over queries, so of their last bits */
  readonly blockRows: number;
  /** Bytes of the message for a head, and of what a block costs on the way there and back */
  readonly headBytes: (head: number) => number;
  readonly blockBytes: (block: QueryBlock) => number;
  /** Plain data, one entry a block and one a head that they name */
  readonly message: (blocks: readonly QueryBlock[], memory: Loan) => Tree;
  /** Statistics of blocks, in their order; portions come in any. */
  readonly take: (blocks: readonly QueryBlock[], parts: readonly Tree[]) => void;
};

/**
 * Has an executor work on all blocks of all heads, some portions of them at a time.
 *
 * @throws what `collect` of the executor throws
 */
export async function spreadBlocks(work: BlockWork, { executor, signal }: OnExecutor): Promise<void> {
  const portions = portionsOf(work, Math.max(1, executor.workers));
  let isOver = false;
  const serve = async (): Promise<void> => {
    for (const blocks of portions) {
      if (isOver) return;
      // The rows of the data set are numbers of blocks: what a block needs is in the message.
      const numbers = { data: Float64Array.from(blocks, (_, i) => i), rows: blocks.length, cols: 1 };
      const data = dataset(numbers, { shardRows: 1 }, 'attention/blocks');
      const memory = borrow(executor);
      const ask = { message: work.message(blocks, memory), parts: true, into: memory.free() };
      const { parts } = await executor.collect(work.algorithm, ask, data, { signal });
      work.take(blocks, parts!);
      memory.giveBack(parts!);
    }
  };
  try {
    await Promise.all(Array.from({ length: executor.workers > 0 ? AT_ONCE : 1 }, serve));
  } finally {
    isOver = true;
  }
}

/**
 * Neighbouring blocks, as many as go to workers in one pass. A head that fits into a portion is not divided between two, each of which would send and
 * pack its keys and values. Results do not depend on how many.
 */
function* portionsOf(
  { rows, blockRows, headBytes, blockBytes }: BlockWork,
  workers: number,
): Generator<readonly QueryBlock[]> {
  let blocks: QueryBlock[] = [];
  let bytes = 0;
  for (const [head, count] of rows.entries()) {
    const all: QueryBlock[] = [];
    for (let from = 0; from < count; from += blockRows) all.push({ head, from, to: Math.min(count, from + blockRows) });
    const whole = all.reduce((sum, block) => sum + blockBytes(block), headBytes(head));
    for (const block of all) {
      const next = block.from === 0 && whole <= MOST_BYTES ? whole : blockBytes(block);
      if (blocks.length >= workers && bytes + next > MOST_BYTES) {
        yield byTurns(blocks, workers);
        [blocks, bytes] = [[], 0];
      }
      if (blocks.at(-1)?.head !== head) bytes += headBytes(head);
      blocks.push(block);
      bytes += blockBytes(block);
    }
  }
  if (blocks.length > 0) yield byTurns(blocks, workers);
}

/** As many heads in turn as there are workers, who take pieces in turn: each works on one, and holds its keys and values packed. */
function byTurns(blocks: readonly QueryBlock[], workers: number): readonly QueryBlock[] {
  const first = blocks[0]!.head;
  const crew = ({ head }: QueryBlock): number => Math.floor((head - first) / workers);
  return [...blocks].sort((a, b) => crew(a) - crew(b) || a.from - b.from || a.head - b.head);
}
