import { MixtentionError, type Precision, type Scores, type StudentTerm, type Term } from '@mixtention/core';
import { identity } from '@mixtention/core/kernel';
import { lgamma } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import type { BackendRow, BackendSubject } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import { type KernelCase, type TermShape, termsCase, unitRoundoff } from './kernel-case.ts';
import { expectRead, expectWrite, readCase, writeCase } from './kernel-compare.ts';
import { oracle } from './kernel-oracle.ts';

/** A term of so many columns; factors that are no triangles have more rows than columns, or fewer. */
type Kind = (width: number) => TermShape;

const linear: Kind = (width) => ({ form: 'linear', width });
const whitened: Kind = (width) => ({ form: 'whitened', width });
const shared: Kind = (width) => ({ form: 'whitened', width, shared: true });
const rectangular: Kind = (width) => ({ form: 'whitened', width, factorRows: 1 + ((3 * width) % 7) });
const rectangularShared: Kind = (width) => ({ ...rectangular(width), shared: true });
const student: Kind = (width) => ({ form: 'student', width });
const studentRectangular: Kind = (width) => ({ ...rectangular(width), form: 'student' });
const studentShared: Kind = (width) => ({ ...shared(width), form: 'student' });
const studentColumns: Kind = (width) => ({ form: 'student', width, perColumn: true });
const studentColumnsShared: Kind = (width) => ({ ...rectangularShared(width), form: 'student', perColumn: true });

/** Every form of score with every kind of sums, about: no form knows what sums are made of. */
const written: readonly Kind[] = [
  linear,
  (width) => ({ ...linear(width), squares: 'each' }),
  (width) => ({ ...linear(width), squares: 'pooled' }),
  whitened,
  (width) => ({ ...whitened(width), squares: 'none' }),
  rectangular,
  (width) => ({ ...shared(width), squares: 'pooled' }),
  (width) => ({ ...rectangularShared(width), squares: 'none' }),
];

const read: readonly Kind[] = [
  linear,
  whitened,
  rectangular,
  shared,
  rectangularShared,
  student,
  studentRectangular,
  studentShared,
  studentColumns,
  studentColumnsShared,
];

