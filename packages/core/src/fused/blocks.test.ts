import { describe, expect, it } from 'vitest';
import { plain } from '../backends/plain.ts';
import type { Backend, KernelOptions, LinearTerm, Matrix, RowBlock, Scores } from '../contracts/index.ts';
import { identity } from '../kernel/statistics.ts';
import { generator, key } from '../numeric/index.ts';
import { fusedBackend } from './fused.ts';

/** Three blocks of components, the last of them short. */
const [N, K, C, V] = [130, 2_500, 5, 3];

const random = generator(key(17));
const draw = (count: number, scale = 1): Float64Array =>
  Float64Array.from({ length: count }, () => Math.fround(scale * random.normal()));
const block: RowBlock = { data: draw(N * C), rows: N, cols: C, stride: C };
const term: LinearTerm = { form: 'linear', statistics: identity.none, columns: null, width: C, natural: draw(K * C) };
const scores: Scores = { components: K, bias: draw(K), terms: [term] };
const values: Matrix = { data: draw(K * V), rows: K, cols: V };
const places = {
  queries: Float64Array.from({ length: N }, (_, n) => 19 * n - 5),
  keys: Float64Array.from(scores.bias, (_, k) => k),
};

/** In turn: nothing; all before; neighbours, of which most blocks are none; pairs of which some rows have none. */
const biases: { readonly [name: string]: KernelOptions } = {
  none: {},
  causal: { positions: { ...places, causal: true, alibi: 0.01 } },
  window: { positions: { ...places, window: 40 } },
  pairs: {
    pairBias: (start, count, out) => {
      for (let i = 0; i < count * K; i++) {
        const [n, k] = [start + Math.floor(i / K), i % K];
        out[i] = n % 7 === 3 || (n % 5 === 2 && k < 1_100) ? Number.NEGATIVE_INFINITY : ((n * k) % 13) / 8;
      }
    },
  },
};

function take(backend: Backend): ReturnType<Backend['take']> {
  return backend.take(backend.precision === 'float32' ? { ...block, data: Float32Array.from(block.data) } : block);
}

/** To so much of the largest number; infinities alike. */
function expectNear(came: ArrayLike<number>, due: ArrayLike<number>, slack: number): void {
  const finite = Array.from(due, (x) => (Number.isFinite(x) ? Math.abs(x) : 0));
  const most = finite.reduce((a, b) => Math.max(a, b), 0);
  const worst = Array.from(due).reduce((a, x, i) => Math.max(a, came[i] === x ? 0 : Math.abs(came[i]! - x)), 0);
  expect(came.length).toBe(due.length);
  expect(worst).toBeLessThan(slack * most + Number.MIN_VALUE);
}

describe.each(['float32', 'float64'] as const)('many components are read block by block in %s', (precision) => {
  const backend = fusedBackend({ precision });
  const slack = precision === 'float32' ? 1e-5 : 1e-12;

  it.each(Object.entries(biases))('and give what plain gives, gradients too: %s', (_, options) => {
    const wanted = { ...options, labels: true, responsibilities: true };
    const [ours, theirs] = [[take(backend)], [plain.take(block)]];
    const came = backend.read(ours, scores, values, wanted);
    const due = plain.read(theirs, scores, values, wanted);
    expectNear(came.output.data, due.output.data, slack);
    expectNear(came.logEvidence, due.logEvidence, slack);
    expectNear(came.responsibilities!.data, due.responsibilities!.data, slack);
    const differ = came.labels!.filter((label, n) => label !== due.labels![n]);
    expect(differ.length).toBeLessThan(precision === 'float32' ? 2 : 1);
    const gradient = { output: { data: draw(N * V), rows: N, cols: V }, logEvidence: draw(N) };
    const slopes = [new Float64Array(N * K), new Float64Array(N * K)] as const;
    const seen = slopes.map((own) => ({
      ...options,
      slopes: (start: number, _count: number, part: Float64Array | Float32Array) => own.set(part, start * K),
    }));
    const back = backend.backward(ours, scores, values, { reading: came, gradient }, seen[0]);
    const right = plain.backward(theirs, scores, values, { reading: due, gradient }, seen[1]);
    expectNear(slopes[0], slopes[1], slack);
    expectNear(back.queries[0]!.data, right.queries[0]!.data, slack);
    expectNear(back.natural[0]!, right.natural[0]!, slack);
    expectNear(back.bias, right.bias, slack);
    expectNear(back.values.data, right.values.data, slack);
    const level = { logEvidence: gradient.logEvidence };
    const alone = backend.backward(
      ours,
      scores,
      null,
      { reading: { ...came, output: { ...values, data: new Float64Array(0), rows: N, cols: 0 } }, gradient: level },
      options,
    );
    const dueAlone = plain.backward(
      theirs,
      scores,
      null,
      { reading: { ...due, output: { ...values, data: new Float64Array(0), rows: N, cols: 0 } }, gradient: level },
      options,
    );
    expectNear(alone.natural[0]!, dueAlone.natural[0]!, slack);
  });

  it('and scores that are written in between are laid out as each call needs them', () => {
    const rows = [take(backend)];
    const reading = backend.read(rows, scores, values);
    const written = backend.write(rows, scores);
    expect(backend.read(rows, scores, values)).toStrictEqual(reading);
    expect(backend.write(rows, scores)).toStrictEqual(written);
  });
});

it('eight heads of 4,096 queries and keys of 64 columns take less than 64 MB beside what they return', () => {
  const [size, width, heads] = [4_096, 64, 8];
  const backend = fusedBackend();
  const own: RowBlock = { data: Float32Array.from(draw(size * width, 0.3)), rows: size, cols: width, stride: width };
  const natural = draw(size * width, 0.3);
  const all: Scores = { components: size, bias: new Float64Array(size), terms: [{ ...term, width, natural }] };
  const wide: Matrix = { data: natural, rows: size, cols: width };
  const rows = [backend.take(own)];
  const before = process.resourceUsage().maxRSS;
  let returned = 0;
  const results: unknown[] = [];
  for (let h = 0; h < heads; h++) {
    const reading = backend.read(rows, { ...all }, wide);
    results.push(reading);
    returned += reading.output.data.byteLength + reading.logEvidence.byteLength;
    if (h > 0) continue;
    const gradients = backend.backward(rows, all, wide, { reading, gradient: { output: reading.output } });
    results.push(gradients);
    for (const part of [gradients.queries[0]!.data, gradients.natural[0]!, gradients.values.data])
      returned += part.byteLength;
  }
  const extra = process.resourceUsage().maxRSS * 1024 - before * 1024 - returned;
  expect(results.length).toBe(heads + 1);
  expect(extra / 2 ** 20).toBeLessThan(64);
});
