import {
  type Backend,
  inFloat64,
  type KernelOptions,
  type Matrix,
  type PairBias,
  type Reading,
  type ReadOptions,
  type Scores,
} from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { MOST_FLOAT32_TERM } from '@mixtention/core/kernel';
import { scoreSizes } from './score-sizes.ts';

/** A backend's −∞ is −1e30: a bias of that size could bring a hidden key back. */
const MOST_BIAS = 1e28;

/**
 * A read of which every row can be believed: queries whose scores may be too large for float32 are read in float64 instead.
 *
 * What can be known before the read are the terms of q·k; the biases that matter are seen after it, in the evidence:
 * a key can only be in the race if |b| is no larger than |L| and its own q·k together.
 *
 * Cost: (N + K)·(d + V), and what float64 takes for the queries that need it.
 */
export function sureRead(
  backend: Backend,
  queries: Matrix,
  scores: Scores,
  values: Matrix | null,
  options: ReadOptions,
): Reading {
  if (backend.precision === 'float64') return readAll(backend, queries, scores, values, options);
  const sizes = scoreSizes(queries, scores);
  if (!sizes.some((size) => size <= MOST_FLOAT32_TERM))
    return readAll(inFloat64(backend), queries, scores, values, options);
  const { pairBias } = options;
  const capped = pairBias && { pairBias: capBias(pairBias, scores.components) };
  const reading = readAll(backend, queries, scores, values, { ...options, ...capped });
  const doubted = doubtedRows(sizes, reading.logEvidence);
  if (doubted.length > 0) readAgain(inFloat64(backend), doubted, queries, scores, values, options, reading);
  return reading;
}

function readAll(
  backend: Backend,
  queries: Matrix,
  scores: Scores,
  values: Matrix | null,
  options: ReadOptions,
): Reading {
  const rows = backend.take({ ...queries, stride: queries.cols });
  try {
    return backend.read([rows], scores, values, options);
  } finally {
    backend.release(rows);
  }
}

/** Rows whose terms may be too large, or are as the evidence shows; NaN counts as large, −∞ is no number that is rounded. */
export function doubtedRows(sizes: Float64Array, logEvidence: Float64Array): Int32Array {
  const doubted: number[] = [];
  for (let n = 0; n < sizes.length; n++) {
    const level = logEvidence[n] === Number.NEGATIVE_INFINITY ? 0 : Math.abs(logEvidence[n]!);
    if (!(sizes[n]! + level <= MOST_FLOAT32_TERM)) doubted.push(n);
  }
  return Int32Array.from(doubted);
}

/** Infinite biases give an evidence that is no number, so their rows are read again. */
export function capBias(pairBias: PairBias, K: number): PairBias {
  return (start, count, out) => {
    pairBias(start, count, out);
    for (let i = 0; i < count * K; i++) if (out[i]! > MOST_BIAS) out[i] = Number.POSITIVE_INFINITY;
  };
}

/** Some rows in float64, written over those of a reading. */
function readAgain(
  exact: Backend,
  rows: Int32Array,
  queries: Matrix,
  scores: Scores,
  values: Matrix | null,
  options: ReadOptions,
  reading: Reading,
): void {
  const own = optionsOf(rows, options, scores.components);
  const part = readAll(exact, takeRows(queries, rows), scores, values, own);
  putRows(part.output, rows, reading.output);
  if (part.responsibilities !== undefined) putRows(part.responsibilities, rows, reading.responsibilities!);
  rows.forEach((n, i) => {
    reading.logEvidence[n] = part.logEvidence[i]!;
    if (part.labels !== undefined) reading.labels![n] = part.labels[i]!;
  });
}

/** Biases of some rows. */
export function optionsOf<Options extends KernelOptions>(rows: Int32Array, options: Options, K: number): Options {
  const { pairBias, positions } = options;
  return {
    ...options,
    ...(pairBias && { pairBias: biasOf(rows, pairBias, K) }),
    ...(positions && { positions: { ...positions, queries: Float64Array.from(rows, (n) => positions.queries[n]!) } }),
  };
}

function biasOf(rows: Int32Array, pairBias: PairBias, K: number): PairBias {
  return (start, count, out) => {
    for (let i = 0; i < count; i++) pairBias(rows[start + i]!, 1, out.subarray(i * K, (i + 1) * K));
  };
}

function putRows(from: Matrix, rows: Int32Array, to: Matrix): void {
  rows.forEach((n, i) => {
    to.data.set(from.data.subarray(i * from.cols, (i + 1) * from.cols), n * to.cols);
  });
}
