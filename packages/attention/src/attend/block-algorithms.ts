import type { AnyAlgorithm, Cancellation, Matrix, PositionBias, Scores, Shard, Tree } from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import type { AlgorithmTable } from '@mixtention/core/loop';
import { type Places, relativeGradient } from './relative-bias.ts';
import { sureBackward } from './sure-backward.ts';
import { sureRead } from './sure-read.ts';

/** A head as workers are told of it. */
export type HeadMessage = {
  /** Keys times T · scale `[K, d]` */
  readonly natural: Float64Array;
  readonly bias: Float64Array;
  /** `[K, V]`; null where none are read */
  readonly values: Float64Array | null;
  readonly positions: Omit<PositionBias, 'queries' | 'keys'> | null;
  /** Where they stand `[K]`, if it matters */
  readonly places: Float64Array | null;
};

/** A block of queries as a worker is told of it; what is `[B, …]` is of its rows. */
export type BlockMessage = {
  /** Its head among those of the message */
  readonly head: number;
  readonly rows: number;
  /** `[B, d]` */
  readonly queries: Float64Array;
  /** `[B, K]`; null where nothing differs between queries but by positions */
  readonly pairs: Float64Array | null;
  /** Where they stand `[B]`, if it matters */
  readonly places: Float64Array | null;
  /** What a gradient follows from */
  readonly downstream: {
    readonly output: Float64Array;
    readonly logEvidence: Float64Array;
    readonly outputGradient: Float64Array | null;
    readonly evidenceGradient: Float64Array | null;
  } | null;
};

export type BlocksMessage = {
  readonly heads: readonly HeadMessage[];
  readonly blocks: readonly BlockMessage[];
  /** Most rows of a block and keys, columns and columns of values of a head: by these statistics are padded, so that all have one shape. */
  readonly most: { readonly rows: number; readonly keys: number; readonly width: number; readonly values: number };
  readonly wants: {
    readonly responsibilities?: boolean;
    readonly labels?: boolean;
    readonly pairs?: boolean;
    /** Distances of a table of relative biases */
    readonly relative?: number;
  };
};

/** What a worker tells of the read of a block; empty where it was not asked for. */
export type BlockReading = {
  readonly output: Float64Array;
  readonly logEvidence: Float64Array;
  readonly labels: Float64Array;
  readonly responsibilities: Float64Array;
  /** 1 where all of it was read in float64 */
  readonly exact: number;
};

/** What it tells of the gradient. */
export type BlockGradient = {
  readonly queries: Float64Array;
  readonly natural: Float64Array;
  readonly bias: Float64Array;
  readonly values: Float64Array;
  readonly pairs: Float64Array;
  readonly relative: Float64Array;
};

/** The same object for as long as the message lives: backends know scores and values that they hold packed. */
const scoresOf = memoize(({ natural, bias }: HeadMessage): Scores => {
  const K = bias.length;
  const width = natural.length / K;
  return {
    components: K,
    bias,
    terms: [{ form: 'linear', statistics: identity.none, columns: null, width, natural }],
  };
});
const valuesOf = memoize(
  ({ values, bias: { length: K } }: HeadMessage): Matrix => ({ data: values!, rows: K, cols: values!.length / K }),
);

/** Does `collect` alone: its rows are numbers of blocks, and no loop runs it. */
function blockAlgorithm(
  name: string,
  collect: (block: BlockMessage, message: BlocksMessage, shard: Shard, cancel?: Cancellation) => Tree,
): AnyAlgorithm {
  const unused = (): never => {
    throw new Error(`${name} is no algorithm that a loop runs`);
  };
  return {
    spec: { kind: 'algorithm', name, module: '@mixtention/attention', from: import.meta.url, config: null },
    claims: { objective: 'noisy' },
    init: unused,
    ask: (message) => ({ message }),
    collect: (message: BlocksMessage, shard, cancel) => collect(message.blocks[shard.index]!, message, shard, cancel),
    update: unused,
  };
}

