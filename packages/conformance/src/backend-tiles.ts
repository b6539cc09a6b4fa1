import type { FillResponsibilities, Matrix, Precision, RowBlock, Statistics } from '@mixtention/core';
import { identity, reference, referenceSums } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import type { BackendRow, BackendSubject } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import { type KernelCase, scoreTolerance, type TermShape, termsCase, unitRoundoff } from './kernel-case.ts';
import { fillFrom, readCase, withRows, writeCase } from './kernel-compare.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

const shapes = {
  form: oneOf('linear' as const, 'whitened' as const, 'student' as const),
  rows: integer(1, 40),
  components: integer(1, 19),
  width: integer(1, 7),
  seed: caseSeed,
};

/** Scores handed out a tile at a time, and responsibilities taken in a tile at a time. */
export const tileRows: readonly BackendRow[] = [
  {
    name: 'score-agrees',
    title: 'score visits the naive scores of every row once, in order, −∞ where a pair is masked',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        ({ form, width, ...shape }) => {
          const sample = termsCase([{ form, width }, linear(2)], shape, backend.precision);
          expectScores(backend, sample, maskedPairs(shape, 0.2));
        },
        { runs: Math.ceil(runs / 2) },
      ),
  },
  {
    name: 'score-tiles',
    title: 'score of many tiles, with a component that is switched off',
    check: ({ backend }) => {
      const shape = { rows: 8300, components: 6, seed: 1 };
      const sample = termsCase([linear(2)], shape, backend.precision);
      sample.scores.bias[5] = Number.NEGATIVE_INFINITY;
      expectScores(backend, sample, maskedPairs(shape, 0.01));
    },
  },
  {
    name: 'accumulate-agrees',
    title: 'accumulate equals the naive sums of responsibilities of any sum, weighted, whatever squares are summed',
    check: ({ backend, runs }) =>
      forAll(
        {
          ...shapes,
          squares: oneOf('none' as const, 'each' as const, 'pooled' as const),
          weighted: oneOf(false, true),
        },
        ({ squares, weighted, width, ...shape }) => {
          const sample = termsCase([linear(width), linear(3)], shape, backend.precision);
          const weights = weighted ? someWeights(shape) : undefined;
          expectSums(backend, sample, [squares, 'none'], someResponsibilities(shape, backend.precision), weights);
        },
        { runs },
      ),
  },
  {
    name: 'accumulate-tiles',
    title: 'accumulate asks for each row once, over many tiles, and for wide rows',
    check: ({ backend }) => {
      for (const [width, rows] of [
        [2, 17_003],
        [91, 701],
      ] as const) {
        const shape = { rows, components: 9, seed: 2 };
        const sample = termsCase([linear(width)], shape, backend.precision);
        expectSums(backend, sample, ['each'], someResponsibilities(shape, backend.precision), someWeights(shape));
      }
    },
  },
  {
    name: 'accumulate-as-write',
    title: 'accumulate of the responsibilities that read returns is what write sums',
    check: ({ backend }) => {
      const sample = termsCase(
        [linear(3), { form: 'whitened', width: 4 }],
        { rows: 500, components: 7, seed: 3 },
        backend.precision,
      );
      const { responsibilities } = readCase(backend, sample, null, { responsibilities: true });
      const due = writeCase(backend, sample, { entropy: true });
      const stands = sample.scores.terms;
      const came = withRows(backend, sample.blocks, (rows) =>
        backend.accumulate(rows, { components: 7, stands }, fillFrom(responsibilities!.data as Float64Array, 7)),
      );
      const slack = 1e4 * unitRoundoff(backend.precision);
      expectClose(came.counts, due.counts, slack * 10, 'counts');
      came.sums.forEach((own, t) => {
        expectClose(own, due.sums[t]!, slack * 100, `sums ${t}`);
      });
      expect(came.weight).toBe(due.weight);
      expectClose([came.entropy], [due.entropy!], slack * due.entropy!, 'entropy');
    },
  },
  {
    name: 'either-precision',
    title:
      'rows may come in float32 or float64, whatever the backend computes in: numbers that both hold give the same bits, over many tiles',
    check: ({ backend }) => {
      const sample = termsCase([linear(3)], { rows: 2_003, components: 5, seed: 6 }, backend.precision);
      const [block] = sample.blocks as [RowBlock];
      const narrow = Float32Array.from(block.data);
      const both = [narrow, Float64Array.from(narrow)].map((data) => {
        const own = { ...sample, blocks: [{ ...block, data }] };
        return [writeCase(backend, own, { entropy: true }), readCase(backend, own, null, { responsibilities: true })];
      });
      expect(both[0]).toStrictEqual(both[1]);
    },
  },
  {
    name: 'keys-held',
    title: 'what scores were made into outlives the rows of one call, as long as others are held',
    check: ({ backend }) => {
      const sample = termsCase([linear(3)], { rows: 40, components: 5, seed: 4 }, backend.precision);
      const before = tensors(backend);
      const [first, second] = [0, 1].map(() => backend.take(sample.blocks[0]!));
      backend.write([first!], sample.scores);
      const withTile = tensors(backend);
      const due = backend.write([second!], sample.scores);
      const perTile = tensors(backend) - withTile;
      backend.release(first!);
      // Keys and the tile of the second: had keys gone with the first, the next call would make them anew.
      const held = tensors(backend);
      expect(backend.write([second!], sample.scores)).toStrictEqual(due);
      expect(tensors(backend)).toBe(held);
      expect(held - before).toBe(withTile - before);
      expect(held - before).toBeGreaterThanOrEqual(perTile);
      backend.release(second!);
      expect(tensors(backend)).toBe(before);
    },
  },
];