/** Scores of several terms, each over rows and with statistics of its own. */
export const termRows: readonly BackendRow[] = [
  {
    name: 'terms-write',
    title: 'write of a sum of up to three terms equals the naive loops, with one array of sums a term',
    check: (subject) => eachList(written, subject, (sample) => expectWrite(subject.backend, sample)),
  },
  {
    name: 'terms-read',
    title: 'read of a sum of up to three terms equals the naive loops, Student-t included',
    check: (subject) => eachList(read, subject, (sample) => expectRead(subject.backend, sample, null)),
  },
  {
    name: 'terms-shared-rows',
    title: 'two terms may stand on the same rows',
    check: ({ backend }) => {
      const made = termsCase([linear(5), whitened(5)], { rows: 30, components: 6, seed: 1 }, backend.precision);
      const same: KernelCase = {
        ...made,
        blocks: [made.blocks[0]!, made.blocks[0]!],
        packed: [made.packed[0]!, made.packed[0]!],
      };
      const rows = backend.take(same.blocks[0]!);
      const both = backend.write([rows, rows], same.scores);
      backend.release(rows);
      const apart = writeCase(backend, same);
      expect(both).toStrictEqual(apart);
      expectWrite(backend, same);
    },
  },
  {
    name: 'terms-many-tiles',
    title: 'terms that would cut rows otherwise share the tiles of the most demanding',
    check: ({ backend }) => {
      const terms = [linear(1), { ...shared(3), squares: 'pooled' } as const, whitened(2)];
      const sample = termsCase(terms, { rows: 8300, components: 3, seed: 2 }, backend.precision);
      expectWrite(backend, sample);
      expectRead(backend, sample, null);
    },
  },
  {
    name: 'pooled-far',
    title: 'sums pooled over components a thousand deviations from 0 hold the covariance that they share to 1e-3 of it',
    check: ({ backend }) => {
      const sample = farCase(backend.precision);
      const { counts, sums } = writeCase(backend, sample);
      const due = oracle(sample);
      const within = withinOf(counts, sums[0]!);
      expectClose(within, withinOf(due.counts, due.sums[0]!), 1e-3, 'covariance within');
      expect(within[0]).toBeGreaterThan(0.5);
    },
  },
  {
    name: 'student-density',
    title: 'a Student-t term with its normalizer in the bias is a density, whose values are known',
    check: ({ backend }) => {
      for (const degrees of [1, 2.5, 30, 1e6, Number.POSITIVE_INFINITY]) {
        const reading = readCase(backend, densityCase(degrees, backend.precision), null);
        const density = reading.logEvidence.map(Math.exp);
        const due = GRID.map((x) => studentDensity(1.5 * x - 0.5, degrees) * 1.5);
        expectClose(
          density,
          due,
          40 * unitRoundoff(backend.precision) + powerError(degrees),
          `density of ${degrees} degrees`,
        );
      }
    },
  },
  {
    name: 'student-limit',
    title: 'a Student-t of many degrees is a whitened term, and one of infinitely many is the same',
    check: ({ backend }) => {
      for (const kind of [student, studentRectangular, studentShared, studentColumns, studentColumnsShared]) {
        const made = termsCase([kind(4)], { rows: 40, components: 7, seed: 3 }, backend.precision);
        const due = readCase(backend, withTerm(made, limitOf(made)), null).logEvidence;
        for (const degrees of [Number.POSITIVE_INFINITY, 1e12]) {
          const came = readCase(backend, withTerm(made, flattened(made, degrees)), null).logEvidence;
          const slack = degrees === Number.POSITIVE_INFINITY ? 0 : 1e-9;
          const size = 200 * unitRoundoff(backend.precision) + slack;
          expectClose(
            came,
            due,
            due.map((l) => size * (1 + Math.abs(l))),
            `evidence at ${degrees} degrees`,
          );
        }
      }
    },
  },
  {
    name: 'student-read-only',
    title: 'write refuses a Student-t term in one sentence',
    check: ({ backend }) => {
      const sample = termsCase([linear(2), student(2)], { rows: 3, components: 2, seed: 4 }, backend.precision);
      const refused = [() => writeCase(backend, sample)].map(errorOf);
      expect(refused.map(({ code }) => code)).toEqual(['BAD_OPTION']);
      expect(refused[0]!.message).toMatch(/term 1 \(counted from 0\) is a Student-t, which can only be read/);
    },
  },
];

function eachList(
  kinds: readonly Kind[],
  { backend, combinations }: BackendSubject,
  check: (sample: KernelCase) => void,
): void {
  let seed = 0;
  for (const list of lists(kinds, combinations === 'all')) {
    seed++;
    const terms = list.map((kind, t) => kind(1 + ((seed + 3 * t) % 9)));
    const shape = { rows: 1 + (seed % 17), components: 1 + ((7 * seed) % 19), spread: 0.7, seed };
    check(termsCase(terms, shape, backend.precision));
  }
}

function lists(kinds: readonly Kind[], all: boolean): Kind[][] {
  const pairs = kinds.flatMap((a) => kinds.map((b) => [a, b]));
  const thirds = (i: number): readonly Kind[] => (all ? kinds : [kinds[(5 * i) % kinds.length]!]);
  const triples = pairs.flatMap((pair, i) => thirds(i).map((third) => [...pair, third]));
  return [...kinds.map((kind) => [kind]), ...(all ? pairs : []), ...triples];
}

/** Points that a density is asked for at. */
const GRID = Float64Array.from({ length: 41 }, (_, i) => Math.fround(i / 4 - 5));

