import type { LinearTerm, Tree } from '@mixtention/core';
import type { BlockMessage, BlocksMessage, HeadMessage } from './block-algorithms.ts';
import type { QueryBlock } from './blocks-of-queries.ts';
import type { AttentionProblem } from './problem.ts';
import type { Loan } from './shared-numbers.ts';

/** What is sent of the heads of some blocks, and of each block, in memory that workers see too. */
export function blocksMessage(
  blocks: readonly QueryBlock[],
  problemOf: (head: number) => AttentionProblem,
  memory: Loan,
  wants: BlocksMessage['wants'],
  downstreamOf: (block: QueryBlock) => BlockMessage['downstream'] = () => null,
): BlocksMessage & Tree {
  const numbers = [...new Set(blocks.map(({ head }) => head))];
  const problems = numbers.map(problemOf);
  const most = (of: (problem: AttentionProblem) => number): number => Math.max(...problems.map(of));
  const needsPlaces = wants.relative !== undefined;
  return {
    heads: problems.map((problem) => headMessage(problem, memory, needsPlaces)),
    blocks: blocks.map((block) => ({
      ...blockMessage(block, problemOf(block.head), memory, needsPlaces),
      head: numbers.indexOf(block.head),
      downstream: downstreamOf(block),
    })),
    most: {
      rows: Math.max(...blocks.map(({ from, to }) => to - from)),
      keys: most(({ scores }) => scores.components),
      width: most(({ queries }) => queries.cols),
      values: most(({ values }) => values?.cols ?? 0),
    },
    wants,
  };
}

function headMessage(
  { scores, values, perPair, places }: AttentionProblem,
  { share }: Loan,
  needsPlaces: boolean,
): HeadMessage {
  const { natural } = scores.terms[0] as LinearTerm;
  const { keys, queries: _, ...positions } = perPair.positions ?? { ...places };
  return {
    natural: share(natural),
    bias: scores.bias,
    values: values === null ? null : share(values.data),
    positions: perPair.positions === undefined ? null : positions,
    places: needsPlaces || perPair.positions !== undefined ? keys : null,
  };
}

function blockMessage(
  { from, to }: QueryBlock,
  { queries, scores, perPair, places }: AttentionProblem,
  { room, share }: Loan,
  needsPlaces: boolean,
): Omit<BlockMessage, 'head' | 'downstream'> {
  const { pairBias, positions } = perPair;
  const pairs = pairBias && room((to - from) * scores.components);
  if (pairs !== undefined) pairBias!(from, to - from, pairs);
  return {
    rows: to - from,
    queries: share(queries.data.subarray(from * queries.cols, to * queries.cols)),
    pairs: pairs ?? null,
    places: needsPlaces || positions !== undefined ? places.queries.slice(from, to) : null,
  };
}
