import { counted } from '../base/counted.ts';
import { fail } from '../base/errors.ts';
import type {
  Accumulated,
  Backend,
  Gradients,
  KernelOptions,
  Matrix,
  Reading,
  ReadOptions,
  RowBlock,
  Rows,
  Scores,
  WriteOptions,
  Written,
} from '../contracts/index.ts';
import { backwardTile, checkBackward, emptyGradients } from '../kernel/backward-tile.ts';
import { checkAccumulation, checkScores, checkWritable } from '../kernel/check.ts';
import { emptyReading } from '../kernel/empty-reading.ts';
import { addPositions, checkPositions } from '../kernel/position-bias.ts';
import { scoreTile } from '../kernel/score-tile.ts';
import { BLOCK, hardenTile, type SoftmaxTile, softmaxTile } from '../kernel/softmax-tile.ts';
import { sumsLength } from '../kernel/statistics.ts';
import { sumTile } from '../kernel/sum-tile.ts';
import { plainAccumulate } from './plain-accumulate.ts';

/** A tile of scores stays within the second-level cache: 32,768 float64 are 256 KB. */
const TILE_SCORES = 32_768;

/**
 * The kernel on float64 typed arrays: the oracle of the tfjs backends, the fastest path for small problems, and the one that always works.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const rows = plain.take({ data: Float64Array.of(1, 1, 1, 0, 0, 0), rows: 3, cols: 2, stride: 2 });
 * const { counts } = plain.write([rows], scores); // [1.5, 1.5]
 */
export const plain: Backend = {
  name: 'plain',
  precision: 'float64',
  tf: null,
  take: (block) => block,
  release: () => {},

  write(rows: readonly Rows[], scores: Scores, options: WriteOptions = {}): Written {
    checkScores('core/write', rows, scores);
    checkWritable('core/write', scores);
    const blocks = rows as readonly RowBlock[];
    const { components: K, terms } = scores;
    const sums = terms.map(({ statistics, width }) => new Float64Array(sumsLength(statistics.squares, width, K)));
    const counts = new Float64Array(K);
    const total: Total = { logEvidence: 0, logMaxResponsibility: 0, entropy: 0, weight: 0, orphans: 0 };
    eachTile(blocks, scores, options, (tile) => {
      addEvidence(tile, K, options, total);
      if (options.hard) hardenTile(tile, K);
      weigh(tile, K, options.rowWeights, counts);
      for (let t = 0; t < terms.length; t++) sumTile(blocks[t]!, terms[t]!.statistics.squares, tile, K, sums[t]!);
    });
    const { entropy, ...rest } = total;
    return { counts, sums, ...rest, ...(options.entropy && { entropy }), precision: 'float64' };
  },

  read(rows: readonly Rows[], scores: Scores, values: Matrix | null, options: ReadOptions = {}): Reading {
    checkScores('core/read', rows, scores);
    const { components: K } = scores;
    if (values !== null && values.rows !== K)
      fail('core/read', 'BAD_SHAPE', `${counted(values.rows, 'value')} came with ${counted(K, 'component')}`);
    const result = emptyReading(rows[0]!.rows, K, values?.cols ?? 0, options, 'float64');
    const { output, logEvidence, labels, responsibilities } = result;
    eachTile(rows as readonly RowBlock[], scores, options, ({ start, count, R, evidence, best }) => {
      logEvidence.set(evidence.subarray(0, count), start);
      labels?.set(best.subarray(0, count), start);
      responsibilities?.data.set(R.subarray(0, count * K), start * K);
      if (values !== null) mix(R, count, K, values, output.data.subarray(start * values.cols));
    });
    return result;
  },

  backward(rows, scores, values, downstream, options = {}): Gradients {
    checkScores('core/backward', rows, scores);
    checkBackward('core/backward', rows, scores, values, downstream);
    const blocks = rows as readonly RowBlock[];
    const gradients = emptyGradients(rows, scores, values, 'float64');
    eachTile(blocks, scores, options, (tile) => {
      const { start, count } = tile;
      const slopes = options.slopes === undefined ? null : new Float64Array(count * scores.components);
      backwardTile(blocks, tile, scores, values, downstream, gradients, slopes);
      if (slopes !== null) options.slopes!(start, count, slopes);
    });
    return gradients;
  },

  score(rows, scores, visit, options = {}): void {
    checkScores('core/score', rows, scores);
    const K = scores.components;
    eachScores(rows as readonly RowBlock[], scores, options, ({ start, count, R }) =>
      visit(start, count, R.subarray(0, count * K)),
    );
  },

  accumulate(rows, into, fill, options = {}): Accumulated {
    checkAccumulation('core/accumulate', rows, into);
    return plainAccumulate(rows as readonly RowBlock[], into, fill, options, tileRows(into.components));
  },
};

