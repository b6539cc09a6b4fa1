import { type Downstream, type Gradients, type Matrix, MixtentionError, type Scores } from '@mixtention/core';
import { normalizeRows, reference, referencePositions } from '@mixtention/core/kernel';
import { generator, key } from '@mixtention/core/numeric';
import { expect } from 'vitest';
import type { BackendRow } from './backend-subject.ts';
import { expectClose } from './expect-close.ts';
import { type KernelCase, kernelCase, termsCase } from './kernel-case.ts';
import { fillFrom, withRows } from './kernel-compare.ts';
import type { OracleOptions } from './kernel-oracle.ts';
import { caseSeed, forAll, integer, oneOf } from './property.ts';

type Biases = Pick<OracleOptions, 'pairBias' | 'positions'>;

const shapes = {
  rows: integer(1, 24),
  components: integer(1, 19),
  width: integer(1, 7),
  columns: integer(0, 4),
  biases: oneOf('none' as const, 'pairs' as const, 'positions' as const),
  seed: caseSeed,
};

/** Gradients of what was read. */
export const backwardRows: readonly BackendRow[] = [
  {
    name: 'backward-agrees',
    title:
      'backward equals the softmax formulas pair by pair, shows the gradient of every score, for biases of any kind, and gives rows that see nothing 0',
    check: ({ backend, runs }) =>
      forAll(
        shapes,
        ({ columns, biases, ...shape }) => {
          const sample = termsCase(
            [
              { form: 'linear', width: shape.width },
              { form: 'linear', width: 2 },
            ],
            shape,
            backend.precision,
          );
          const values = columns === 0 ? null : randomMatrix(shape.components, columns, shape.seed + 1);
          const wanted = { ...biasesFor(biases, shape) };
          expectBackward(backend, sample, values, downstreamFor(shape.rows, columns, shape.seed), wanted);
        },
        { runs: Math.ceil(runs / 2) },
      ),
  },
  {
    name: 'backward-differences',
    title: 'backward equals central differences of the loss in float64, in every number that read depends on',
    check: ({ backend }) => {
      const sample = kernelCase({ form: 'linear', rows: 5, components: 4, width: 3, seed: 11 }, backend.precision);
      const values = randomMatrix(4, 2, 12);
      const wanted = biasesFor('pairs', { rows: 5, components: 4, seed: 13 });
      const loss = downstreamFor(5, 2, 14);
      const came = backwardCase(backend, sample, values, loss, wanted);
      const due = differences(sample, values, loss, wanted);
      const slack = backend.precision === 'float32' ? 1e-4 : 1e-7;
      expectGradients(came, due, slack);
    },
  },
  {
    name: 'backward-far',
    title: 'backward keeps its digits where values lie far from 0, gradients are tiny or huge, and tiles are many',
    check: ({ backend }) => {
      for (const [rows, components, offset, size] of [
        [9_003, 70, 0, 1],
        [40, 12, 1e6, 1e-40],
        [40, 1_030, -300, 1e25],
      ] as const) {
        const sample = kernelCase({ form: 'linear', rows, components, width: 3, seed: 15 }, backend.precision);
        const values = { ...randomMatrix(components, 2, 16) };
        values.data.forEach((v, i) => {
          values.data[i] = Math.round(16 * v) / 16 + offset;
        });
        expectBackward(backend, sample, values, downstreamFor(rows, 2, 17, size), {});
      }
    },
  },
  {
    name: 'backward-refused',
    title: 'backward refuses terms that are not linear, and gradients that do not fit the reading, by one sentence',
    check: ({ backend }) => {
      const loss = downstreamFor(3, 0, 18);
      const whitened = kernelCase({ form: 'whitened', rows: 3, components: 2, width: 2, seed: 19 }, backend.precision);
      expect(errorOf(() => backwardCase(backend, whitened, null, loss, {}))).toMatchObject({
        code: 'BAD_OPTION',
        message: expect.stringContaining('only linear terms have gradients'),
      });
      const linear = kernelCase({ form: 'linear', rows: 3, components: 2, width: 2, seed: 20 }, backend.precision);
      const short = { logEvidence: new Float64Array(2) };
      expect(errorOf(() => backwardCase(backend, linear, null, short, {}))).toMatchObject({ code: 'BAD_SHAPE' });
      const wide = { output: randomMatrix(3, 1, 21) };
      expect(errorOf(() => backwardCase(backend, linear, null, wide, {}))).toMatchObject({ code: 'BAD_SHAPE' });
    },
  },
];

