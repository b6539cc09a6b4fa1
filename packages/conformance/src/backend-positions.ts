import { MixtentionError, type PositionBias } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import type { BackendRow } from './backend-subject.ts';
import { kernelCase } from './kernel-case.ts';
import { expectRead, expectWrite, readCase, writeCase } from './kernel-compare.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

const shapes = {
  form: oneOf('linear' as const, 'whitened' as const),
  rows: integer(1, 40),
  components: integer(1, 40),
  width: integer(1, 5),
  seed: caseSeed,
};

/** Biases that follow from positions, against the same bias written out pair by pair. */
export const positionRows: readonly BackendRow[] = [
  {
    name: 'positions',
    title: 'a bias of positions (causal, window, alibi, and any of them together) equals the same bias pair by pair',
    check: ({ backend, runs }) =>
      forAll(
        {
          ...shapes,
          causal: oneOf(false, true),
          window: oneOf(undefined, 0, 1.5, 7),
          alibi: oneOf(undefined, 0, 0.25, 2),
        },
        ({ causal, window, alibi, ...shape }) => {
          const sample = kernelCase(shape, backend.precision);
          const positions = {
            ...randomPositions(shape),
            causal,
            ...(window !== undefined && { window }),
            ...(alibi !== undefined && { alibi }),
          };
          expectWrite(backend, sample, { positions });
          expectRead(backend, sample, null, { positions });
        },
        { runs },
      ),
  },
  {
    name: 'positions-and-pairs',
    title: 'a bias of positions is added to one of pairs, over many tiles',
    check: ({ backend }) => {
      const shape = { form: 'linear', rows: 9_003, components: 34, width: 2, seed: 3 } as const;
      const random = generator(key(9));
      const pairBias = Float64Array.from({ length: shape.rows * shape.components }, () =>
        random.uniform() < 0.2 ? Number.NEGATIVE_INFINITY : Math.fround(random.normal()),
      );
      const queries = Float64Array.from({ length: shape.rows }, (_, n) => Math.floor(n / 265));
      const keys = Float64Array.from({ length: shape.components }, (_, k) => k);
      const positions = { queries, keys, causal: true, window: 20, alibi: 0.125 };
      const sample = kernelCase(shape, backend.precision);
      expectWrite(backend, sample, { pairBias, positions });
      expectRead(backend, sample, null, { pairBias, positions });
    },
  },
  {
    name: 'positions-exact',
    title: 'what is hidden is exact where positions are time stamps that float32 cannot tell apart',
    check: ({ backend }) => {
      const shape = { form: 'linear', rows: 64, components: 64, width: 1, seed: 4 } as const;
      const stamps = Float64Array.from({ length: 64 }, (_, i) => 1.7e9 + 0.001 * ((i * 37) % 64));
      const sample = kernelCase(shape, backend.precision);
      for (const positions of [
        { queries: stamps, keys: stamps, causal: true },
        { queries: stamps, keys: stamps, window: 0.0105 },
      ])
        expectRead(backend, sample, null, { positions });
    },
  },
  {
    name: 'positions-orphans',
    title: 'a row that sees no component adds nothing and reads as zeros, evidence −∞ and label −1',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 3, components: 70, width: 2, seed: 5 }, backend.precision);
      const keys = Float64Array.from({ length: 70 }, (_, k) => k);
      const positions = { queries: Float64Array.of(-1, 0, 200), keys, causal: true, window: 100 };
      const values = { data: new Float64Array(70).fill(3), rows: 70, cols: 1 };
      const { output, logEvidence, labels } = readCase(backend, sample, values, { positions, labels: true });
      expect([output.data[0], output.data[2], labels![0], labels![1], labels![2]]).toEqual([0, 0, -1, 0, -1]);
      expect([logEvidence[0], logEvidence[2]]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
      expect(writeCase(backend, sample, { positions })).toMatchObject({ orphans: 2, weight: 1 });
    },
  },
  {
    name: 'positions-refused',
    title: 'positions of another count, infinite ones, windows and slopes below 0 are refused by name',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 2, components: 2, width: 1, seed: 6 }, backend.precision);
      const two = Float64Array.of(0, 1);
      const code = (positions: PositionBias): string => {
        try {
          readCase(backend, sample, null, { positions });
        } catch (error) {
          if (error instanceof MixtentionError) return error.code;
        }
        return 'not refused';
      };
      expect(code({ queries: two, keys: Float64Array.of(0) })).toBe('BAD_SHAPE');
      expect(code({ queries: Float64Array.of(0, Number.POSITIVE_INFINITY), keys: two })).toBe('NOT_FINITE');
      expect(code({ queries: two, keys: two, window: -1 })).toBe('BAD_OPTION');
      expect(code({ queries: two, keys: two, window: Number.NaN })).toBe('BAD_OPTION');
      expect(code({ queries: two, keys: two, alibi: -0.5 })).toBe('BAD_OPTION');
    },
  },
];

/** In no order, with ties, in quarters: exact in float32, so that what is left is the rounding of scores. */
function randomPositions(shape: { rows: number; components: number; seed: number }): PositionBias {
  const random = generator(key(shape.seed + 3));
  const quarters = (count: number): Float64Array =>
    Float64Array.from({ length: count }, () => Math.floor(40 * random.uniform()) / 4);
  return { queries: quarters(shape.rows), keys: quarters(shape.components) };
}
