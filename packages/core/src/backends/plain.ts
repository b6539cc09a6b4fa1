import { fail } from '../base/errors.ts';
import type {
  Backend,
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
import { checkScores, sumsWidth } from '../kernel/check.ts';
import { scoreTile } from '../kernel/score-tile.ts';
import { hardenTile, softmaxTile } from '../kernel/softmax-tile.ts';
import { mirror, sumLinear, sumOuter } from '../kernel/sum-tile.ts';

/** A tile of scores stays within the second-level cache: 32,768 float64 are 256 KB. */
const TILE_SCORES = 32_768;

/**
 * The kernel on float64 typed arrays: the oracle of the tfjs backends, the fastest path for small problems, and the one that always works.
 *
 * @example
 * const params = { width: 2, probabilities: Float64Array.of(0.9, 0.9, 0.1, 0.1) };
 * const scores = bernoulli.scores(params, Float64Array.of(Math.log(0.5), Math.log(0.5)));
 * const rows = plain.take({ data: Float64Array.of(1, 1, 1, 0, 0, 0), rows: 3, cols: 2, stride: 2 });
 * const { counts } = plain.write(rows, scores); // [1.5, 1.5]
 */
export const plain: Backend = {
  name: 'plain',
  precision: 'float64',
  tf: null,
  take: (block) => block,
  release: () => {},

  write(rows: Rows, scores: Scores, options: WriteOptions = {}): Written {
    checkScores('core/write', rows, scores);
    const { components: K, width } = scores;
    const sums = new Float64Array(K * sumsWidth(scores));
    const counts = new Float64Array(K);
    const total = { logEvidence: 0, logMaxResponsibility: 0, weight: 0, orphans: 0 };
    const sum = scores.form === 'linear' ? sumLinear : sumOuter;
    eachTile(rows as RowBlock, scores, options, (tile) => {
      addEvidence(tile, K, options, total);
      if (options.hard) hardenTile(tile.R, tile.count, K, tile.best);
      weigh(tile, K, options.rowWeights, counts);
      sum(rows as RowBlock, tile.start, tile.count, tile.R, K, width, sums);
    });
    if (scores.form === 'whitened') mirror(sums, K, width);
    return { counts, sums, ...total };
  },

  read(rows: Rows, scores: Scores, values: Matrix | null, options: ReadOptions = {}): Reading {
    checkScores('core/read', rows, scores);
    const { components: K } = scores;
    if (values !== null && values.rows !== K)
      fail('core/read', 'BAD_SHAPE', `${values.rows} values came with ${K} components`);
    const V = values?.cols ?? 0;
    const output = new Float64Array(rows.rows * V);
    const logEvidence = new Float64Array(rows.rows);
    const labels = options.labels ? new Int32Array(rows.rows) : undefined;
    const all = options.responsibilities ? new Float64Array(rows.rows * K) : undefined;
    eachTile(rows as RowBlock, scores, options, ({ start, count, R, evidence, best }) => {
      logEvidence.set(evidence.subarray(0, count), start);
      labels?.set(best.subarray(0, count), start);
      all?.set(R.subarray(0, count * K), start * K);
      if (values !== null) mix(R, count, K, values, output.subarray(start * V));
    });
    return {
      output: { data: output, rows: rows.rows, cols: V },
      logEvidence,
      ...(labels && { labels }),
      ...(all && { responsibilities: { data: all, rows: rows.rows, cols: K } }),
    };
  },
};

type Tile = { start: number; count: number; R: Float64Array; evidence: Float64Array; best: Int32Array };

function eachTile(block: RowBlock, scores: Scores, options: KernelOptions, visit: (tile: Tile) => void): void {
  const K = scores.components;
  const size = Math.max(1, Math.min(block.rows, Math.floor(TILE_SCORES / K)));
  const tile = {
    start: 0,
    count: 0,
    R: new Float64Array(size * K),
    evidence: new Float64Array(size),
    best: new Int32Array(size),
  };
  const bias = options.pairBias === undefined ? null : new Float64Array(size * K);
  for (let start = 0; start < block.rows; start += size) {
    if (options.cancel?.aborted) fail('core/kernel', 'ABORTED', 'the run was cancelled');
    const count = Math.min(size, block.rows - start);
    scoreTile(block, start, count, scores, tile.R);
    if (bias !== null) {
      options.pairBias!(start, count, bias.subarray(0, count * K));
      for (let i = 0; i < count * K; i++) tile.R[i]! += bias[i]!;
    }
    softmaxTile(tile.R, count, K, tile.evidence, tile.best);
    visit(Object.assign(tile, { start, count }));
  }
}

function addEvidence(
  tile: Tile,
  K: number,
  options: WriteOptions,
  total: { logEvidence: number; logMaxResponsibility: number; weight: number; orphans: number },
): void {
  for (let n = 0; n < tile.count; n++) {
    const w = options.rowWeights?.[tile.start + n] ?? 1;
    const best = tile.best[n]!;
    if (w === 0) continue;
    if (best < 0) {
      total.orphans++;
      continue;
    }
    const logMax = Math.log(tile.R[n * K + best]!);
    total.weight += w;
    total.logMaxResponsibility += w * logMax;
    total.logEvidence += w * (options.hard ? tile.evidence[n]! + logMax : tile.evidence[n]!);
  }
}

function weigh({ start, count, R }: Tile, K: number, rowWeights: Float64Array | undefined, counts: Float64Array): void {
  for (let n = 0; n < count; n++) {
    const w = rowWeights === undefined ? 1 : rowWeights[start + n]!;
    for (let k = 0; k < K; k++) counts[k]! += R[n * K + k]! *= w;
  }
}

function mix(R: Float64Array, count: number, K: number, values: Matrix, output: Float64Array): void {
  const V = values.cols;
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < K; k++) {
      const r = R[n * K + k]!;
      if (r === 0) continue;
      for (let v = 0; v < V; v++) output[n * V + v]! += r * values.data[k * V + v]!;
    }
  }
}
