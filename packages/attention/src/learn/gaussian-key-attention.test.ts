import { key } from '@mixtention/core/numeric';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { draws } from '../testing/draws.ts';
import { attentionLayer } from './attention-layer.ts';
import { gaussianKeyAttention } from './gaussian-key-attention.ts';
import { within } from './layer.ts';
import { linear } from './linear.ts';

const random = draws(83);
const [N, width, heads, M] = [6, 4, 2, 3];
const d = width / heads;
const x = random.normal(N, width);

test('with one Gaussian a key it is plain attention', () => {
  for (const causal of [false, true]) {
    const plain = attentionLayer({ width, heads, length: 3, causal });
    const ours = gaussianKeyAttention({ width, heads, length: 3, causal, gaussians: 1 });
    const parameters = plain.init(key(4));
    const more = { logPrecision: new Float64Array(heads).fill(-0.5 * Math.log(d)), logWeight: Float64Array.of(3, -2) };
    const due = plain.apply(parameters, x).output.data;
    expect(difference(ours.apply({ ...parameters, ...more }, x).output.data, due)).toBeLessThan(1e-12);
  }
});

describe.each(await backends())('keys that are mixtures, on $backend.name', ({ backend, tolerance }) => {
  test.each([false, true])(
    'have the responsibilities of Bayes over token and Gaussian, densities multiplied out; causal: %s',
    (causal) => {
      const layer = gaussianKeyAttention({ width, heads, gaussians: M, distances: true, causal });
      const parameters = {
        ...layer.init(key(4)),
        logPrecision: random.normal(1, heads * M, 0.5).data,
        logWeight: random.normal(1, heads * M, 0.5).data,
      };
      const of = (name: string, to: number) => linear(width, to).apply(within(parameters, name), x).output.data;
      const [q, k, v] = [of('query', width), of('key', M * width), of('value', width)];
      const mixed = Float64Array.from({ length: N * width }, (_, i) => {
        const [n, h, c] = [Math.floor(i / width), Math.floor((i % width) / d), i % d];
        let [total, sum] = [0, 0];
        for (let j = 0; j < (causal ? n + 1 : N); j++)
          for (let m = 0; m < M; m++) {
            const beta = Math.exp(parameters.logPrecision[h * M + m]!);
            let density = Math.exp(parameters.logWeight[h * M + m]!);
            for (let a = 0; a < d; a++) {
              const apart = q[n * width + h * d + a]! - k[j * M * width + (h * M + m) * d + a]!;
              density *= Math.sqrt(beta / (2 * Math.PI)) * Math.exp((-beta * apart ** 2) / 2);
            }
            total += density;
            sum += density * v[j * width + h * d + c]!;
          }
        return sum / total;
      });
      const rows = { data: mixed, rows: N, cols: width };
      const due = linear(width, width).apply(within(parameters, 'output'), rows).output.data;
      expect(difference(layer.apply(parameters, x, { backend }).output.data, due)).toBeLessThan(
        Math.max(tolerance, 1e-10),
      );
    },
  );
});

test('what is no number of Gaussians or heads is refused by one sentence', () => {
  expect(() => gaussianKeyAttention({ width, heads, gaussians: 0 })).toThrow(/gaussians is 0, a count above 0 was due/);
  expect(() => gaussianKeyAttention({ width, heads: 3, gaussians: 1 })).toThrow(/3 heads cannot share 4 columns/);
});
