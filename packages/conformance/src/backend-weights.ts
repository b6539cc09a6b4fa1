import type { Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import type { BackendRow } from './backend-subject.ts';
import { filterRows, type KernelCase, kernelCase } from './kernel-case.ts';
import { expectWrite, expectWritten, fillFrom, writeCase } from './kernel-compare.ts';
import { oracle } from './kernel-oracle.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

const shapes = {
  form: oneOf('linear' as const, 'whitened' as const),
  rows: integer(1, 30),
  components: integer(1, 18),
  width: integer(1, 9),
  seed: caseSeed,
};

/** What the weights of rows mean. */
export const weightRows: readonly BackendRow[] = [
  {
    name: 'row-weights',
    title: 'row weights multiply whatever a row adds',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) => {
          const random = generator(key(shape.seed + 1));
          const weights = Float64Array.from({ length: shape.rows }, () => 3 * random.uniform());
          expectWrite(backend, kernelCase(shape, backend.precision), { weights });
        },
        { runs },
      ),
  },
  {
    name: 'zero-weight',
    title: 'a row of weight 0 is a row removed, an orphan too',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) => {
          const sample = kernelCase(shape, backend.precision);
          const weights = Float64Array.from({ length: shape.rows }, (_, n) => Number(n % 3 !== 0));
          const kept = filterRows(sample, (n) => n % 3 !== 0);
          const pairBias = fillFrom(maskedRows(shape, 6), shape.components);
          expectWritten(writeCase(backend, sample, { rowWeights: weights, pairBias }), oracle(kept), kept, backend);
        },
        { runs },
      ),
  },
  {
    name: 'whole-weight',
    title: 'a row of weight 3 is a row that came three times',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) => {
          const sample = kernelCase(shape, backend.precision);
          const thrice = repeatRows(sample, 3);
          const weights = new Float64Array(shape.rows).fill(3);
          expectWritten(writeCase(backend, sample, { rowWeights: weights }), oracle(thrice), thrice, backend);
        },
        { runs },
      ),
  },
];

/** A pair bias `[N, K]` that masks every n-th row whole. */
function maskedRows({ rows, components }: { rows: number; components: number }, every: number): Float64Array {
  const masked = (i: number): boolean => Math.floor(i / components) % every === 0;
  return Float64Array.from({ length: rows * components }, (_, i) => (masked(i) ? Number.NEGATIVE_INFINITY : 0));
}

function repeatRows({ blocks, packed, scores }: KernelCase, times: number): KernelCase {
  const repeat = <T extends Float64Array | Float32Array>(data: T): T => {
    const all = new (data.constructor as new (length: number) => T)(times * data.length);
    for (let i = 0; i < times; i++) all.set(data, i * data.length);
    return all;
  };
  const again = <M extends Matrix>(own: M): M => ({ ...own, data: repeat(own.data), rows: times * own.rows });
  return { blocks: blocks.map(again), packed: packed.map(again), scores };
}
