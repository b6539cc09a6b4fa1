import { plain } from '../backends/plain.ts';
import type {
  Accumulated,
  AccumulateOptions,
  Accumulation,
  FillResponsibilities,
  KernelOptions,
  Matrix,
  Reading,
  ReadOptions,
  RowBlock,
  Scores,
  WriteOptions,
  Written,
} from '../contracts/index.ts';

// A verb multiplies what a loop would pass over: padding, the half of a factor above its diagonal, responsibilities of 0. Where a cell is infinite, or its
// square is, 0·∞ is no number. `plain` makes such calls, or their rows, again: what is no number there is none.

/** What was written, by `plain` where it is no number though the scores are numbers. */
export function writtenAsPlain(
  written: Written,
  blocks: readonly RowBlock[],
  scores: Scores,
  options: WriteOptions,
): Written {
  const { counts, sums, logEvidence } = written;
  if ((!Number.isNaN(logEvidence) && areNumbersIn(counts) && sums.every(areNumbersIn)) || !areNumbers(scores))
    return written;
  return { ...plain.write(blocks, scores, options), precision: written.precision };
}

/** Sums under responsibilities that were given, by `plain` where they are no numbers. */
export function accumulatedAsPlain(
  accumulated: Accumulated,
  blocks: readonly RowBlock[],
  into: Accumulation,
  fill: FillResponsibilities,
  options: AccumulateOptions,
): Accumulated {
  if (accumulated.sums.every(areNumbersIn)) return accumulated;
  return { ...plain.accumulate(blocks, into, fill, options), precision: accumulated.precision };
}

/** In place: rows of numbers that were read as none are read by `plain`. */
export function readAsPlain(
  reading: Reading,
  blocks: readonly RowBlock[],
  scores: Scores,
  values: Matrix | null,
  options: ReadOptions,
): void {
  const { logEvidence, output, labels, responsibilities } = reading;
  if (areNumbersIn(logEvidence) || !areNumbers(scores)) return;
  const K = scores.components;
  for (let n = 0; n < logEvidence.length; n++) {
    if (!Number.isNaN(logEvidence[n]!)) continue;
    const own = plain.read(rowOf(blocks, n), scores, values, optionsOf(options, n));
    logEvidence[n] = own.logEvidence[0]!;
    output.data.set(own.output.data, n * output.cols);
    labels?.set(own.labels!, n);
    responsibilities?.data.set(own.responsibilities!.data, n * K);
  }
}

/** In place: scores `[count, K]` of rows `start …` that are no numbers are made by `plain`. `sums` `[count]` are NaN for the rows that may hold such. */
export function scoredAsPlain(
  L: Float32Array | Float64Array,
  sums: Float32Array | Float64Array,
  start: number,
  blocks: readonly RowBlock[],
  scores: Scores,
  options: KernelOptions,
): void {
  if (areNumbersIn(sums) || areNumbersIn(L) || !areNumbers(scores)) return;
  const K = scores.components;
  for (let at = 0; at < L.length; at += K) {
    const own = L.subarray(at, at + K);
    if (areNumbersIn(own)) continue;
    const n = start + at / K;
    plain.score(rowOf(blocks, n), scores, (_, __, made) => own.set(made), optionsOf(options, n));
  }
}

function rowOf(blocks: readonly RowBlock[], n: number): RowBlock[] {
  return blocks.map(({ data, cols, stride }) => {
    const own = data.subarray(n * stride, n * stride + cols);
    return { data: own, rows: 1, cols, stride: cols };
  });
}

/** Options of a call for its row n alone */
function optionsOf<O extends KernelOptions>({ pairBias, positions, ...rest }: O, n: number) {
  return {
    ...rest,
    ...(pairBias && { pairBias: (_: number, __: number, out: Float64Array | Float32Array) => pairBias(n, 1, out) }),
    ...(positions && { positions: { ...positions, queries: positions.queries.subarray(n, n + 1) } }),
  };
}

/** Scores that hold what is no number give nothing else, whatever the kernel. */
function areNumbers({ bias, terms }: Scores): boolean {
  return (
    areNumbersIn(bias) &&
    terms.every((term) =>
      term.form === 'linear' ? areNumbersIn(term.natural) : areNumbersIn(term.factor) && areNumbersIn(term.offset),
    )
  );
}

/** By the engine's own search, which takes a fraction of what a loop does. */
function areNumbersIn(values: Float64Array | Float32Array): boolean {
  return !values.includes(Number.NaN);
}
