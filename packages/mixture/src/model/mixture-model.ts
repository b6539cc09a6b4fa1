import type { Backend, Density, Matrix, Reading, ReadOptions, Scores, Transform, Tree } from '@mixtention/core';
import { float64, type MatrixLike, matrix } from '@mixtention/core';
import { alignColumns, checkColumns, checkOptions, counted, fail } from '@mixtention/core/base';
import { makeNumbers } from '@mixtention/core/data';
import type { Tables } from '@mixtention/core/loop';
import { generator, key, sampleCategorical, split } from '@mixtention/core/numeric';
import { families } from '../families/index.ts';
import { scoresToRead } from '../families/scores-to-read.ts';
import { criteria } from './criteria.ts';
import { deriveTransform } from './derive-transform.ts';
import { eachBlock, type Scorer } from './each-block.ts';
import { measure } from './measure.ts';
import type { MixtureParts } from './mixture-parts.ts';
import { decodeModel, encodeModel } from './model-file.ts';

export type UseOptions = {
  /** Where the kernel runs (default `float64`). */
  readonly backend?: Backend | undefined;
};

export type EvaluateOptions = UseOptions & {
  /** w `[N]`, ≥ 0: 0 is a row removed, an integer a row repeated. */
  readonly weights?: ArrayLike<number> | undefined;
};

/** What one pass over data tells of a mixture. Totals in nats, in user space; smaller criteria are better. */
export type MixtureEvaluation = {
  readonly logLikelihood: number;
  /** Free parameters, weights included. */
  readonly parameters: number;
  readonly bic: number;
  readonly aic: number;
  readonly icl: number;
  /** Σ w: the n of the criteria */
  readonly weight: number;
  readonly rows: number;
};

/**
 * A mixture, ready for use: who made a row, how likely it is, new rows, and a file.
 *
 *     p(x) = Σ_k π_k p(x | k)      r_nk = π_k p(x_n | k) / p(x_n)
 *
 * Parameters are in user space; rows are scored in the space of the fit (centred and scaled in float64), block by block, so large data are
 * neither copied whole nor hurt by large offsets. Where both the model and the rows have names of columns, columns are taken by name, whatever
 * their order. It never changes; `order` and `fromJSON` make new ones.
 *
 * @example
 * const params = { width: 2, means: Float64Array.of(4.3, 80, 2, 54.5), variances: Float64Array.of(0.2, 36, 0.1, 34) };
 * const logWeights = Float64Array.of(Math.log(0.64), Math.log(0.36));
 * const model = new MixtureModel({ family: gaussianDiagonal, logWeights, params });
 * model.predict([[3.6, 79], [1.8, 54]]); // [0, 1]: components, counted from 0
 */
export class MixtureModel {
  /** What components are of: a family, or the posterior predictive of one. */
  readonly family: Density;
  /** K */
  readonly components: number;
  /** D */
  readonly width: number;
  /** π, `[K]` */
  readonly weights: Float64Array;
  readonly logWeights: Float64Array;
  /** In user space. */
  readonly params: Tree;
  /** From user space to the space in which rows are scored. */
  readonly transform: Transform;
  /** Means `[K, D]`, in user space; for `bernoulli` the probabilities. */
  readonly means: Matrix;
  /** Names of the columns `[D]`; null where they are not known. */
  readonly columns: readonly string[] | null;
  #own: Scorer | null = null;

  constructor({ family, logWeights, params, transform, columns }: MixtureParts) {
    this.family = family;
    this.components = logWeights.length;
    this.logWeights = logWeights;
    this.weights = logWeights.map(Math.exp);
    this.params = params;
    this.means = family.describe(params).means;
    this.width = this.means.cols;
    if (this.means.rows !== this.components) {
      fail(
        'mixture/MixtureModel',
        'BAD_SHAPE',
        `${counted(logWeights.length, 'weight')} came with parameters of ${counted(this.means.rows, 'component')}`,
      );
    }
    this.transform = transform ?? deriveTransform(family, params, this.weights);
    this.columns = columns ? checkColumns(columns, this.width, 'mixture/MixtureModel') : null;
  }

