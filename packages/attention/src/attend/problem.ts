import { dense, type Matrix, type MatrixLike, matrix, type Scores } from '@mixtention/core';
import { counted, fail, show } from '@mixtention/core/base';
import { identity } from '@mixtention/core/kernel';
import { checkLogitScale } from '../logit-scale.ts';
import { type AttentionPositions, placesOf } from './attention-positions.ts';
import { type LogPrior, logPrior } from './log-prior.ts';
import type { Places } from './relative-bias.ts';
import { type Rotation, readRotary, rotate } from './rotary.ts';
import { checkSink } from './sink.ts';
import type { AttendOptions } from './types.ts';

/** What attention was given, checked, as the kernel takes it. */
export type AttentionProblem = {
  /** `[N, d]`, turned where positions are rotary */
  readonly queries: Matrix;
  /** Scale, T and bias are in them. */
  readonly scores: Scores;
  readonly values: Matrix | null;
  /** What differs between queries, times T */
  readonly perPair: Omit<LogPrior, 'bias'>;
  /** T · scale: what keys are multiplied by */
  readonly factor: number;
  /** T */
  readonly logitScale: number;
  /** Times T; null where there is none */
  readonly sink: number | null;
  readonly places: Places;
  readonly rotation: Rotation | null;
};

/**
 * Reads what attention is given.
 *
 * @param room  where keys times their scale go; all of it is written
 * @throws BAD_SHAPE, NOT_FINITE, BAD_OPTION, each in one sentence
 */
export function attentionProblem(
  where: string,
  q: MatrixLike,
  k: MatrixLike,
  v: MatrixLike | null,
  options: AttendOptions,
  room: (count: number) => Float64Array = newNumbers,
): AttentionProblem {
  const queries = matrix(q, where);
  const keys = matrix(k, where);
  const values = v === null ? null : matrix(v, where);
  checkShapes(where, queries, keys, values);
  const logitScale = checkLogitScale(where, options.logitScale);
  const sink = checkSink(where, options.sink);
  const factor = logitScale * checkScale(where, options.scale, keys.cols);
  const sides = { where, queries: queries.rows, keys: keys.rows };
  const { bias, ...perPair } = logPrior(options, sides, logitScale);
  const places = placesOf(options.positions, sides);
  const rotation = rotationOf(where, options.positions, keys.cols);
  const turned = rotation === null ? keys : rotate(keys, places.keys, rotation, 1);
  return {
    queries: rotation === null ? queries : rotate(queries, places.queries, rotation, 1),
    scores: linearScores(turned, bias, factor, room),
    values,
    perPair,
    factor,
    logitScale,
    sink: sink === null ? null : logitScale * sink,
    places,
    rotation,
  };
}

/** Variances of values, checked; null where nobody asks for a variance of their own. */
export function readValueVariance(where: string, given: MatrixLike | undefined, values: Matrix | null): Matrix | null {
  if (given === undefined) return null;
  if (values === null) return fail(where, 'BAD_OPTION', 'valueVariance came without values');
  const variance = dense(given, where);
  if (variance.rows !== values.rows || variance.cols !== values.cols)
    fail(
      where,
      'BAD_SHAPE',
      `the variances of the values are ${variance.rows} × ${variance.cols}, the values ${values.rows} × ${values.cols}`,
    );
  const bad = variance.data.findIndex((s) => !(s >= 0 && s < Number.POSITIVE_INFINITY));
  if (bad >= 0)
    fail(
      where,
      'BAD_DATA',
      `the variance of value ${Math.floor(bad / values.cols)}, column ${bad % values.cols} (counted from 0) is ${variance.data[bad]}, a finite number of 0 or more was due`,
    );
  return variance;
}

function newNumbers(count: number): Float64Array {
  return new Float64Array(count);
}

function rotationOf(where: string, positions: AttentionPositions | undefined, width: number): Rotation | null {
  const rotary = positions?.rotary;
  if (rotary === undefined || rotary === false) return null;
  return readRotary(where, rotary === true ? {} : rotary, width);
}

function checkShapes(where: string, queries: Matrix, keys: Matrix, values: Matrix | null): void {
  if (queries.cols !== keys.cols) {
    fail(
      where,
      'BAD_SHAPE',
      `the queries have ${counted(queries.cols, 'column')}, the keys have ${keys.cols}; both need the same width`,
    );
  }
  if (values !== null && values.rows !== keys.rows) {
    fail(
      where,
      'BAD_SHAPE',
      `${counted(values.rows, 'value')} came with ${counted(keys.rows, 'key')}; each key needs one`,
    );
  }
}

function checkScale(where: string, scale: number | undefined, width: number): number {
  const value = scale ?? 1 / Math.sqrt(width);
  if (!Number.isFinite(value)) fail(where, 'BAD_OPTION', `scale is ${show(value)}, a finite number was due`);
  return value;
}

/** The scale goes into the keys: K·d products instead of N·K. A key that is switched off is 0, so that its size cannot matter. */
function linearScores(
  { data, rows, cols }: Matrix,
  bias: Float64Array,
  scale: number,
  room: (count: number) => Float64Array,
): Scores {
  const natural = room(rows * cols);
  for (let i = 0; i < natural.length; i++) natural[i] = scale * data[i]!;
  for (let k = 0; k < rows; k++) if (bias[k] === Number.NEGATIVE_INFINITY) natural.fill(0, k * cols, (k + 1) * cols);
  const term = { form: 'linear', statistics: identity.none, columns: null, width: cols, natural } as const;
  return { components: rows, bias, terms: [term] };
}