function backwardCase(
  backend: Parameters<BackendRow['check']>[0]['backend'],
  { blocks, scores }: KernelCase,
  values: Matrix | null,
  gradient: Downstream['gradient'],
  { pairBias, positions }: Biases,
): Gradients & { readonly slopes: Float64Array } {
  const options = {
    ...(pairBias && { pairBias: fillFrom(pairBias, scores.components) }),
    ...(positions && { positions }),
  };
  return withRows(backend, blocks, (rows) => {
    const reading = backend.read(rows, scores, values, options);
    const slopes = new Float64Array(rows[0]!.rows * scores.components);
    const gradients = backend.backward(
      rows,
      scores,
      values,
      { reading, gradient },
      { ...options, slopes: (start, _count, own) => slopes.set(own, start * scores.components) },
    );
    return { ...gradients, slopes };
  });
}

function expectBackward(
  backend: Parameters<BackendRow['check']>[0]['backend'],
  sample: KernelCase,
  values: Matrix | null,
  gradient: Downstream['gradient'],
  biases: Biases,
): void {
  const came = backwardCase(backend, sample, values, gradient, biases);
  expect(came.precision).toBe(backend.precision);
  const due = formulas(sample, values, gradient, biases);
  const slack = backend.precision === 'float32' ? 2e-5 : 1e-9;
  expectGradients(came, due, slack);
  expectSlack(came.slopes, due.slopes, slack, 'gradient of the scores');
}

/** Each array to so much of its largest number. */
function expectGradients(came: Omit<Gradients, 'precision'>, due: Omit<Gradients, 'precision'>, slack: number): void {
  const close = (own: ArrayLike<number>, right: ArrayLike<number>, what: string): void =>
    expectSlack(own, right, slack, what);
  close(came.bias, due.bias, 'gradient of the bias');
  close(came.values.data, due.values.data, 'gradient of the values');
  due.natural.forEach((own, t) => {
    close(came.natural[t]!, own, `gradient of the natural parameters of term ${t}`);
    close(came.queries[t]!.data, due.queries[t]!.data, `gradient of the rows of term ${t}`);
  });
}

function expectSlack(own: ArrayLike<number>, right: ArrayLike<number>, slack: number, what: string): void {
  const most = Array.from(right).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  expectClose(own, right, slack * most + Number.MIN_VALUE, what);
}

type Read = { readonly responsibilities: Matrix; readonly logEvidence: Float64Array; readonly output: Float64Array };

/** Reading by the definition, in float64. */
function readOf({ packed, scores }: KernelCase, values: Matrix | null, { pairBias, positions }: Biases): Read {
  const { data, rows, cols: K } = reference(packed, scores).scores;
  const places = positions && referencePositions(positions).data;
  const L = Float64Array.from(data, (l, i) => l + (pairBias?.[i] ?? 0) + (places?.[i] ?? 0));
  const { responsibilities, logEvidence } = normalizeRows({ data: L, rows, cols: K });
  const V = values?.cols ?? 0;
  const output = new Float64Array(rows * V);
  for (let i = 0; i < L.length; i++)
    for (let v = 0; v < V; v++)
      output[Math.floor(i / K) * V + v]! += responsibilities.data[i]! * values!.data[(i % K) * V + v]!;
  return { responsibilities, logEvidence, output };
}