/** One component of one column: `y = 1.5 x − 0.5` is Student-t. */
function densityCase(degrees: number, precision: Precision): KernelCase {
  const term: StudentTerm = {
    form: 'student',
    statistics: identity.none,
    columns: null,
    width: 1,
    factor: Float64Array.of(1.5),
    offset: Float64Array.of(0.5),
    scale: Float64Array.of(1),
    degrees: Float64Array.of(degrees),
  };
  const scores: Scores = {
    components: 1,
    bias: Float64Array.of(Math.log(1.5) + logNormalizer(degrees)),
    terms: [term],
  };
  const packed = { data: GRID, rows: GRID.length, cols: 1 };
  const data = precision === 'float32' ? Float32Array.from(GRID) : GRID;
  return { blocks: [{ ...packed, data, stride: 1 }], packed: [packed], scores };
}

function logNormalizer(degrees: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return -0.5 * Math.log(2 * Math.PI);
  return lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - 0.5 * Math.log(degrees * Math.PI);
}

/** Closed forms of what has one, else `Γ((ν+1)/2) / (√(νπ) Γ(ν/2)) (1 + y²/ν)^(−(ν+1)/2)` as a power. */
function studentDensity(y: number, degrees: number): number {
  if (degrees === 1) return 1 / (Math.PI * (1 + y * y));
  if (degrees === Number.POSITIVE_INFINITY) return Math.exp(-0.5 * y * y) / Math.sqrt(2 * Math.PI);
  return Math.exp(logNormalizer(degrees)) * (1 + (y * y) / degrees) ** (-(degrees + 1) / 2);
}

/** What the power of a base near 1 has lost. */
function powerError(degrees: number): number {
  return Number.isFinite(degrees) ? 2 ** -53 * degrees : 0;
}

function withTerm(sample: KernelCase, term: Term): KernelCase {
  return { ...sample, scores: { ...sample.scores, terms: [term] } };
}

function flattened({ scores }: KernelCase, degrees: number): StudentTerm {
  const term = scores.terms[0] as StudentTerm;
  return { ...term, scale: term.scale.map(() => 1), degrees: term.degrees.map(() => degrees) };
}

function limitOf({ scores }: KernelCase): Term {
  const { scale: _, degrees: __, ...term } = scores.terms[0] as StudentTerm;
  return { ...term, form: 'whitened' };
}

/** Unit components of two columns at 0, and two that overlap 1,000 from there. */
function farCase(precision: Precision): KernelCase {
  const means = [0, 0, 600, 800, 601, 801];
  const made = termsCase([{ ...shared(2), squares: 'pooled' }], { rows: 900, components: 3, seed: 5 }, precision);
  const data = made.packed[0]!.data.map((x, i) => Math.fround(x + means[i % 6]!));
  const packed = { ...made.packed[0]!, data };
  const block = { ...packed, data: precision === 'float32' ? Float32Array.from(data) : data, stride: 2 };
  const term = { ...made.scores.terms[0]!, factor: Float64Array.of(1, 0, 0, 1), offset: Float64Array.from(means) };
  return {
    blocks: [block],
    packed: [packed],
    scores: { components: 3, bias: new Float64Array(3), terms: [term as Term] },
  };
}

/** `Σ_k [Σ r x xᵀ − s_k s_kᵀ / N_k] / N` `[3]`, the lower triangle, of two columns. */
function withinOf(counts: Float64Array, sums: Float64Array): Float64Array {
  const K = counts.length;
  const total = counts.reduce((a, b) => a + b, 0);
  return Float64Array.from([0, 1, 2], (at) => {
    const [i, j] = [at === 0 ? 0 : 1, at === 2 ? 1 : 0];
    const between = counts.reduce((sum, n, k) => sum + (sums[2 * k + i]! * sums[2 * k + j]!) / n, 0);
    return (sums[2 * K + at]! - between) / total;
  });
}

function errorOf(call: () => unknown): { readonly code: string; readonly message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof MixtentionError) return error;
    throw error;
  }
  return { code: 'nothing was thrown', message: '' };
}