/** Rows of a tile of K scores each. */
function tileRows(components: number): number {
  return Math.max(1, Math.floor(TILE_SCORES / components));
}

type Tile = SoftmaxTile & { readonly start: number };
type Total = { -readonly [name in Exclude<keyof Written, 'counts' | 'sums' | 'precision'>]-?: number };

function eachTile(
  blocks: readonly RowBlock[],
  scores: Scores,
  options: KernelOptions & Pick<WriteOptions, 'entropy'>,
  visit: (tile: Tile) => void,
): void {
  eachScores(blocks, scores, options, (tile) => {
    softmaxTile(tile, scores.components);
    visit(tile);
  });
}

/** Tiles whose `R` holds scores. */
function eachScores(
  blocks: readonly RowBlock[],
  scores: Scores,
  options: KernelOptions & Pick<WriteOptions, 'entropy'>,
  visit: (tile: Tile) => void,
): void {
  const K = scores.components;
  const { rows } = blocks[0]!;
  checkPositions('core/kernel', options.positions, rows, K);
  const size = Math.max(1, Math.min(rows, tileRows(K)));
  const tile = {
    start: 0,
    count: 0,
    R: new Float64Array(size * K),
    evidence: new Float64Array(size),
    best: new Int32Array(size),
    entropy: options.entropy ? new Float64Array(size) : null,
  };
  const bias = options.pairBias === undefined ? null : new Float64Array(size * K);
  for (let start = 0; start < rows; start += size) {
    if (options.cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
    const count = Math.min(size, rows - start);
    scoreTile(blocks, start, count, scores, tile.R);
    if (bias !== null) {
      options.pairBias!(start, count, bias.subarray(0, count * K));
      for (let i = 0; i < count * K; i++) tile.R[i]! += bias[i]!;
    }
    if (options.positions !== undefined) addPositions(options.positions, start, count, tile.R);
    Object.assign(tile, { start, count });
    visit(tile);
  }
}

function addEvidence(tile: Tile, K: number, options: WriteOptions, total: Total): void {
  for (let n = 0; n < tile.count; n++) {
    const w = options.rowWeights?.[tile.start + n] ?? 1;
    const best = tile.best[n]!;
    if (w === 0) continue;
    if (tile.evidence[n] === Number.NEGATIVE_INFINITY) {
      total.orphans++;
      continue;
    }
    const logMax = best < 0 ? Number.NaN : Math.log(tile.R[n * K + best]!);
    total.weight += w;
    total.logMaxResponsibility += w * logMax;
    total.logEvidence += w * (options.hard ? tile.evidence[n]! + logMax : tile.evidence[n]!);
    if (tile.entropy !== null && !options.hard) total.entropy += w * tile.entropy[n]!;
  }
}

function weigh({ start, count, R }: Tile, K: number, rowWeights: Float64Array | undefined, counts: Float64Array): void {
  for (let n = 0; n < count; n++) {
    const w = rowWeights === undefined ? 1 : rowWeights[start + n]!;
    if (w === 0) R.fill(0, n * K, (n + 1) * K);
    else for (let k = 0; k < K; k++) counts[k]! += R[n * K + k]! *= w;
  }
}

/** Products with values go on block by block of keys, as the sums of the softmax do. */
function mix(R: Float64Array, count: number, K: number, values: Matrix, output: Matrix['data']): void {
  const V = values.cols;
  const part = new Float64Array(V);
  for (let n = 0; n < count; n++) {
    for (let start = 0; start < K; start += BLOCK) {
      const end = Math.min(K, start + BLOCK);
      part.fill(0);
      for (let k = start; k < end; k++) {
        const r = R[n * K + k]!;
        if (r === 0) continue;
        for (let v = 0; v < V; v++) part[v]! += r * values.data[k * V + v]!;
      }
      for (let v = 0; v < V; v++) output[n * V + v]! += part[v]!;
    }
  }
}
