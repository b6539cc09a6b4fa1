import { key } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { describe, expect, test } from 'vitest';
import { multiHeadAttention } from '../layers/multi-head-attention.ts';
import type { Float64Rows } from '../rows.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { along } from '../testing/finite-differences.ts';
import { attentionLayer, crossAttention } from './attention-layer.ts';
import { fixedPoint } from './fixed-point.ts';
import { gaussianKeyAttention } from './gaussian-key-attention.ts';
import type { Layer } from './layer.ts';
import { layerNorm } from './layer-norm.ts';
import { learntPositions } from './learnt-positions.ts';
import { linear } from './linear.ts';
import { maskedLinear } from './masked-linear.ts';
import { mlp } from './mlp.ts';
import { retrieval } from './retrieval.ts';
import { sequence, transformerBlock } from './transformer-block.ts';

const random = draws(81);
const WIDTH = 4;
const x = random.normal(6, WIDTH);

const layers: { readonly [name: string]: Layer } = {
  linear: linear(WIDTH, 3),
  'layer norm': layerNorm(WIDTH),
  mlp: mlp(WIDTH, 7),
  'mlp with relu': mlp(WIDTH, 7, 3, 'relu'),
  'masked linear': maskedLinear(WIDTH, 3, (from, to) => from <= to),
  'learnt positions': learntPositions(3, WIDTH),
  'self-attention of two sequences': attentionLayer({ width: WIDTH, heads: 2, length: 3 }),
  'causal self-attention': attentionLayer({ width: WIDTH, heads: 1, causal: true }),
  'attention over keys of three Gaussians': gaussianKeyAttention({ width: WIDTH, heads: 2, gaussians: 3, length: 3 }),
  'causal attention over keys of two Gaussians, by distance': gaussianKeyAttention({
    ...{ width: WIDTH, heads: 1, gaussians: 2, causal: true, distances: true },
  }),
  'retrieval of patterns': retrieval({ width: WIDTH, patterns: 5 }),
  'half steps of EM': retrieval({ width: WIDTH, patterns: 3, gaussian: true, step: 0.5, scale: 0.3, iterations: 4 }),
  block: transformerBlock({ width: WIDTH, heads: 2, hidden: 5, length: 3, causal: true }),
  'two blocks and a map': sequence({
    first: transformerBlock({ width: WIDTH, heads: 2, hidden: 3 }),
    second: transformerBlock({ width: WIDTH, heads: 1, hidden: 3 }),
    norm: layerNorm(WIDTH),
    map: linear(WIDTH, 2),
  }),
};

/** Parameters of a layer, none of them where gradients are 0 for a reason. */
function somewhere(layer: { init: Layer['init'] }): Arrays {
  return Object.fromEntries(
    Object.entries(layer.init(key(5))).map(([name, own]) => [name, own.map((w, i) => w + 0.3 * Math.cos(3 * i))]),
  );
}

function dot(a: Float64Rows, b: Float64Rows): number {
  return a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
}

describe.each(await backends())('gradients on $backend.name', ({ backend, tolerance }) => {
  const slack = tolerance < 1e-6 ? 1e-9 : 1e-4;

  test.each(Object.entries(layers))('of %s are differences of the loss', (_, layer) => {
    const parameters = somewhere(layer);
    const upstream = random.normal(x.rows, layer.apply(parameters, x).output.cols);
    const loss = (): number => dot(layer.apply(parameters, x).output, upstream);
    const { output, pullback } = layer.apply(parameters, x, { backend });
    expect(difference(output.data, layer.apply(parameters, x).output.data)).toBeLessThan(Math.max(tolerance, slack));
    const ours = pullback(upstream);
    expect(difference(ours.input.data, along(x.data, loss))).toBeLessThan(slack);
    expect(Object.keys(ours.parameters).sort()).toEqual(Object.keys(parameters).sort());
    for (const [name, own] of Object.entries(parameters))
      expect(difference(ours.parameters[name]!, along(own, loss, 4e-4))).toBeLessThan(slack);
  });

  test('of cross-attention are differences of the loss', () => {
    const layer = crossAttention({ width: WIDTH, heads: 2, length: 3, keyLength: 2 });
    const parameters = somewhere(layer);
    const input = { queries: x, keys: random.normal(4, WIDTH) };
    const upstream = random.normal(6, WIDTH);
    const loss = (): number => dot(layer.apply(parameters, input).output, upstream);
    const ours = layer.apply(parameters, input, { backend }).pullback(upstream);
    expect(difference(ours.input.queries.data, along(x.data, loss))).toBeLessThan(slack);
    expect(difference(ours.input.keys.data, along(input.keys.data, loss))).toBeLessThan(slack);
    for (const [name, own] of Object.entries(parameters))
      expect(difference(ours.parameters[name]!, along(own, loss, 4e-4))).toBeLessThan(slack);
  });
});

