import type { Matrix } from '@mixtention/core';
import { expect } from 'vitest';
import type { BackendRow } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import { filterRows, type KernelCase, kernelCase, scoreTolerance } from './kernel-case.ts';
import { expectRead, expectWrite, expectWritten, readCase, writeCase } from './kernel-compare.ts';
import { oracle } from './kernel-oracle.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

/** Shapes around the multiples of 8 and 16 that fast backends pad to. */
const shapes = {
  form: oneOf('linear' as const, 'whitened' as const),
  rows: integer(1, 40),
  components: integer(1, 19),
  width: integer(1, 11),
  seed: caseSeed,
};

/** write and read against the naive loops in float64, and against themselves cut otherwise. */
export const agreementRows: readonly BackendRow[] = [
  {
    name: 'write-agrees',
    title: 'write equals the naive loops at random shapes, linear and whitened',
    check: ({ backend, runs }) =>
      forAll(shapes, (shape) => expectWrite(backend, kernelCase(shape, backend.precision)), { runs }),
  },
  {
    name: 'read-agrees',
    title:
      'read equals the naive loops at random shapes: evidence, responsibilities, labels, and means of values of any width',
    check: ({ backend, runs }) =>
      forAll(
        { ...shapes, values: integer(0, 9) },
        ({ values, ...shape }) => {
          const sample = kernelCase(shape, backend.precision);
          expectRead(backend, sample, values === 0 ? null : valuesFor(shape.components, values));
        },
        { runs },
      ),
  },
  {
    name: 'hard-agrees',
    title: 'write with hard responsibilities gives each row whole to its best component',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) =>
          expectWrite(backend, clearRows(kernelCase(shape, backend.precision), backend.precision), { hard: true }),
        { runs },
      ),
  },
  {
    name: 'larger-sizes',
    title: 'write and read equal the naive loops where rows need many tiles, or are wide',
    check: ({ backend }) => {
      for (const shape of [
        { form: 'linear', rows: 9_011, components: 24, width: 3, seed: 1 },
        { form: 'whitened', rows: 8_201, components: 33, width: 2, seed: 2 },
        { form: 'linear', rows: 70_001, components: 1, width: 1, seed: 3 },
        { form: 'whitened', rows: 9_001, components: 2, width: 13, seed: 4 },
        { form: 'whitened', rows: 601, components: 3, width: 91, seed: 5 },
      ] as const) {
        const sample = kernelCase(shape, backend.precision);
        // The naive loops are slow at such sizes.
        const due = oracle(sample);
        expectWritten(writeCase(backend, sample, { entropy: true }), due, sample, backend);
        const { logEvidence } = readCase(backend, sample, null);
        expectClose(logEvidence, due.logEvidence, scoreTolerance(sample, backend.precision), 'log evidence');
      }
    },
  },
  {
    name: 'tile-invariant',
    title: 'sums over rows are the sums over any two parts of them',
    check: ({ backend, runs }) =>
      forAll(
        { ...shapes, rows: integer(2, 3000), cut: integer(1, 2999) },
        ({ cut, ...shape }) => {
          const whole = kernelCase(shape, backend.precision);
          const middle = 1 + (cut % (shape.rows - 1));
          const parts = [filterRows(whole, (n) => n < middle), filterRows(whole, (n) => n >= middle)].map((part) =>
            writeCase(backend, part),
          );
          const written = writeCase(backend, whole);
          const total = oracle(whole);
          expectWritten(
            {
              ...written,
              counts: add(parts[0]!.counts, parts[1]!.counts),
              sums: written.sums.map((_, t) => add(parts[0]!.sums[t]!, parts[1]!.sums[t]!)),
            },
            total,
            whole,
            backend,
          );
          expectWritten(written, total, whole, backend);
        },
        { runs: Math.ceil(runs / 10) },
      ),
  },
  {
    name: 'strided',
    title: 'rows with padding between them read as the same rows packed',
    check: ({ backend, runs }) =>
      forAll(
        { ...shapes, padding: integer(0, 9) },
        ({ padding, ...shape }) => {
          const sample = kernelCase({ ...shape, stride: shape.width + padding }, backend.precision);
          expectWrite(backend, sample);
          expectRead(backend, sample, valuesFor(shape.components, 2));
        },
        { runs: Math.ceil(runs / 2) },
      ),
  },
  {
    name: 'no-rows',
    title: 'no rows give zero sums and empty readings',
    check: ({ backend }) => {
      for (const form of ['linear', 'whitened'] as const) {
        const sample = kernelCase({ form, rows: 0, components: 3, width: 2, seed: 1 }, backend.precision);
        const { counts, sums, ...total } = writeCase(backend, sample);
        expect([...counts, ...sums[0]!]).toEqual(Array.from({ length: 3 + 3 * (form === 'linear' ? 2 : 5) }, () => 0));
        const { precision } = backend;
        expect(total).toEqual({ logEvidence: 0, logMaxResponsibility: 0, weight: 0, orphans: 0, precision });
        expect(readCase(backend, sample, valuesFor(3, 2)).output.rows).toBe(0);
      }
    },
  },
  {
    name: 'repeats',
    title: 'the same call gives the same bits, whatever was called between',
    check: ({ backend }) => {
      for (const form of ['linear', 'whitened'] as const) {
        const sample = kernelCase({ form, rows: 5000, components: 21, width: 13, seed: 4 }, backend.precision);
        const other = kernelCase({ form: 'whitened', rows: 50, components: 5, width: 3, seed: 5 }, backend.precision);
        const first = writeCase(backend, sample);
        readCase(backend, sample, null);
        writeCase(backend, other);
        expect(writeCase(backend, sample)).toStrictEqual(first);
      }
    },
  },
];

/** Some values `[K, V]` of both signs. */
function valuesFor(components: number, width: number): Matrix {
  const data = Float64Array.from({ length: components * width }, (_, i) => Math.fround(Math.cos(1 + 2.3 * i)));
  return { data, rows: components, cols: width };
}

/** Without the rows whose best component is a matter of rounding. */
function clearRows(sample: KernelCase, precision: 'float32' | 'float64'): KernelCase {
  const { margins } = oracle(sample);
  const tolerance = scoreTolerance(sample, precision);
  return filterRows(sample, (n) => margins[n]! > 2 * tolerance[n]!);
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}
