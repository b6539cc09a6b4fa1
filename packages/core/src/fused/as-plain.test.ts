import { describe, expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import type { Backend, Reading, RowBlock, Scores, Statistics, Term, Written } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { availableAddon } from '../testing/available-addon.ts';
import { addonBackend } from './addon.ts';
import { instructionSets } from './addon-machine.ts';
import { fusedBackend } from './fused.ts';

const addon = availableAddon();
const kernels: Backend[] = (['float32', 'float64'] as const).flatMap((precision) => [
  fusedBackend({ precision }),
  ...instructionSets
    .filter((name) => addon?.sets[name] !== undefined)
    .map((instructions) => addonBackend(addon!, { precision, instructions })),
]);

const random = generator(key(5));
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => Math.fround(random.normal()));

type Form = 'linear' | 'triangular' | 'full' | 'shared' | 'shared triangular' | 'student';

function scoresOf(form: Form, squares: Statistics['squares'], K: number, C: number): Scores {
  const stand = { statistics: identity[squares], columns: null, width: C };
  const bias = draw(K);
  // Below 0, so that a row of +∞ has scores of −∞ alone.
  if (form === 'linear')
    return { components: K, bias, terms: [{ ...stand, form, natural: draw(K * C).map((h) => -Math.abs(h) - 0.1) }] };
  const factors = form.startsWith('shared') ? 1 : K;
  const triangular = form.endsWith('triangular');
  const factor = draw(factors * C * C).map((w, i) => {
    const column = i % C;
    const row = Math.floor(i / C) % C;
    return triangular && column > row ? 0 : row === column ? Math.fround(0.5 + Math.abs(w)) : w;
  });
  const factored = { ...stand, factor, offset: draw(K * C), triangular };
  const term: Term =
    form === 'student'
      ? { ...factored, form, scale: new Float64Array(K).fill(2), degrees: new Float64Array(K).fill(3) }
      : { ...factored, form: 'whitened' };
  return { components: K, bias, terms: [term] };
}

function blockOf(data: Float64Array, cols: number, { precision }: Backend): RowBlock {
  const own = precision === 'float32' ? Float32Array.from(data) : data;
  return { data: own, rows: data.length / cols, cols, stride: cols };
}

const kindOf = (x: number): number => (Number.isFinite(x) ? 0 : x);
const kinds = (values: Iterable<number>): number[] => Array.from(values, kindOf);

function readingKinds({ logEvidence, output, labels, responsibilities }: Reading): unknown {
  return [logEvidence, output.data, responsibilities!.data].map(kinds).concat([Array.from(labels!, Math.sign)]);
}

function writtenKinds({ counts, sums, logEvidence, logMaxResponsibility, weight, orphans }: Written): unknown {
  return { orphans, kinds: [counts, ...sums, [logEvidence, logMaxResponsibility, weight]].map(kinds) };
}

const shapes = [
  [1, 1, 1],
  [1, 1, 3],
  [21, 3, 1],
  [23, 5, 3],
  [70, 17, 4],
] as const;
const forms: Form[] = ['linear', 'triangular', 'full', 'shared', 'shared triangular', 'student'];

/** Cells that spoil a tenth of the rows, the first among them. */
function spoilt(N: number, C: number, cells: readonly number[]): Float64Array {
  const data = draw(N * C);
  for (let n = 0, i = 0; n < N; n += 10, i++) data[n * C + (i % C)] = cells[i % cells.length]!;
  return data;
}

