import type { LinearTerm, Matrix, Precision } from '@mixtention/core';
import { compensatedSum, identity, normalizeRows } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';
import type { BackendRow } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import type { KernelCase } from './kernel-case.ts';
import { readCase, writeCase } from './kernel-compare.ts';

/** What sums over components may be off by beside the rounding of scores, relative: the same for every K. */
const SLACK: { readonly [precision in Precision]: number } = { float32: 1e-6, float64: 3e-13 };
const COUNTS = [1, 65, 1_016, 1_024, 4_099, 1_000_000];

/** Sums over many components and many rows, of numbers that all round the same way. */
export const manyRows: readonly BackendRow[] = [
  {
    name: 'many-components',
    title:
      'evidence, responsibilities, means, counts and entropy do not drift with the number of components, up to 10⁶',
    check: ({ backend }) => {
      for (const components of COUNTS) {
        const sample = flatCase(components);
        const values = valuesFor(components);
        const due = normalizeRows(scoresOf(sample));
        const slack = SLACK[backend.precision];
        const what = `of ${components} components`;
        const reading = readCase(backend, sample, values, { responsibilities: true });
        const top = Math.max(1, ...due.logEvidence);
        expectClose(reading.logEvidence, due.logEvidence, slack * top, `evidence ${what}`);
        const R = due.responsibilities.data;
        expectClose(
          reading.responsibilities!.data,
          R,
          R.map((r) => slack * top * r),
          `responsibilities ${what}`,
        );
        expectClose(reading.output.data, meansOf(due.responsibilities, values), slack * top, `means ${what}`);
        const written = writeCase(backend, sample, { entropy: true });
        expectClose(written.counts, countsOf(due.responsibilities), slack * top, `counts ${what}`);
        expectClose(
          [written.logMaxResponsibility],
          [logMaxOf(due.responsibilities)],
          3 * slack * top,
          `log max responsibility ${what}`,
        );
        const entropy = compensatedSum(R.map((r) => -r * Math.log(r)));
        expectClose([written.entropy!], [entropy], slack * top * (entropy + 1), `entropy ${what}`);
      }
    },
  },
  {
    name: 'many-rows',
    title: 'counts do not drift with the number of rows in a tile, even where all of them round the same way',
    check: ({ backend }) => {
      for (const rows of [1, 63, 64, 65, 8_192, 20_011]) {
        const sample = caseOf({ data: new Float64Array(rows).fill(1), rows, cols: 1 }, 10, new Float64Array(10));
        const { counts } = writeCase(backend, sample);
        expectClose(counts, new Float64Array(10).fill(rows / 10), SLACK[backend.precision] * rows, `${rows} rows`);
      }
    },
  },
];

/** Three rows: for one a component is ten times as likely as each other, for one all are alike, for one all differ. */
function flatCase(components: number): KernelCase {
  const random = generator(key(components));
  // A million draws would take longer than all else.
  const normals = Float64Array.from({ length: 4_099 }, () => Math.fround(random.normal()));
  const width = 3;
  const tenth = Math.fround(Math.log(0.1));
  const natural = Float64Array.from({ length: components * width }, (_, i) =>
    i % width === 0 ? (i === 0 ? 0 : tenth) : i % width === 1 ? 1 : normals[i % normals.length]!,
  );
  const rows = { data: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), rows: 3, cols: width };
  return caseOf(rows, components, natural);
}

/** Rows are unit vectors, so scores are natural parameters. */
function scoresOf({ scores: { components: K, terms } }: KernelCase): Matrix {
  const { natural, width } = terms[0] as LinearTerm;
  const data = new Float64Array(width * K);
  for (let k = 0; k < K; k++) for (let n = 0; n < width; n++) data[n * K + k] = natural[k * width + n]!;
  return { data, rows: width, cols: K };
}

/** A linear term over rows as they are, without biases. */
function caseOf(rows: Matrix, components: number, natural: Float64Array): KernelCase {
  const term: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width: rows.cols, natural };
  return {
    packed: [rows],
    blocks: [{ ...rows, stride: rows.cols }],
    scores: { components, bias: new Float64Array(components), terms: [term] },
  };
}

/** A one for every second component, which all add up the same way, and a column of ones, whose mean is 1. */
function valuesFor(components: number): Matrix {
  const data = Float64Array.from({ length: 2 * components }, (_, i) => (i % 2 === 1 ? 1 : (i / 2) % 2));
  return { data, rows: components, cols: 2 };
}

/** `R·V`, with sums that do not drift themselves. */
function meansOf({ data: R, rows, cols: K }: Matrix, { data, cols: V }: Matrix): Float64Array {
  return Float64Array.from({ length: rows * V }, (_, i) => {
    const own = R.slice(Math.floor(i / V) * K, (Math.floor(i / V) + 1) * K);
    for (let k = 0; k < K; k++) own[k]! *= data[k * V + (i % V)]!;
    return compensatedSum(own);
  });
}

function countsOf({ data, cols: K }: Matrix): Float64Array {
  const counts = new Float64Array(K);
  for (let i = 0; i < data.length; i++) counts[i % K]! += data[i]!;
  return counts;
}

/** `Σₙ log maxₖ r_nk` */
function logMaxOf({ data: R, cols: K }: Matrix): number {
  let [sum, top] = [0, 0];
  for (let i = 0; i < R.length; i++) {
    top = Math.max(top, R[i]!);
    if (i % K < K - 1) continue;
    sum += Math.log(top);
    top = 0;
  }
  return sum;
}
