import { dense, type Executor } from '@mixtention/core';
import { type BlockGradient, type BlockMessage, gradientOfBlocks } from './block-algorithms.ts';
import { blocksMessage } from './block-messages.ts';
import { type OnExecutor, type QueryBlock, readOn, spreadBlocks } from './blocks-of-queries.ts';
import { type KernelGradient, type OpenGradient, openGradient, type Told } from './open-gradient.ts';
import { borrow, type Loan } from './shared-numbers.ts';
import type { AttentionGradient } from './types.ts';

/** Queries of a block: each tells sums as large as keys and values, which this thread adds. */
const BLOCK_ROWS = 1024;

/** Gradients of all heads on an executor, as `attendOn` reads them. Sums over blocks are added in their order. */
export async function gradientsOn(
  where: string,
  given: () => readonly Told[],
  options: OnExecutor,
): Promise<{ readonly told: readonly Told[]; readonly gradients: readonly AttentionGradient[] }> {
  const on = readOn(where, options);
  const told = given();
  const gradients = new Array<AttentionGradient>(told.length);
  const open = new Map<number, HeadGradient>();
  const openHead = (h: number): HeadGradient => {
    let own = open.get(h);
    if (own === undefined) open.set(h, (own = headGradient(told[h]!, on.executor)));
    return own;
  };
  await spreadBlocks(
    {
      algorithm: gradientOfBlocks,
      rows: told.map(({ head }) => dense(head.q, where).rows),
      blockRows: BLOCK_ROWS,
      headBytes: (h) => openHead(h).keyBytes,
      blockBytes: ({ head, from, to }) => openHead(head).keyBytes + openHead(head).rowBytes * (to - from),
      message(blocks, memory) {
        const { hasPairs, relative } = openHead(blocks[0]!.head).own;
        return blocksMessage(
          blocks,
          (h) => openHead(h).own.problem,
          memory,
          { ...(hasPairs && { pairs: true }), ...(relative !== null && { relative }) },
          (block) => downstreamOf(block, openHead(block.head).own, memory),
        );
      },
      take(blocks, parts) {
        for (const [i, block] of blocks.entries()) {
          const gradient = openHead(block.head).take(block, parts[i] as BlockGradient);
          if (gradient === null) continue;
          gradients[block.head] = gradient;
          open.delete(block.head);
        }
      },
    },
    on,
  );
  return { told, gradients };
}

function downstreamOf(
  { from, to }: QueryBlock,
  { downstream }: OpenGradient,
  { share }: Loan,
): BlockMessage['downstream'] {
  const { reading, gradient } = downstream;
  const rowsOf = ({ data, cols }: typeof reading.output): Float64Array => share(data.subarray(from * cols, to * cols));
  return {
    output: rowsOf(reading.output),
    logEvidence: reading.logEvidence.slice(from, to),
    outputGradient: gradient.output === undefined ? null : rowsOf(gradient.output),
    evidenceGradient: gradient.logEvidence?.slice(from, to) ?? null,
  };
}

type HeadGradient = {
  readonly own: OpenGradient;
  /** What keys and values take in a message or in statistics, and what a query takes */
  readonly keyBytes: number;
  readonly rowBytes: number;
  /** The gradient, once all blocks have come */
  readonly take: (block: QueryBlock, part: BlockGradient) => AttentionGradient | null;
};

function headGradient(told: Told, executor: Executor): HeadGradient {
  const memory = borrow(executor);
  const own = openGradient(told, memory.room);
  const { queries, scores, values, perPair } = own.problem;
  const [N, K, d, V] = [queries.rows, scores.components, queries.cols, values?.cols ?? 0];
  const sum: KernelGradient = {
    queries: new Float64Array(N * d),
    natural: new Float64Array(K * d),
    bias: new Float64Array(K),
    values: new Float64Array(K * V),
    pairs: own.hasPairs ? new Float64Array(N * K) : null,
    relative: own.relative === null ? null : new Float64Array(own.relative),
  };
  const waiting = new Map<number, { readonly to: number; readonly part: BlockGradient }>();
  let next = 0;
  const addAll = (): void => {
    for (let found = waiting.get(next); found !== undefined; found = waiting.get(next)) {
      const { to, part } = found;
      waiting.delete(next);
      sum.queries.set(part.queries.subarray(0, (to - next) * d), next * d);
      sum.pairs?.set(part.pairs.subarray(0, (to - next) * K), next * K);
      addNumbers(sum.natural, part.natural);
      addNumbers(sum.bias, part.bias);
      addNumbers(sum.values, part.values);
      if (sum.relative !== null) addNumbers(sum.relative, part.relative);
      next = to;
    }
  };
  return {
    own,
    keyBytes: 8 * K * (1 + d + V),
    rowBytes: 8 * (2 * d + 2 * V + 3 + K * (Number(perPair.pairBias !== undefined) + Number(own.hasPairs))),
    take({ from, to }, part) {
      // Portions come in any order; sums are in that of the blocks.
      waiting.set(from, { to, part });
      addAll();
      if (next < N) return null;
      memory.giveBack([]);
      return own.finish(sum);
    },
  };
}

/** In place; what comes may be longer. */
function addNumbers(into: Float64Array, more: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += more[i]!;
}