test('attention as a layer is multi-head attention with its weights', () => {
  const layer = attentionLayer({ width: WIDTH, heads: 2, causal: true });
  const parameters = somewhere(layer);
  const of = (name: string): Float64Rows => ({ data: parameters[`${name}.weight`]!, rows: WIDTH, cols: WIDTH });
  const weights = {
    ...{ query: of('query'), key: of('key'), value: of('value'), output: of('output') },
    ...{ queryBias: parameters['query.bias']!, keyBias: parameters['key.bias']! },
    ...{ valueBias: parameters['value.bias']!, outputBias: parameters['output.bias']! },
  };
  const due = multiHeadAttention(x, x, x, weights, { heads: 2, mask: 'causal' });
  expect(difference(layer.apply(parameters, x).output.data, due.output.data)).toBeLessThan(1e-12);
});

test('sequences of a batch do not see one another, and causal tokens not what comes after them', () => {
  const layer = layers.block!;
  const parameters = somewhere(layer);
  const before = layer.apply(parameters, x).output.data;
  const changed = { ...x, data: x.data.map((value, i) => (i >= 4 * WIDTH ? value + 1 : value)) };
  const after = layer.apply(parameters, changed).output.data;
  expect(after.subarray(0, 4 * WIDTH)).toEqual(before.subarray(0, 4 * WIDTH));
  expect(difference(after.subarray(4 * WIDTH), before.subarray(4 * WIDTH))).toBeGreaterThan(0.1);
});

test('patterns as a layer are attention iterated over them, and steps of EM count their lengths', () => {
  const parameters = { pattern: random.normal(5, WIDTH).data, bias: random.normal(1, 5).data };
  const patterns = { data: parameters.pattern, rows: 5, cols: WIDTH };
  const weights = parameters.bias.map(
    (b, k) => b - 0.2 * patterns.data.subarray(k * WIDTH, (k + 1) * WIDTH).reduce((sum, x) => sum + x * x, 0),
  );
  for (const [gaussian, bias] of [
    [false, parameters.bias],
    [true, weights],
  ] as const) {
    const layer = retrieval({ width: WIDTH, patterns: 5, scale: 0.4, iterations: 7, gaussian });
    const due = fixedPoint(x, patterns, { scale: 0.4, bias, maxIterations: 7, tolerance: 0 });
    expect(difference(layer.apply(parameters, x).output.data, due.output.data)).toBeLessThan(1e-12);
  }
  expect(() => retrieval({ width: 2, patterns: 0 })).toThrow(/patterns is 0, a count above 0 was due/);
});

test('rows that are no sequences, and heads that do not share the width, are refused by one sentence', () => {
  const layer = attentionLayer({ width: WIDTH, heads: 2, length: 4 });
  expect(() => layer.apply(layer.init(key(0)), x)).toThrow(/6 rows of queries and 6 of keys are no sequences of 4/);
  expect(() => attentionLayer({ width: WIDTH, heads: 3 })).toThrow(/3 heads cannot share 4 columns/);
  const causal = crossAttention({ width: WIDTH, heads: 2, causal: true });
  const fewer = { data: x.data.subarray(0, 4 * WIDTH), rows: 4, cols: WIDTH };
  expect(() => causal.apply(causal.init(key(0)), { queries: x, keys: fewer })).toThrow(
    /of 6 queries beside 4 keys the first 2 would see none/,
  );
});