function problemOf(block: BlockMessage, { heads }: BlocksMessage, cancel: Cancellation | undefined) {
  const head = heads[block.head]!;
  const K = head.bias.length;
  const { rows, queries, pairs, places } = block;
  return {
    queries: { data: queries, rows, cols: queries.length / rows },
    scores: scoresOf(head),
    values: head.values === null ? null : valuesOf(head),
    options: {
      ...(pairs && {
        pairBias: (start: number, count: number, out: Float64Array | Float32Array) =>
          out.set(pairs.subarray(start * K, (start + count) * K)),
      }),
      ...(head.positions && { positions: { ...head.positions, queries: places!, keys: head.places! } }),
      ...(cancel && { cancel }),
    },
  };
}

function padded(numbers: ArrayLike<number> | undefined, length: number): Float64Array {
  if (numbers === undefined) return new Float64Array(0);
  if (numbers instanceof Float64Array && numbers.length === length) return numbers;
  const all = new Float64Array(length);
  all.set(numbers);
  return all;
}

export const readBlocks: AnyAlgorithm = blockAlgorithm(
  'attention/read',
  (block, message, { backend }, cancel): BlockReading => {
    const { queries, scores, values, options } = problemOf(block, message, cancel);
    const { responsibilities = false, labels = false } = message.wants;
    const { most } = message;
    const read = sureRead(backend, queries, scores, values, { ...options, responsibilities, labels });
    return {
      output: padded(read.output.data, most.rows * most.values),
      logEvidence: padded(read.logEvidence, most.rows),
      labels: padded(read.labels, most.rows),
      responsibilities: padded(read.responsibilities?.data, most.rows * most.keys),
      exact: Number(read.precision === 'float64'),
    };
  },
);

export const gradientOfBlocks: AnyAlgorithm = blockAlgorithm(
  'attention/gradient',
  (block, message, { backend }, cancel): BlockGradient => {
    const { queries, scores, values, options } = problemOf(block, message, cancel);
    const { most, wants } = message;
    const { rows } = block;
    const K = scores.components;
    const V = values?.cols ?? 0;
    const { output, logEvidence, outputGradient, evidenceGradient } = block.downstream!;
    const downstream = {
      reading: { output: { data: output, rows, cols: V }, logEvidence },
      gradient: {
        ...(outputGradient && { output: { data: outputGradient, rows, cols: V } }),
        ...(evidenceGradient && { logEvidence: evidenceGradient }),
      },
    };
    const pairs = wants.pairs ? new Float64Array(rows * K) : undefined;
    const relative = wants.relative === undefined ? undefined : new Float64Array(wants.relative);
    const addRelative = relative && relativeGradient(relative, placesOf(block, message));
    const gradients = sureBackward(backend, queries, scores, values, downstream, {
      ...options,
      ...((pairs || addRelative) && {
        slopes: (start, count, slopes) => {
          pairs?.set(slopes, start * K);
          addRelative?.(start, count, slopes);
        },
      }),
    });
    return {
      queries: padded(gradients.queries[0]!.data, most.rows * most.width),
      natural: padded(gradients.natural[0], most.keys * most.width),
      bias: padded(gradients.bias, most.keys),
      values: padded(gradients.values.data, most.keys * most.values),
      pairs: padded(pairs, most.rows * most.keys),
      relative: padded(relative, wants.relative ?? 0),
    };
  },
);

function placesOf({ head, places }: BlockMessage, { heads }: BlocksMessage): Places {
  return { queries: places!, keys: heads[head]!.places! };
}

/** What workers do for `attend` and `attendGradient`, by name. */
export const algorithms: AlgorithmTable = {
  [readBlocks.spec.name]: () => readBlocks,
  [gradientOfBlocks.spec.name]: () => gradientOfBlocks,
};
