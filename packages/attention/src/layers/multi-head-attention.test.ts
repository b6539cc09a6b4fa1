import type { Matrix } from '@mixtention/core';
import { describe, expect, test } from 'vitest';
import { attend } from '../attend/attend.ts';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { naiveLayer } from '../testing/naive-layer.ts';
import { multiHeadAttention } from './multi-head-attention.ts';

const random = draws(20);
const D = 6;
const heads = 3;
const q = random.normal(11, D);
const k = random.normal(7, 5);
const v = random.normal(7, 4);
const weights = {
  query: random.normal(D, heads * 2),
  key: random.normal(5, heads * 2),
  value: random.normal(4, heads * 3),
  output: random.normal(heads * 3, 5),
};
const numbers = (count: number): number[] => [...random.normal(1, count).data];
const biases = { query: numbers(heads * 2), key: numbers(heads * 2), value: numbers(heads * 3), output: numbers(5) };
const biased = {
  ...weights,
  queryBias: biases.query,
  keyBias: biases.key,
  valueBias: biases.value,
  outputBias: biases.output,
};
const everything = (): boolean => true;

describe.each(await backends())('multi-head attention on $backend.name', ({ backend, tolerance }) => {
  test('equals the naive layer', () => {
    const { output } = multiHeadAttention(q, k, v, weights, { heads, backend });
    expect(difference(output.data, naiveLayer(q, k, v, weights, heads, everything))).toBeLessThan(tolerance);
  });

  test('with biases and padding equals the naive layer', () => {
    const mask = Uint8Array.of(1, 1, 0, 1, 1, 0, 1);
    const { output } = multiHeadAttention(q, k, v, biased, { heads, mask, backend });
    const naive = naiveLayer(q, k, v, { ...weights, biases }, heads, (_, j) => mask[j] === 1);
    expect(difference(output.data, naive)).toBeLessThan(tolerance);
  });

  test('on disjoint pixel blocks is the product mixture: means and evidence by enumeration of all joint states', () => {
    const K = 4;
    const block = 3;
    const { data: theta } = random.uniform(K, heads * block, 0.05, 0.95);
    const prior = random.normal(K, heads, 0.5);
    const logWeights = logSoftmaxColumns(prior);
    const x = Array.from(random.bits(5 * heads * block));
    const readout = random.normal(K, heads * 2);
    const output = random.normal(heads * 2, 2);
    const layer = productMixtureLayer(theta, logWeights, { K, heads, block, readout, output });
    const rows = withConstant(x, heads * block);
    const ours = multiHeadAttention(rows, layer.keys, layer.values, layer.weights, { heads, scale: 1, backend });
    const truth = enumerate(x, theta, logWeights, { K, heads, block, readout, output });
    expect(difference(ours.output.data, truth.output)).toBeLessThan(tolerance);
    const evidence = ours.heads[0]!.logEvidence.map((_, n) =>
      ours.heads.reduce((sum, head) => sum + head.logEvidence[n]!, 0),
    );
    expect(difference(evidence, truth.logEvidence)).toBeLessThan(tolerance);
  });
});

test('a logit scale multiplies scores and biases alike, in every head', () => {
  const headBias = [numbers(7), numbers(7), numbers(7)];
  const options = { heads, responsibilities: true };
  const ours = multiHeadAttention(q, k, v, weights, { ...options, headBias, logitScale: 0.4 });
  const scaled = headBias.map((bias) => bias.map((b) => 0.4 * b));
  const due = multiHeadAttention(q, k, v, weights, { ...options, headBias: scaled, scale: 0.4 / Math.sqrt(2) });
  expect(difference(ours.output.data, due.output.data)).toBeLessThan(1e-12);
  ours.heads.forEach(({ logEvidence }, h) => {
    expect(difference(logEvidence, due.heads[h]!.logEvidence)).toBeLessThan(1e-12);
  });
});

test('a query that sees no key is refused by one sentence, whatever hides them, unless a sink takes it', () => {
  const none = new Array<boolean>(7).fill(false);
  const mask = Array.from({ length: 11 }, (_, n) => (n === 4 ? none : none.map(() => true)));
  const away = new Array<number>(7).fill(Number.NEGATIVE_INFINITY);
  const near = new Array<number>(7).fill(0);
  const read = (options: object) => () => multiHeadAttention(q, k, v, weights, { heads, ...options });
  expect(read({ mask: none })).toThrow(/query 0 of 11, head 0 \(both counted from 0\) sees none of 7 keys/);
  expect(read({ mask })).toThrow(/query 4 of 11, head 0 .* sees none of 7 keys, mask, bias or positions hide them all/);
  expect(read({ headBias: [near, away, near] })).toThrow(/query 0 of 11, head 1 /);
  expect(read({ mask: 'causal' })).toThrow(/query 0 of 11, head 0 /);
  const { heads: readings } = read({ mask, sink: 0 })();
  expect(readings[1]!.nullShare![4]).toBe(1);
});