/** `∂ℒ/∂L_nk = r_nk (G_n·(v_k − o_n) + g_n)`, and what follows from it. */
function formulas(
  sample: KernelCase,
  values: Matrix | null,
  { output: G, logEvidence: g }: Downstream['gradient'],
  biases: Biases,
): Omit<Gradients, 'precision'> & { readonly slopes: Float64Array } {
  const { responsibilities, output } = readOf(sample, values, biases);
  const { rows: N, cols: K } = responsibilities;
  const V = values?.cols ?? 0;
  const slope = Float64Array.from(responsibilities.data, (r, i) => {
    const [n, k] = [Math.floor(i / K), i % K];
    let sum = g?.[n] ?? 0;
    for (let v = 0; G !== undefined && v < V; v++)
      sum += G.data[n * V + v]! * (values!.data[k * V + v]! - output[n * V + v]!);
    return r === 0 ? 0 : r * sum;
  });
  const bias = new Float64Array(K);
  slope.forEach((d, i) => {
    bias[i % K]! += d;
  });
  const ofValues = new Float64Array(K * V);
  for (let i = 0; G !== undefined && i < N * K; i++)
    for (let v = 0; v < V; v++)
      ofValues[(i % K) * V + v]! += responsibilities.data[i]! * G.data[Math.floor(i / K) * V + v]!;
  const terms = linearTerms(sample.scores).map(({ natural, width: C }, t) => {
    const ofNatural = new Float64Array(K * C);
    const ofRows = new Float64Array(N * C);
    slope.forEach((d, i) => {
      const [n, k] = [Math.floor(i / K), i % K];
      for (let p = 0; p < C; p++) {
        ofNatural[k * C + p]! += d * sample.packed[t]!.data[n * C + p]!;
        ofRows[n * C + p]! += d * natural[k * C + p]!;
      }
    });
    return { natural: ofNatural, rows: { data: ofRows, rows: N, cols: C } };
  });
  return {
    slopes: slope,
    bias,
    natural: terms.map(({ natural }) => natural),
    queries: terms.map(({ rows }) => rows),
    values: { data: ofValues, rows: K, cols: V },
  };
}

/** Central differences of `ℒ = Σ G·o + Σ g L`, one number at a time. */
function differences(
  sample: KernelCase,
  values: Matrix,
  { output: G, logEvidence: g }: Downstream['gradient'],
  biases: Biases,
): Omit<Gradients, 'precision'> {
  const lossOf = (): number => {
    const { output, logEvidence } = readOf(sample, values, biases);
    const ofOutput = output.reduce((sum, o, i) => sum + o * G!.data[i]!, 0);
    return logEvidence.reduce((sum, l, n) => sum + (l === Number.NEGATIVE_INFINITY ? 0 : l * g![n]!), ofOutput);
  };
  const along = (numbers: Float64Array | Float32Array): Float64Array =>
    Float64Array.from(numbers, (value, i) => {
      const step = 1e-5 * Math.max(1, Math.abs(value));
      const lossAt = (x: number): number => {
        numbers[i] = x;
        return lossOf();
      };
      const slope = (lossAt(value + step) - lossAt(value - step)) / (2 * step);
      numbers[i] = value;
      return slope;
    });
  return {
    bias: along(sample.scores.bias),
    natural: linearTerms(sample.scores).map(({ natural }) => along(natural)),
    queries: sample.packed.map((own) => ({ ...own, data: along(own.data) })),
    values: { ...values, data: along(values.data) },
  };
}

function linearTerms({ terms }: Scores) {
  return terms.flatMap((term) => (term.form === 'linear' ? [term] : []));
}

/** Pairs of which every third row sees nothing, or positions of which the first rows come before all components. */
function biasesFor(
  kind: 'none' | 'pairs' | 'positions',
  { rows, components, seed }: { rows: number; components: number; seed: number },
): Biases {
  const random = generator(key(seed + 5));
  if (kind === 'none') return {};
  if (kind === 'positions')
    return {
      positions: {
        queries: Float64Array.from({ length: rows }, (_, n) => n - 2),
        keys: Float64Array.from({ length: components }, (_, k) => k),
        causal: true,
        window: 9,
        alibi: 0.25,
      },
    };
  const pairBias = Float64Array.from({ length: rows * components }, (_, i) =>
    Math.floor(i / components) % 3 === 2 || random.uniform() < 0.2
      ? Number.NEGATIVE_INFINITY
      : Math.fround(random.normal()),
  );
  return { pairBias };
}

function downstreamFor(rows: number, columns: number, seed: number, size = 1): Downstream['gradient'] {
  const random = generator(key(seed + 6));
  const logEvidence = Float64Array.from({ length: rows }, () => size * Math.fround(random.normal()));
  if (columns === 0) return { logEvidence };
  const output = randomMatrix(rows, columns, seed + 7);
  return { logEvidence, output: { ...output, data: output.data.map((value) => size * value) } };
}

function randomMatrix(rows: number, cols: number, seed: number): Matrix & { readonly data: Float64Array } {
  const random = generator(key(seed));
  return { data: Float64Array.from({ length: rows * cols }, () => Math.fround(random.normal())), rows, cols };
}

function errorOf(call: () => unknown): { readonly code: string; readonly message: string } | null {
  try {
    call();
  } catch (error) {
    if (error instanceof MixtentionError) return error;
    throw error;
  }
  return null;
}