function linear(width: number): TermShape {
  return { form: 'linear', width };
}

type Size = { readonly rows: number; readonly components: number; readonly seed: number };

function expectScores(backend: BackendSubject['backend'], sample: KernelCase, pairBias: Float64Array): void {
  const { components: K } = sample.scores;
  const { rows } = sample.packed[0]!;
  const came = new Float64Array(rows * K).fill(Number.NaN);
  let next = 0;
  withRows(backend, sample.blocks, (taken) =>
    backend.score(
      taken,
      sample.scores,
      (start, count, L) => {
        expect([start, L.length]).toEqual([next, count * K]);
        came.set(L, start * K);
        next += count;
      },
      { pairBias: fillFrom(pairBias, K) },
    ),
  );
  expect(next).toBe(rows);
  const due = reference(sample.packed, sample.scores).scores.data.map((l, i) => l + pairBias[i]!);
  const tolerance = scoreTolerance(sample, backend.precision);
  expectClose(
    came,
    due,
    due.map((_, i) => tolerance[Math.floor(i / K)]!),
    'scores',
  );
}

function expectSums(
  backend: BackendSubject['backend'],
  { blocks, packed }: KernelCase,
  squares: readonly Statistics['squares'][],
  given: Matrix,
  weights: Float64Array | undefined,
): void {
  const { rows, cols: K } = given;
  const asked = new Uint8Array(rows);
  const fill: FillResponsibilities = (start, count, out) => {
    expect(out.length).toBe(count * K);
    out.set(given.data.subarray(start * K, (start + count) * K));
    for (let n = start; n < start + count; n++) asked[n]! += 1;
  };
  const stands = squares.map((own) => ({ statistics: identity[own], columns: null }));
  const came = withRows(backend, blocks, (taken) =>
    backend.accumulate(taken, { components: K, stands }, fill, weights && { rowWeights: weights }),
  );
  expect(asked.every((times) => times === 1)).toBe(true);
  const weigh = (n: number): number => weights?.[n] ?? 1;
  const all = { ...given, data: Float64Array.from(given.data, (r, i) => r * weigh(Math.floor(i / K))) };
  const due = referenceSums(packed, squares, all);
  const sized = packed.map((own) => ({ ...own, data: own.data.map((x) => 1 + Math.abs(x)) }));
  const sizes = referenceSums(sized, squares, all).sums;
  const relative = 8 * Math.sqrt(rows + 1) * unitRoundoff(backend.precision);
  expectClose(
    came.counts,
    due.counts,
    due.counts.map((c) => relative * c + 1e-300),
    'counts',
  );
  due.sums.forEach((own, t) => {
    expectClose(
      came.sums[t]!,
      own,
      sizes[t]!.map((s) => relative * s + 1e-30),
      `sums of stand ${t}`,
    );
  });
  let [entropy, weight] = [0, 0];
  for (let n = 0; n < rows; n++) {
    const own = given.data.subarray(n * K, (n + 1) * K);
    if (own.some((r) => r > 0)) weight += weigh(n);
    for (const r of own) if (r > 0) entropy -= weigh(n) * r * Math.log(r);
  }
  expectClose([came.weight], [weight], 1e-12 * weight + 1e-300, 'weight');
  expectClose([came.entropy], [entropy], 1e-11 * (rows + Math.abs(entropy)), 'entropy');
  expect(came.precision).toBe(backend.precision);
}

/** Some masked, the others exact in float32. */
function maskedPairs({ rows, components, seed }: Size, masked: number): Float64Array {
  const random = generator(key(seed + 7));
  return Float64Array.from({ length: rows * components }, () =>
    random.uniform() < masked ? Number.NEGATIVE_INFINITY : Math.fround(random.normal()),
  );
}

/** Rows owned by nobody among them, and sums beside 1; exact in the precision of the backend. */
function someResponsibilities({ rows, components, seed }: Size, precision: Precision): Matrix {
  const random = generator(key(seed + 8));
  const draw = (n: number): number => (n % 5 === 3 || random.uniform() < 0.3 ? 0 : random.uniform());
  const data = Float64Array.from({ length: rows * components }, (_, i) => draw(Math.floor(i / components)));
  return { data: precision === 'float32' ? data.map(Math.fround) : data, rows, cols: components };
}

function someWeights({ rows, seed }: Size): Float64Array {
  const random = generator(key(seed + 9));
  return Float64Array.from({ length: rows }, (_, n) => (n % 4 === 1 ? 0 : 3 * random.uniform()));
}

function tensors({ tf }: BackendSubject['backend']): number {
  return tf === null ? 0 : (tf as { memory(): { numTensors: number } }).memory().numTensors;
}