const extremes = {
  '+∞': [Number.POSITIVE_INFINITY],
  'all of them': [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
  tiny: [5e-324, -1e-310, -0],
};

describe('rows that hold what is not finite', () => {
  it('are read, scored and written as plain does, by every kernel', () => {
    for (const backend of kernels)
      for (const form of forms)
        for (const [N, K, C] of shapes)
          for (const [what, cells] of Object.entries(extremes)) {
            const squares = form === 'linear' ? 'none' : (['none', 'each', 'pooled'] as const)[N % 3]!;
            const scores = scoresOf(form, squares, K, C);
            const rows = [blockOf(spoilt(N, C, cells), C, backend)];
            const label = `${backend.name} ${backend.kernel} ${backend.precision}: ${form}, ${squares}, ${[N, K, C]}, ${what}`;
            const values = { data: draw(K * 2), rows: K, cols: 2 };
            const wanted = { labels: true, responsibilities: true };
            const due = plain.read(rows, scores, values, wanted);
            expect(readingKinds(backend.read(rows, scores, values, wanted)), label).toEqual(readingKinds(due));
            const scored = (on: Backend): number[] => {
              const all: number[] = [];
              on.score(rows, scores, (_, __, L) => all.push(...kinds(L)));
              return all;
            };
            expect(scored(backend), label).toEqual(scored(plain));
            if (form === 'student') continue;
            const rowWeights = Float64Array.from({ length: N }, (_, n) => (n % 20 === 0 ? 0 : 1));
            for (const options of [{}, { hard: true }, { rowWeights }])
              expect(writtenKinds(backend.write(rows, scores, options)), label).toEqual(
                writtenKinds(plain.write(rows, scores, options)),
              );
          }
  });

  it('are orphans where all scores are −∞, and change nothing of what the others tell', () => {
    for (const backend of kernels)
      for (const form of ['linear', 'triangular', 'shared triangular'] as const) {
        const scores = scoresOf(form, form === 'linear' ? 'none' : 'each', 3, 2);
        const sound = draw(2 * 50);
        const data = new Float64Array(2 * 51);
        data.set(sound);
        data.set([0.5, Number.POSITIVE_INFINITY], 100);
        const due = backend.write([blockOf(sound, 2, backend)], scores);
        const written = backend.write([blockOf(data, 2, backend)], scores);
        expect([written.orphans, written.weight], form).toEqual([1, 50]);
        const error = Math.max(
          ...written.counts.map((count, k) => Math.abs(count - due.counts[k]!)),
          ...written.sums[0]!.map((sum, i) => Math.abs(sum - due.sums[0]![i]!)),
          Math.abs(written.logEvidence - due.logEvidence) / 100,
        );
        expect(error, `${backend.kernel} ${form}`).toBeLessThan(backend.precision === 'float32' ? 1e-4 : 1e-12);
        const { logEvidence, labels } = backend.read([blockOf(data, 2, backend)], scores, null, { labels: true });
        expect([logEvidence[50], labels![50]], form).toEqual([Number.NEGATIVE_INFINITY, -1]);
      }
  });

  it('keep their biases of pairs and positions when plain reads them', () => {
    const scores = scoresOf('triangular', 'each', 3, 2);
    const data = draw(12);
    data[5] = Number.NEGATIVE_INFINITY;
    data[9] = Number.NEGATIVE_INFINITY;
    for (const backend of kernels) {
      const rows = [blockOf(data, 2, backend)];
      // +∞ beside −∞ is no number, so rows 2 and 4 differ by their biases alone.
      const options = {
        labels: true,
        pairBias: (start: number, count: number, out: Float64Array | Float32Array) => {
          out.fill(0);
          if (start <= 4 && start + count > 4) out[(4 - start) * 3] = Number.POSITIVE_INFINITY;
        },
        positions: { queries: Float64Array.of(0, 1, 2, 3, 4, 5), keys: Float64Array.of(0, 1, 2), causal: true },
      };
      const due = plain.read(rows, scores, null, options);
      const { logEvidence, labels } = backend.read(rows, scores, null, options);
      expect(kinds(logEvidence), backend.name).toEqual(kinds(due.logEvidence));
      expect(kinds(logEvidence)).toEqual([0, 0, Number.NEGATIVE_INFINITY, 0, Number.NaN, 0]);
      expect(Array.from(labels!), backend.name).toEqual(Array.from(due.labels!));
    }
  });
});

it('a cell whose square is infinite tells nothing of components that have no part in its row', () => {
  const stand = { statistics: identity.each, columns: null, width: 1 };
  const scores: Scores = {
    components: 2,
    bias: Float64Array.of(0.125, 0),
    terms: [{ ...stand, form: 'whitened', factor: Float64Array.of(1, 1e-160), offset: new Float64Array(2) }],
  };
  const data = Float64Array.of(1e160, 0.5);
  for (const backend of kernels.filter(({ precision }) => precision === 'float64')) {
    const { counts, sums, orphans } = backend.write([blockOf(data, 1, backend)], scores);
    // The second row belongs to the two by halves.
    expect([...counts, orphans]).toEqual([0.5, 1.5, 0].map((x) => expect.closeTo(x, 9)));
    expect([sums[0]![1], sums[0]![3]], backend.kernel).toEqual([expect.closeTo(0.125), Number.POSITIVE_INFINITY]);
    const into = { components: 2, stands: [stand] };
    const given = backend.accumulate([blockOf(data, 1, backend)], into, (start, count, out) => {
      for (let n = 0; n < count; n++) out.set(start + n === 0 ? [0, 1] : [1, 0], 2 * n);
    });
    expect(Array.from(given.sums[0]!), backend.kernel).toEqual([0.5, 0.25, 1e160, Number.POSITIVE_INFINITY]);
  }
});
