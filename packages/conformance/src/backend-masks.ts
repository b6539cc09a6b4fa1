import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import type { BackendRow } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import { filterRows, type KernelCase, kernelCase } from './kernel-case.ts';
import { expectRead, expectWrite, expectWritten, fillFrom, readCase, writeCase } from './kernel-compare.ts';
import { oracle } from './kernel-oracle.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

const shapes = {
  form: oneOf('linear' as const, 'whitened' as const),
  rows: integer(1, 30),
  components: integer(1, 18),
  width: integer(1, 9),
  seed: caseSeed,
};

/** Biases of pairs, components switched off, rows owned by nobody, and scores far apart. */
export const maskRows: readonly BackendRow[] = [
  {
    name: 'pair-bias',
    title: 'a pair bias is added to the scores, and −∞ masks a pair',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) => {
          const sample = kernelCase(shape, backend.precision);
          const pairBias = pairsFor(shape, 0.4);
          expectWrite(backend, sample, { pairBias });
          expectRead(backend, sample, null, { pairBias });
        },
        { runs },
      ),
  },
  {
    name: 'pair-bias-tiles',
    title: 'a pair bias is asked for each row once a call, by its place in the data, over many tiles',
    check: ({ backend }) => {
      const shape = { form: 'linear', rows: 17_003, components: 40, width: 2, seed: 6 } as const;
      const sample = kernelCase(shape, backend.precision);
      const pairBias = pairsFor(shape, 0.1);
      const fill = fillFrom(pairBias, shape.components);
      const asked = new Uint8Array(shape.rows);
      const written = writeCase(backend, sample, {
        pairBias: (start, count, out) => {
          for (let n = start; n < start + count; n++) asked[n]! += 1;
          fill(start, count, out);
        },
      });
      expectWritten(written, oracle(sample, { pairBias }), sample, backend);
      expect(asked.every((times) => times === 1)).toBe(true);
    },
  },
  {
    name: 'component-off',
    title: 'a bias of −∞ switches a component off: no counts, no sums, no responsibility, exactly',
    check: ({ backend, runs }) =>
      forAll(
        { ...shapes, components: integer(2, 18) },
        (shape) => {
          const made = kernelCase(shape, backend.precision);
          const off = shape.seed % shape.components;
          const sample = withBias(made, (b, k) => (k === off ? Number.NEGATIVE_INFINITY : b));
          expectWrite(backend, sample);
          expectRead(backend, sample, null);
          expect(writeCase(backend, sample).counts[off]).toBe(0);
        },
        { runs },
      ),
  },
  {
    name: 'orphans',
    title: 'a row whose scores are all −∞ adds nothing, is counted, and reads as zeros, evidence −∞ and label −1',
    check: ({ backend, runs }) =>
      forAll(
        { ...shapes, hard: oneOf(false, true) },
        ({ hard, ...shape }) => {
          const sample = kernelCase(shape, backend.precision);
          const pairBias = new Float64Array(shape.rows * shape.components);
          for (let n = 0; n < shape.rows; n += 2)
            pairBias.fill(Number.NEGATIVE_INFINITY, n * shape.components, (n + 1) * shape.components);
          expectOrphans(sample, pairBias, hard, backend);
        },
        { runs },
      ),
  },
  {
    name: 'all-off',
    title: 'with every component off all rows are orphans',
    check: ({ backend }) => {
      const sample = withBias(
        kernelCase({ form: 'linear', rows: 9, components: 3, width: 2, seed: 7 }, backend.precision),
        () => Number.NEGATIVE_INFINITY,
      );
      const written = writeCase(backend, sample);
      expect(
        [...written.counts, ...written.sums[0]!, written.logEvidence, written.weight].every((value) => value === 0),
      ).toBe(true);
      expect(written.orphans).toBe(9);
    },
  },
  {
    name: 'huge-spreads',
    title: 'scores 10,000 apart give responsibilities in [0, 1] and no NaN',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        (shape) => {
          const sample = kernelCase({ ...shape, spread: shape.form === 'linear' ? 1e4 : 1e2 }, backend.precision);
          expectWrite(backend, sample);
          const { data } = readCase(backend, sample, null, { responsibilities: true }).responsibilities!;
          expect(data.every((r) => r >= 0 && r <= 1)).toBe(true);
        },
        { runs },
      ),
  },
  {
    name: 'no-numbers',
    title: 'what is no number makes the evidence of the rows that see it NaN, and what is written, and is no orphan',
    check: ({ backend }) => {
      for (const form of ['linear', 'whitened'] as const)
        for (const [what, spoil] of Object.entries(SPOILT)) {
          const shape = { form, rows: 9, components: 3, width: 2, seed: 9 };
          const { sample, pairBias, isSeenBy } = spoil(kernelCase(shape, backend.precision));
          const options = pairBias === undefined ? {} : { pairBias: fillFrom(pairBias, 3) };
          const { logEvidence } = readCase(backend, sample, null, options);
          const due = Array.from({ length: 9 }, (_, n) => isSeenBy(n));
          expect(Array.from(logEvidence, Number.isNaN), `rows read, ${form}, ${what}`).toEqual(due);
          for (const hard of [false, true]) {
            const written = writeCase(backend, sample, { ...options, hard });
            expect(written, `${form}, ${what}, hard ${hard}`).toMatchObject({ logEvidence: Number.NaN, orphans: 0 });
            if (!hard)
              expect(Array.from(written.counts), `${form}, ${what}`).toEqual([Number.NaN, Number.NaN, Number.NaN]);
          }
        }
    },
  },
  {
    name: 'shift',
    title: 'a constant added to every score moves the evidence by itself and the responsibilities not at all',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 64, components: 12, width: 4, seed: 8 }, backend.precision);
      const near = readCase(backend, sample, null, { responsibilities: true });
      const far = readCase(
        backend,
        withBias(sample, (b) => b + 1024),
        null,
        { responsibilities: true },
      );
      const slack = backend.precision === 'float32' ? 1e-3 : 1e-11;
      expectClose(
        far.logEvidence,
        near.logEvidence.map((l) => l + 1024),
        slack,
        'shifted evidence',
      );
      expectClose(far.responsibilities!.data, near.responsibilities!.data, slack, 'responsibilities');
    },
  },
];