test('heads may have priors of their own', () => {
  const headBias = [numbers(7), numbers(7), numbers(7)];
  const { heads: readings } = multiHeadAttention(q, k, v, weights, { heads, headBias, responsibilities: true });
  const columns = (m: Matrix, h: number): number[][] =>
    Array.from({ length: m.rows }, (_, n) => [m.data[n * m.cols + 2 * h]!, m.data[n * m.cols + 2 * h + 1]!]);
  readings.forEach((reading, h) => {
    const projected = [q, k].map((x, i) => multiply(x, i === 0 ? weights.query : weights.key));
    const alone = attend(columns(projected[0]!, h), columns(projected[1]!, h), null, {
      bias: headBias[h]!,
      responsibilities: true,
    });
    expect(difference(reading.responsibilities!.data, alone.responsibilities!.data)).toBeLessThan(1e-12);
  });
});

test('weights that do not fit are named', () => {
  const narrow = { ...weights, key: random.normal(4, heads * 2) };
  expect(() => multiHeadAttention(q, k, v, narrow, { heads })).toThrow(
    /the key weights have 4 rows, their input has 5 columns/,
  );
  expect(() => multiHeadAttention(q, k, v, weights, { heads: 4 })).toThrow(
    /6 columns, which 4 heads cannot share evenly/,
  );
  expect(() => multiHeadAttention(q, k, v, { ...weights, queryBias: [1] }, { heads })).toThrow(
    /the query bias holds 1 number,/,
  );
  expect(() => multiHeadAttention(q, k, v, weights, { heads, headBias: [[1]] })).toThrow(/headBias holds 1 entry,/);
});

type Product = { K: number; heads: number; block: number; readout: Matrix; output: Matrix };

/**
 * One latent a block, its prior and log normaliser inside the key as an extra column that meets the constant 1 of every row.
 * Keys are one-hot, so the key weights hold the natural parameters.
 */
function productMixtureLayer(
  theta: Float64Array,
  logWeights: Float64Array,
  { K, heads, block, readout, output }: Product,
) {
  const width = heads * block;
  const d = block + 1;
  const query = zeros(width + 1, heads * d);
  const key = zeros(K, heads * d);
  for (let h = 0; h < heads; h++) {
    for (let j = 0; j < block; j++) query.data[(h * block + j) * query.cols + h * d + j] = 1;
    query.data[width * query.cols + h * d + block] = 1;
    for (let c = 0; c < K; c++) {
      let constant = logWeights[c * heads + h]!;
      for (let j = 0; j < block; j++) {
        const p = theta[c * width + h * block + j]!;
        key.data[c * key.cols + h * d + j] = Math.log(p / (1 - p));
        constant += Math.log(1 - p);
      }
      key.data[c * key.cols + h * d + block] = constant;
    }
  }
  const keys = zeros(K, K);
  for (let c = 0; c < K; c++) keys.data[c * K + c] = 1;
  return { keys, values: keys, weights: { query, key, value: readout, output } };
}

/** Every one of K^heads joint states: its weight is prior × likelihood of the whole row, its output Σ_h W_O^h v_{z_h}. */
function enumerate(
  x: number[],
  theta: Float64Array,
  logWeights: Float64Array,
  { K, heads, block, readout, output }: Product,
) {
  const width = heads * block;
  const rows = x.length / width;
  const means = new Float64Array(rows * output.cols);
  const logEvidence = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    let total = 0;
    const sum = new Float64Array(output.cols);
    for (let state = 0; state < K ** heads; state++) {
      const z = Array.from({ length: heads }, (_, h) => Math.floor(state / K ** h) % K);
      let p = 1;
      z.forEach((c, h) => {
        p *= Math.exp(logWeights[c * heads + h]!);
        for (let j = h * block; j < (h + 1) * block; j++)
          p *= x[n * width + j] === 1 ? theta[c * width + j]! : 1 - theta[c * width + j]!;
      });
      total += p;
      z.forEach((c, h) => {
        for (let i = 0; i < 2; i++)
          for (let e = 0; e < output.cols; e++)
            sum[e]! += p * readout.data[c * readout.cols + 2 * h + i]! * output.data[(2 * h + i) * output.cols + e]!;
      });
    }
    logEvidence[n] = Math.log(total);
    for (let e = 0; e < output.cols; e++) means[n * output.cols + e] = sum[e]! / total;
  }
  return { output: means, logEvidence };
}

function logSoftmaxColumns(m: Matrix): Float64Array {
  const result = Float64Array.from(m.data);
  for (let h = 0; h < m.cols; h++) {
    let total = 0;
    for (let k = 0; k < m.rows; k++) total += Math.exp(m.data[k * m.cols + h]!);
    for (let k = 0; k < m.rows; k++) result[k * m.cols + h]! -= Math.log(total);
  }
  return result;
}

function withConstant(x: number[], width: number): number[][] {
  return Array.from({ length: x.length / width }, (_, n) => [...x.slice(n * width, (n + 1) * width), 1]);
}

function zeros(rows: number, cols: number): Matrix & { data: Float64Array } {
  return { data: new Float64Array(rows * cols), rows, cols };
}

function multiply(a: Matrix, b: Matrix): Matrix {
  const product = zeros(a.rows, b.cols);
  for (let n = 0; n < a.rows; n++)
    for (let i = 0; i < a.cols; i++)
      for (let e = 0; e < b.cols; e++)
        product.data[n * b.cols + e]! += a.data[n * a.cols + i]! * b.data[i * b.cols + e]!;
  return product;
}
