import {
  type Backend,
  type BackwardOptions,
  type Downstream,
  type Gradients,
  inFloat64,
  type Matrix,
  type Scores,
  type ScoreVisit,
} from '@mixtention/core';
import { takeRows } from '@mixtention/core/base';
import { scoreSizes } from './score-sizes.ts';
import { capBias, doubtedRows, optionsOf } from './sure-read.ts';

/**
 * Gradients of which every number can be believed: queries that `sureRead` reads in float64 go there too.
 *
 * Cost: (N + K)·(d + V) beside that of `backward`, and what float64 takes for the queries that need it.
 */
export function sureBackward(
  backend: Backend,
  queries: Matrix,
  scores: Scores,
  values: Matrix | null,
  downstream: Downstream,
  options: BackwardOptions,
): Gradients {
  const all = (on: Backend, capped: BackwardOptions): Gradients =>
    gradientsOf(on, queries, scores, values, downstream, capped);
  if (backend.precision === 'float64') return all(backend, options);
  const doubted = doubtedRows(scoreSizes(queries, scores), downstream.reading.logEvidence);
  if (doubted.length === queries.rows) return all(inFloat64(backend), options);
  const { pairBias } = options;
  const capped = { ...options, ...(pairBias && { pairBias: capBias(pairBias, scores.components) }) };
  if (doubted.length === 0) return all(backend, capped);
  const isDoubted = new Set(doubted);
  const others = Int32Array.from({ length: queries.rows }, (_, n) => n).filter((n) => !isDoubted.has(n));
  const part = (on: Backend, rows: Int32Array, own: BackwardOptions): Gradients =>
    gradientsOf(on, takeRows(queries, rows), scores, values, downstreamOf(downstream, rows), {
      ...optionsOf(rows, own, scores.components),
      ...(own.slopes && { slopes: slopesOf(rows, own.slopes, scores.components) }),
    });
  return joined(
    part(backend, others, capped),
    others,
    part(inFloat64(backend), doubted, options),
    doubted,
    queries.rows,
  );
}

function gradientsOf(
  backend: Backend,
  queries: Matrix,
  scores: Scores,
  values: Matrix | null,
  downstream: Downstream,
  options: BackwardOptions,
): Gradients {
  const rows = backend.take({ ...queries, stride: queries.cols });
  try {
    return backend.backward([rows], scores, values, downstream, options);
  } finally {
    backend.release(rows);
  }
}

function downstreamOf({ reading, gradient }: Downstream, rows: Int32Array): Downstream {
  const { output, logEvidence } = gradient;
  return {
    reading: { output: takeRows(reading.output, rows), logEvidence: takeNumbers(reading.logEvidence, rows) },
    gradient: {
      ...(output && { output: takeRows(output, rows) }),
      ...(logEvidence && { logEvidence: takeNumbers(logEvidence, rows) }),
    },
  };
}

function takeNumbers(from: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (n) => from[n]!);
}

/** Rows one by one, under the numbers that they have among all. */
function slopesOf(rows: Int32Array, visit: ScoreVisit, K: number): ScoreVisit {
  return (start, count, slopes) => {
    for (let i = 0; i < count; i++) visit(rows[start + i]!, 1, slopes.subarray(i * K, (i + 1) * K));
  };
}

function joined(a: Gradients, rowsOfA: Int32Array, b: Gradients, rowsOfB: Int32Array, N: number): Gradients {
  const add = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value + y[i]!);
  const [own, other] = [a.queries[0]!, b.queries[0]!];
  const queries = { data: new Float64Array(N * own.cols), rows: N, cols: own.cols };
  for (const [from, rows] of [
    [own, rowsOfA],
    [other, rowsOfB],
  ] as const)
    rows.forEach((n, i) => {
      queries.data.set(from.data.subarray(i * own.cols, (i + 1) * own.cols), n * own.cols);
    });
  return {
    queries: [queries],
    natural: [add(a.natural[0]!, b.natural[0]!)],
    bias: add(a.bias, b.bias),
    values: { ...a.values, data: add(a.values.data as Float64Array, b.values.data as Float64Array) },
    precision: a.precision,
  };
}