type Spoilt = {
  readonly sample: KernelCase;
  readonly pairBias?: Float64Array;
  readonly isSeenBy: (row: number) => boolean;
};

/** A case of 9 rows and 3 components with something in it that is no number, or makes none. */
const SPOILT: { readonly [what: string]: (made: KernelCase) => Spoilt } = {
  'a cell': (made) => {
    made.blocks[0]!.data[4 * made.blocks[0]!.stride] = Number.NaN;
    return { sample: made, isSeenBy: (n) => n === 4 };
  },
  'a bias': (made) => ({ sample: withBias(made, (b, k) => (k === 1 ? Number.NaN : b)), isSeenBy: () => true }),
  'a bias of +∞': (made) => ({
    sample: withBias(made, (b, k) => (k === 1 ? Number.POSITIVE_INFINITY : b)),
    isSeenBy: () => true,
  }),
  'a pair': (made) => ({
    sample: made,
    pairBias: new Float64Array(27).fill(Number.NaN, 13, 14),
    isSeenBy: (n) => n === 4,
  }),
};

function expectOrphans(
  sample: KernelCase,
  pairBias: Float64Array,
  hard: boolean,
  backend: Parameters<BackendRow['check']>[0]['backend'],
): void {
  const K = sample.scores.components;
  expectRead(backend, sample, null, { pairBias });
  const reading = readCase(backend, sample, null, { labels: true, pairBias: fillFrom(pairBias, K) });
  expect(reading.labels![0]).toBe(-1);
  expect(reading.logEvidence[0]).toBe(Number.NEGATIVE_INFINITY);
  const written = writeCase(backend, sample, { hard, pairBias: fillFrom(pairBias, K) });
  const owned = filterRows(sample, (n) => n % 2 === 1);
  expect(written.orphans).toBe(Math.ceil(sample.packed[0]!.rows / 2));
  expect(written.weight).toBe(owned.packed[0]!.rows);
  if (!hard) expectWritten({ ...written, orphans: 0 }, oracle(owned), owned, backend);
}

function pairsFor(shape: { rows: number; components: number; seed: number }, masked: number): Float64Array {
  const random = generator(key(shape.seed + 2));
  return Float64Array.from({ length: shape.rows * shape.components }, () =>
    random.uniform() < masked ? Number.NEGATIVE_INFINITY : Math.fround(random.normal()),
  );
}

function withBias(sample: KernelCase, change: (bias: number, k: number) => number): KernelCase {
  return { ...sample, scores: { ...sample.scores, bias: sample.scores.bias.map(change) } };
}