  /** Covariances, K matrices `[D, D]` in user space, or null where the family has none. */
  get covariances(): readonly Matrix[] | null {
    return this.family.describe(this.params).covariances;
  }

  /** Free parameters, the K − 1 of the weights included. */
  get parameters(): number {
    return this.components - 1 + this.family.freeParameters(this.components, this.width);
  }

  /**
   * The most probable component of every row, `[N]`, counted from 0; −1 for a row that no component can have made.
   *
   * @param x  `[N, D]`
   * @throws BAD_SHAPE for another width, NOT_FINITE for NaN or infinite cells, BAD_DATA for a column of the model that rows with names do not
   * have, and for cells outside the family's support
   */
  predict(x: MatrixLike, options: UseOptions = {}): Int32Array {
    const rows = this.#check(x, options, 'predict');
    const labels = new Int32Array(rows.rows);
    this.#read(rows, options, { labels: true }, (reading, start) => labels.set(reading.labels!, start));
    return labels;
  }

  /** Responsibilities r `[N, K]`; rows sum to 1, or to 0 where no component can have made the row. TOO_LARGE where memory cannot hold them. */
  responsibilities(x: MatrixLike, options: UseOptions = {}): Matrix {
    const rows = this.#check(x, options, 'responsibilities');
    const what = `responsibilities of ${counted(rows.rows, 'row')} and ${counted(this.components, 'component')}`;
    const data = makeNumbers(rows.rows * this.components, 'mixture/responsibilities', what);
    this.#read(rows, options, { responsibilities: true }, (reading, start) =>
      data.set(reading.responsibilities!.data, start * this.components),
    );
    return { data, rows: rows.rows, cols: this.components };
  }

  /** log p(x) of every row, `[N]`, nats, in user space. */
  logDensity(x: MatrixLike, options: UseOptions = {}): Float64Array {
    return this.#logDensity(this.#check(x, options, 'logDensity'), options);
  }

  /** Mean of log p(x) over rows, nats. */
  score(x: MatrixLike, options: UseOptions = {}): number {
    const all = this.#logDensity(this.#check(x, options, 'score'), options);
    return all.reduce((sum, l) => sum + l, 0) / all.length;
  }

  /**
   * Log-likelihood and information criteria in one pass.
   *
   *     bic = p·log n − 2ℓ      aic = 2p − 2ℓ      icl = bic − 2 Σ w log maxₖ r_nk      n = Σ w
   */
  evaluate(x: MatrixLike, options: EvaluateOptions = {}): MixtureEvaluation {
    const rows = this.#check(x, options, 'evaluate', ['backend', 'weights']);
    const { logLikelihood, logMaxResponsibility, weight } = measure(rows, this.#scorer(), options);
    return {
      logLikelihood,
      ...criteria(this.parameters, weight, logLikelihood, logMaxResponsibility),
      weight,
      rows: rows.rows,
    };
  }

  /** Schwarz's criterion, `parameters·log N − 2ℓ`; smaller is better. */
  bic(x: MatrixLike, options: EvaluateOptions = {}): number {
    return this.evaluate(x, options).bic;
  }

  /** Akaike's criterion, `2·parameters − 2ℓ`; smaller is better. */
  aic(x: MatrixLike, options: EvaluateOptions = {}): number {
    return this.evaluate(x, options).aic;
  }

  /** Integrated classification likelihood, `bic − 2 Σ log maxₖ r_nk`; smaller is better. */
  icl(x: MatrixLike, options: EvaluateOptions = {}): number {
    return this.evaluate(x, options).icl;
  }

  /**
   * New rows from the mixture, in user space.
   *
   * @param n     how many
   * @param seed  a whole number; the same seed gives the same rows
   * @returns rows `[n, D]` and the component that made each
   * @throws BAD_OPTION for an n that counts nothing, TOO_LARGE with what the rows need and what is left
   */
  sample(n: number, seed = 0): { readonly x: Matrix; readonly labels: Int32Array } {
    if (!Number.isSafeInteger(n) || n < 0)
      fail('mixture/sample', 'BAD_OPTION', `n is ${String(n)}, a whole number from 0 was due`);
    const random = generator(split(key(seed), 'sample'));
    const data = makeNumbers(
      n * this.width,
      'mixture/sample',
      `${counted(n, 'row')} of ${counted(this.width, 'column')}`,
    );
    const labels = Int32Array.from({ length: n }, () => sampleCategorical(random, this.weights));
    for (let row = 0; row < n; row++) data.set(this.family.sample(this.params, labels[row]!, random), row * this.width);
    return { x: { data, rows: n, cols: this.width, ...(this.columns && { columns: this.columns }) }, labels };
  }

  /** The same mixture with components in decreasing order of weight; equal weights keep their order. */
  order(): MixtureModel {
    const order = Array.from(this.weights.keys()).sort((a, b) => this.weights[b]! - this.weights[a]! || a - b);
    const logWeights = Float64Array.from(order, (old) => this.logWeights[old]!);
    return new MixtureModel({ ...this.#parts(), logWeights, params: this.family.select(this.params, order) as Tree });
  }

  /** A plain object for `JSON.stringify`, exact to the last bit; `fromJSON` reads it. */
  toJSON(): object {
    return encodeModel({ ...this.#parts(), components: this.components, width: this.width });
  }

  /**
   * The model that `toJSON` wrote.
   *
   * @param value  the object, or its text
   * @param tables  where names are looked up; a file of a family of your own is read with `{ families: { ...families, mine } }`
   * @throws BAD_MODEL for anything that is not a sound model, UNKNOWN_NAME for an unknown family
   */
  static fromJSON(value: unknown, tables: Tables = { families }): MixtureModel {
    return new MixtureModel(decodeModel(value, tables));
  }

  toString(): string {
    const weights = Array.from(this.weights.subarray(0, 6), (w) => w.toFixed(3)).join(', ');
    const more = this.components > 6 ? ', …' : '';
    return `mixture of ${this.components} × ${this.family.spec.name} over ${counted(this.width, 'column')}, weights ${weights}${more}`;
  }

  #check(x: MatrixLike, options: object, name: string, known: readonly string[] = ['backend']): Matrix {
    const where = `mixture/${name}`;
    checkOptions(where, options, known);
    const rows = alignColumns(matrix(x, where), this.columns, { width: this.width, where });
    this.family.checkSupport(rows);
    return rows;
  }

  #parts(): Required<MixtureParts> {
    const { family, logWeights, params, transform, columns } = this;
    return { family, logWeights, params, transform, columns };
  }

  #scorer(): Scorer {
    const { family, params, transform, logWeights } = this;
    if (this.#own !== null) return this.#own;
    const scaled = family.rescale(params, transform) as Tree;
    const farScores = (): Scores => scoresToRead(family, scaled, logWeights, true);
    return (this.#own = { family, transform, scores: scoresToRead(family, scaled, logWeights), farScores });
  }

  #logDensity(x: Matrix, options: UseOptions): Float64Array {
    const all = new Float64Array(x.rows);
    this.#read(x, options, {}, ({ logEvidence }, start, shift) =>
      all.set(
        logEvidence.map((l) => l + shift),
        start,
      ),
    );
    return all;
  }

  #read(
    x: Matrix,
    { backend = float64 }: UseOptions,
    wanted: ReadOptions,
    keep: (reading: Reading, start: number, shift: number) => void,
  ): void {
    eachBlock(x, this.#scorer(), backend, ({ rows, scores, start, shift }) =>
      keep(rows.read(scores, null, wanted), start, shift),
    );
  }
}
