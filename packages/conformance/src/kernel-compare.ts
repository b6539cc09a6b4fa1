import type {
  Backend,
  Matrix,
  PairBias,
  Reading,
  ReadOptions,
  RowBlock,
  Rows,
  WriteOptions,
  Written,
} from '@mixtention/core';
import { expect } from 'vitest';
import { expectClose } from './expect-close.ts';
import { type KernelCase, scoreTolerance, unitRoundoff } from './kernel-case.ts';
import { type OracleAnswer, type OracleOptions, oracle } from './kernel-oracle.ts';

/** Takes rows in, uses them, and gives them back. */
export function withRows<Result>(
  backend: Backend,
  blocks: readonly RowBlock[],
  use: (rows: readonly Rows[]) => Result,
): Result {
  const rows = blocks.map((block) => backend.take(block));
  try {
    return use(rows);
  } finally {
    for (const own of rows) backend.release(own);
  }
}

export function writeCase(backend: Backend, { blocks, scores }: KernelCase, options?: WriteOptions): Written {
  return withRows(backend, blocks, (rows) => backend.write(rows, scores, options));
}

export function readCase(
  backend: Backend,
  { blocks, scores }: KernelCase,
  values: Matrix | null,
  options?: ReadOptions,
): Reading {
  return withRows(backend, blocks, (rows) => backend.read(rows, scores, values, options));
}

/** Requires `write` to agree with the oracle within the rounding of the backend's precision. */
export function expectWrite(backend: Backend, sample: KernelCase, options: OracleOptions = {}): void {
  const written = writeCase(backend, sample, {
    ...(options.pairBias && { pairBias: fillFrom(options.pairBias, sample.scores.components) }),
    ...(options.positions && { positions: options.positions }),
    ...(options.weights && { rowWeights: options.weights }),
    ...(options.hard !== undefined && { hard: options.hard }),
    entropy: true,
  });
  expectWritten(written, oracle(sample, options), sample, backend, options);
}

export function expectWritten(
  written: Written,
  due: OracleAnswer,
  sample: KernelCase,
  backend: Backend,
  { weights }: OracleOptions = {},
): void {
  const perRow = scoreTolerance(sample, backend.precision);
  const weightOf = (n: number): number => weights?.[n] ?? 1;
  const worst = perRow.reduce((most, t) => Math.max(most, t), 0);
  // Responsibilities are off by twice the scores' relative error; sums over rows add their own rounding, tile by tile.
  const relative = 2 * worst + 8 * Math.sqrt(sample.packed[0]!.rows + 1) * unitRoundoff(backend.precision);
  // And the sum over rows, in float64 on every backend, in whatever order.
  const perNat = 4 * unitRoundoff(backend.precision) + 8 * Math.sqrt(sample.packed[0]!.rows + 1) * 2 ** -53;
  const evidence = perRow.reduce(
    (sum, t, n) =>
      sum + weightOf(n) * (Number.isFinite(due.logEvidence[n]!) ? t + perNat * Math.abs(due.logEvidence[n]!) : 0),
    1e-300,
  );
  // float32 flushes responsibilities below 1e-38 to 0, and their products.
  const least = backend.precision === 'float32' ? 1e-30 : 1e-300;
  expectClose(
    written.counts,
    due.counts,
    due.counts.map((c) => relative * c + least),
    'counts',
  );
  expect(written.sums.length).toBe(due.sums.length);
  due.sums.forEach((sums, t) => {
    const allowed = due.sizes[t]!.map((s) => relative * s + least);
    expectClose(written.sums[t]!, sums, allowed, `sums of term ${t}`);
  });
  expectClose([written.logEvidence], [due.total.logEvidence], evidence, 'log evidence');
  expectClose([written.logMaxResponsibility], [due.total.logMaxResponsibility], 2 * evidence, 'log max responsibility');
  if (written.entropy !== undefined) {
    // An error of δ in a score moves r log r by about δ r |log r|: the entropy by δ times itself and δ.
    const allowed = relative * (due.total.entropy + due.total.weight) + least;
    expectClose([written.entropy], [due.total.entropy], allowed, 'entropy');
  }
  expect(written.precision).toBe(backend.precision);
  expectClose([written.weight], [due.total.weight], 1e-12 * due.total.weight, 'weight');
  expect(written.orphans, 'orphans').toBe(due.total.orphans);
}

/** Requires `read` to agree with the oracle: evidence, responsibilities, labels, and the mean of the values. */
export function expectRead(
  backend: Backend,
  sample: KernelCase,
  values: Matrix | null,
  { pairBias, positions }: Pick<OracleOptions, 'pairBias' | 'positions'> = {},
): void {
  const { components: K } = sample.scores;
  const due = oracle(sample, { pairBias, positions });
  const reading = readCase(backend, sample, values, {
    responsibilities: true,
    labels: true,
    ...(pairBias && { pairBias: fillFrom(pairBias, K) }),
    ...(positions && { positions }),
  });
  const tolerance = scoreTolerance(sample, backend.precision);
  const unit = unitRoundoff(backend.precision);
  expectClose(
    reading.logEvidence,
    due.logEvidence,
    due.logEvidence.map((l, n) => tolerance[n]! + 4 * unit * Math.abs(l)),
    'log evidence',
  );
  const each = due.responsibilities.data.map((r, i) => r * (2 * tolerance[Math.floor(i / K)]! + 8 * unit) + 1e-30);
  expectClose(reading.responsibilities!.data, due.responsibilities.data, each, 'responsibilities');
  const clear = due.margins.map((margin, n) => Number(margin > 2 * tolerance[n]!));
  expectClose(
    reading.labels!.map((label, n) => clear[n]! * label),
    due.labels.map((label, n) => clear[n]! * label),
    0,
    'labels',
  );
  expectOutput(reading, due, values, tolerance, unit);
}

/** A pair bias that reads `[N, K]` numbers. */
export function fillFrom(all: Float64Array, components: number): PairBias {
  return (start, count, out) => out.set(all.subarray(start * components, (start + count) * components));
}

function expectOutput(
  reading: Reading,
  due: OracleAnswer,
  values: Matrix | null,
  tolerance: Float64Array,
  unit: number,
): void {
  const V = values?.cols ?? 0;
  const { rows, cols: K, data: R } = due.responsibilities;
  expect([reading.output.rows, reading.output.cols]).toEqual([rows, V]);
  const [means, allowed] = [new Float64Array(rows * V), new Float64Array(rows * V)];
  for (let n = 0; n < rows; n++) {
    for (let v = 0; v < V; v++) {
      let [mean, size] = [0, 0];
      for (let k = 0; k < K; k++) {
        const term = R[n * K + k]! * values!.data[k * V + v]!;
        mean += term;
        size += Math.abs(term);
      }
      means[n * V + v] = mean;
      allowed[n * V + v] = size * (2 * tolerance[n]! + 8 * Math.sqrt(K) * unit) + 1e-30;
    }
  }
  expectClose(reading.output.data, means, allowed, `output (${V} a row)`);
}
