import type { Backend, DataRows, Matrix, Scores } from '@mixtention/core';
import { float64 } from '@mixtention/core';
import { counted, fail } from '@mixtention/core/base';
import { eachBlock, type Scorer } from './each-block.ts';
import { byReading, isReadOnly, type Sums } from './read-sums.ts';

/** Sums over rows, nats, in user space. */
export type Measured = {
  readonly logLikelihood: number;
  readonly logMaxResponsibility: number;
  readonly weight: number;
};

/**
 * Log-likelihood and classification part of a mixture on data, in one pass that holds no N×K.
 *
 * A row of positive weight that no component can have made counts as −∞.
 */
export function measure(
  x: Matrix,
  scorer: Scorer,
  options: { readonly backend?: Backend | undefined; readonly weights?: ArrayLike<number> | undefined },
): Measured {
  const weights = checkWeights(options.weights, x.rows);
  let logLikelihood = 0;
  let logMaxResponsibility = 0;
  eachBlock(x, scorer, options.backend ?? float64, ({ rows, start, scores, shift }) => {
    const own = weights?.subarray(start, start + rows.rows);
    const measured = isReadOnly(scores) ? byReading(rows, scores, own) : byWriting(rows, scores, own);
    logLikelihood += measured.logEvidence + shift * (own?.reduce((sum, w) => sum + w, 0) ?? rows.rows);
    logMaxResponsibility += measured.logMaxResponsibility;
  });
  return {
    logLikelihood,
    logMaxResponsibility,
    weight: weights === null ? x.rows : weights.reduce((sum, w) => sum + w, 0),
  };
}

function byWriting(rows: DataRows, scores: Scores, weights: Float64Array | undefined): Sums {
  const written = rows.write(scores, weights === undefined ? {} : { rowWeights: weights });
  if (written.orphans === 0) return written;
  const { logEvidence } = rows.read(scores, null);
  const isImpossible = logEvidence.some((l, n) => l === Number.NEGATIVE_INFINITY && weights?.[n] !== 0);
  return isImpossible ? { ...written, logEvidence: Number.NEGATIVE_INFINITY } : written;
}

function checkWeights(weights: ArrayLike<number> | undefined, rows: number): Float64Array | null {
  if (weights === undefined) return null;
  if (weights.length !== rows)
    fail('mixture/evaluate', 'BAD_SHAPE', `${counted(weights.length, 'weight')} came with ${counted(rows, 'row')}`);
  const checked = Float64Array.from(weights);
  const bad = checked.findIndex((w) => !(w >= 0 && w < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    fail(
      'mixture/evaluate',
      'BAD_DATA',
      `the weight of row ${bad} (counted from 0) is ${checked[bad]}, a finite number ≥ 0 was due`,
    );
  if (checked.every((w) => w === 0)) fail('mixture/evaluate', 'BAD_DATA', 'every weight is 0');
  return checked;
}
