import type {
  Algorithm,
  Collected,
  LinearTerm,
  Precision,
  Scores,
  Shard,
  Statistics,
  StepInfo,
  Updated,
} from '@mixtention/core';
import { memoize } from '@mixtention/core/base';
import { generator, split } from '@mixtention/core/numeric';
import { initialCenters, type Start } from '@mixtention/mixture/starts';
import { emSpec } from '../em-spec.ts';

export type KMeansConfig = { readonly components: number; readonly start: Start };
/** `width` is D; `centers` m `[K, D]` */
export type KMeansState = { readonly width: number; readonly centers: Float64Array };
export type KMeansStats = {
  /** `[K]` */
  readonly counts: Float64Array;
  /** `[K, D]` */
  readonly sums: Float64Array;
  /** −½ Σ wₙ minₖ ‖xₙ − m_k‖² */
  readonly logEvidence: number;
  /** What the pass was computed in. */
  readonly precision: Precision;
};
export type KMeansInfo = StepInfo & {
  /** J = Σ wₙ minₖ ‖xₙ − m_k‖² */
  readonly inertia: number;
  /** Weight of the rows of each component, `[K]` */
  readonly counts: Float64Array;
};

/** Beyond this ratio of Σ‖x‖² to J float32, in which J is off by 1e-7 of Σ‖x‖², is too coarse for distances. */
const MOST_CANCELLED = 1e4;
/** Beyond this one J of float64, off by 1e-16 of Σ‖x‖², is summed of differences instead: they keep ten digits of it and more. */
const MOST_CANCELLED_EXACT = 1e6;

/** −½‖x − m‖² = x·m − ½‖m‖² − ½‖x‖², the last being the base measure. */
const squares: Statistics = {
  key: 'squared distance',
  squares: 'none',
  width: (columns) => columns,
  statistics: (x) => x,
  logBaseMeasure({ data, rows, cols }) {
    const half = new Float64Array(rows);
    for (let n = 0, i = 0; n < rows; n++) for (let d = 0; d < cols; d++, i++) half[n]! -= 0.5 * data[i]! ** 2;
    return half;
  },
};

/**
 * Lloyd's algorithm: rows to their nearest centre, centres to the mean of their rows.
 *
 *     z_n = argmin_k ‖x_n − m_k‖²      m_k = Σ_{z_n = k} w_n x_n / Σ_{z_n = k} w_n      J = Σ w_n ‖x_n − m_{z_n}‖²
 *
 * It is hard EM of spherical Gaussians of equal weight and one fixed variance. The objective is −J; it never falls, and the algorithm
 * declares itself converged (or degenerate) when the centres repeat, which they do when the labels do. A centre that owns no row stays where it is and is
 * listed in `info.degenerate`. A pass in float32 in which J is small beside the squares that it is a
 * difference of is not believed; one in float64 sums differences where J is smaller still.
 *
 * @param config  plain data, so that workers can rebuild the algorithm
 * @returns init, collect and update over states of centres
 *
 * Cost: N·K·D multiply–adds a step.
 * Source: Lloyd (1982), IEEE Transactions on Information Theory 28, 129–137.
 *
 * @example
 * const algorithm = kMeansSteps({ components: 8, start: 'k-means++' });
 * algorithm.spec.name; // 'em/k-means'
 */
export function kMeansSteps(config: KMeansConfig): Algorithm<KMeansState, KMeansState, KMeansStats, KMeansInfo> {
  const scoresOf = memoize(squaredDistanceScores);
  return {
    spec: emSpec('em/k-means', config),
    claims: { objective: 'monotone' },
    init(key, sample) {
      const { data } = initialCenters(config, sample, generator(split(key, 'start')));
      return { width: sample.cols, centers: Float64Array.from(data) };
    },
    ask: (message) => ({ message }),
    collect(centers, shard, cancel) {
      const options = { hard: true, ...(cancel && { cancel }) };
      const { counts, sums, logEvidence, precision } = shard.write(scoresOf(centers), options);
      const stats = { counts, sums: sums[0]!, logEvidence, precision };
      const isCancelled =
        precision === 'float64' && squaresOf(centers, stats) > -2 * MOST_CANCELLED_EXACT * logEvidence;
      return isCancelled ? { ...stats, logEvidence: -0.5 * inertiaOf(centers, shard) } : stats;
    },
    update,
  };
}

/** Scores of squared distances: their best component is the nearest centre. */
export function squaredDistanceScores({ width, centers }: KMeansState): Scores {
  const bias = new Float64Array(centers.length / width);
  for (let i = 0; i < centers.length; i++) bias[Math.floor(i / width)]! -= 0.5 * centers[i]! ** 2;
  const term: LinearTerm = { form: 'linear', statistics: squares, columns: null, width, natural: centers };
  return { components: bias.length, bias, terms: [term] };
}

/** Σ w‖x‖² = J + 2 Σ m_k·s_k − Σ N_k ‖m_k‖². */
function squaresOf({ width, centers }: KMeansState, { counts, sums, logEvidence }: KMeansStats): number {
  return centers.reduce(
    (total, m, i) => total + m * (2 * sums[i]! - counts[Math.floor(i / width)]! * m),
    -2 * logEvidence,
  );
}

/** J of the rows of a shard, difference by difference. */
function inertiaOf({ width, centers }: KMeansState, shard: Shard): number {
  const { data, rows } = shard.matrix('float64');
  let total = 0;
  for (let n = 0; n < rows; n++) {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < centers.length; at += width) {
      let square = 0;
      for (let d = 0; d < width && square < least; d++) square += (data[n * width + d]! - centers[at + d]!) ** 2;
      if (square < least) least = square;
    }
    total += (shard.weights?.[n] ?? 1) * least;
  }
  return total;
}

function update({ width, centers }: KMeansState, { sum }: Collected<KMeansStats>): Updated<KMeansState, KMeansInfo> {
  const { counts, sums, logEvidence, precision } = sum!;
  const own = (i: number): number => counts[Math.floor(i / width)]!;
  const moved = centers.map((m, i) => (own(i) > 0 ? sums[i]! / own(i) : m));
  // Distances are differences of squares, whose rounding J inherits: all of Σ‖x‖², which is J + Σ N_k ‖m_k‖² about the new centres.
  const magnitude = moved.reduce((sum, m, i) => sum + own(i) * m ** 2, -2 * logEvidence);
  const degenerate = Array.from(counts.keys()).filter((k) => !(counts[k]! > 0));
  const info = {
    objective: 2 * logEvidence,
    logLikelihood: Number.NaN,
    inertia: Math.max(0, -2 * logEvidence),
    magnitude,
    precision,
    counts,
    degenerate,
  };
  const isSettled = moved.every((m, i) => m === centers[i]);
  const status = degenerate.length > 0 ? 'degenerate' : 'converged';
  return {
    state: { width, centers: moved },
    info: isSettled ? { ...info, status, ...(status === 'converged' && { because: 'the centres repeat' }) } : info,
    believed: precision === 'float64' || magnitude <= -2 * MOST_CANCELLED * logEvidence,
  };
}
