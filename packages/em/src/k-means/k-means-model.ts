import { float64, type Matrix, type MatrixLike, matrix } from '@mixtention/core';
import { alignColumns, rowsOf } from '@mixtention/core/base';
import { squaredDistanceScores } from './k-means.ts';

/** Rows whose centred copies are held at once. */
const CHUNK_ROWS = 16_384;

/**
 * Centres that rows can be assigned to.
 *
 * @example
 * const { model } = await kMeans([[0], [1], [10], [11]], { components: 2 });
 * const [label] = model.predict([[9]]);
 * model.centers.data[label]; // 10.5
 */
export class KMeansModel {
  /** `[K, D]`, user space; with the names of columns, where the rows of the fit had them */
  readonly centers: Matrix;

  constructor(centers: Matrix) {
    this.centers = centers;
  }

  /**
   * Index of the nearest centre of every row.
   *
   * @param input  `[N, D]`
   * @returns `[N]`
   * @throws BAD_SHAPE for data of another width; BAD_DATA for a column of the centres that rows with names do not have
   *
   * Cost: N·K·D multiply–adds in this thread.
   */
  predict(input: MatrixLike): Int32Array {
    const { cols: width, columns = null } = this.centers;
    const x = alignColumns(matrix(input, 'em/predict'), columns, { width, where: 'em/predict' });
    const origin = middle(this.centers);
    const centers = shift(this.centers, origin);
    const scores = squaredDistanceScores({ width: x.cols, centers: centers.data });
    const labels = new Int32Array(x.rows);
    for (let start = 0; start < x.rows; start += CHUNK_ROWS) {
      const part = shift(rowsOf(x, start, Math.min(x.rows, start + CHUNK_ROWS)), origin);
      const rows = float64.take({ ...part, stride: part.cols });
      labels.set(float64.read([rows], scores, null, { labels: true }).labels!, start);
    }
    return labels;
  }
}

/** Mean of the centres: distances keep their digits about it. */
function middle({ data, rows, cols }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) mean[i % cols]! += data[i]! / rows;
  return mean;
}

function shift({ data, rows, cols }: Matrix, origin: Float64Array): Matrix & { readonly data: Float64Array } {
  return { data: Float64Array.from(data, (value, i) => value - origin[i % cols]!), rows, cols };
}
