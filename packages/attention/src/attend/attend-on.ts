import { dense, type Executor, type Reading } from '@mixtention/core';
import { type BlockReading, readBlocks } from './block-algorithms.ts';
import { blocksMessage } from './block-messages.ts';
import { type OnExecutor, type QueryBlock, readOn, spreadBlocks } from './blocks-of-queries.ts';
import type { Head } from './heads.ts';
import { type OpenReading, openReading } from './open-reading.ts';
import { borrow } from './shared-numbers.ts';
import type { AttentionReading } from './types.ts';

/** Queries of a block: as many as make the packing of keys and values small beside their read. */
const BLOCK_ROWS = 512;

/** All heads on an executor: each is made ready when its turn comes, and is done with once workers have told of all of its blocks. */
export async function attendOn(
  where: string,
  given: () => readonly Head[],
  options: OnExecutor,
): Promise<readonly AttentionReading[]> {
  const on = readOn(where, options);
  const heads = given();
  const readings = new Array<AttentionReading>(heads.length);
  const open = new Map<number, HeadRead>();
  const openHead = (h: number): HeadRead => {
    let own = open.get(h);
    if (own === undefined) open.set(h, (own = headRead(heads[h]!, on.executor)));
    return own;
  };
  await spreadBlocks(
    {
      algorithm: readBlocks,
      rows: heads.map(({ q }) => dense(q, where).rows),
      blockRows: BLOCK_ROWS,
      headBytes: (h) => {
        const { scores, values, queries } = openHead(h).problem;
        return 8 * scores.components * (1 + queries.cols + (values?.cols ?? 0));
      },
      blockBytes: ({ head, from, to }) => openHead(head).rowBytes * (to - from),
      message: (blocks, memory) =>
        blocksMessage(blocks, (h) => openHead(h).problem, memory, openHead(blocks[0]!.head).wanted),
      take(blocks, parts) {
        for (const [i, block] of blocks.entries()) {
          const reading = openHead(block.head).take(block, parts[i] as BlockReading);
          if (reading === null) continue;
          readings[block.head] = reading;
          open.delete(block.head);
        }
      },
    },
    on,
  );
  return readings;
}

type HeadRead = Pick<OpenReading, 'problem' | 'wanted'> & {
  /** What a query takes on its way to a worker and back */
  readonly rowBytes: number;
  /** The reading, once all of its blocks have come */
  readonly take: (block: QueryBlock, part: BlockReading) => AttentionReading | null;
};

function headRead({ where, q, k, v, options }: Head, executor: Executor): HeadRead {
  const memory = borrow(executor);
  const { problem, wanted, finish } = openReading(where, q, k, v, options, memory.room);
  const { queries, scores, values, perPair } = problem;
  const [N, K, V] = [queries.rows, scores.components, values?.cols ?? 0];
  const output = new Float64Array(N * V);
  const logEvidence = new Float64Array(N);
  const labels = wanted.labels ? new Int32Array(N) : null;
  const responsibilities = wanted.responsibilities ? new Float64Array(N * K) : null;
  let left = N;
  let isExact = true;
  return {
    problem,
    wanted,
    rowBytes: 8 * (queries.cols + V + 2 + (perPair.pairBias ? K : 0) + (responsibilities === null ? 0 : K)),
    take({ from, to }, part) {
      const rows = to - from;
      output.set(part.output.subarray(0, rows * V), from * V);
      logEvidence.set(part.logEvidence.subarray(0, rows), from);
      labels?.set(part.labels.subarray(0, rows), from);
      responsibilities?.set(part.responsibilities.subarray(0, rows * K), from * K);
      isExact &&= part.exact === 1;
      left -= rows;
      if (left > 0) return null;
      memory.giveBack([]);
      const read: Reading = {
        output: { data: output, rows: N, cols: V },
        logEvidence,
        ...(labels && { labels }),
        ...(responsibilities && { responsibilities: { data: responsibilities, rows: N, cols: K } }),
        precision: isExact ? 'float64' : executor.precision,
      };
      return finish(read);
    },
  };
}
