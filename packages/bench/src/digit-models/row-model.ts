import {
  type Float64Rows,
  type Layer,
  layerNorm,
  learntPositions,
  linear,
  maskedAutoregressive,
  named,
  sequence,
  transformerBlock,
  within,
} from '@mixtention/attention/learn';
import { split } from '@mixtention/core/numeric';
import { previousRows } from './previous-rows.ts';

export type RowModelSizes = {
  /** Float64Rows of an image */
  readonly length: number;
  /** Pixels of a row */
  readonly pixels: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  /** Units of the masked autoregressive output */
  readonly hidden: number;
};

/**
 * A density of binary images, row by row: causal self-attention over the rows above tells what a masked autoregressive layer goes by, which goes through
 * the row pixel by pixel.
 *
 *     log p(image) = Σ_i log p(row_i | rows before i)     log p(row | rows) = Σ_j log Bernoulli(pixel_j; logit_j(pixels before j, rows))
 *
 * @returns a layer from rows of images, one image below the other, to logits of their pixels
 */
export function rowModel({ length, pixels, width, heads, blocks, hidden }: RowModelSizes): Layer {
  const block = () => transformerBlock({ width, heads, length, causal: true, activation: 'relu' });
  const names = Array.from({ length: blocks }, (_, i) => `block${i}`);
  const above = sequence({
    previous: previousRows(length, pixels),
    in: linear(pixels, width),
    positions: learntPositions(length, width),
    ...Object.fromEntries(names.map((name) => [name, block()])),
    norm: layerNorm(width),
  });
  const along = maskedAutoregressive({ width: pixels, context: width, hidden });
  return {
    init: (key) => named({ above: above.init(split(key, 'above')), along: along.init(split(key, 'along')) }),
    apply(parameters, rows, options) {
      const seen = above.apply(within(parameters, 'above'), rows, options);
      const told = along.apply(within(parameters, 'along'), { rows, context: seen.output }, options);
      return {
        output: told.output,
        pullback(upstream) {
          const ofAlong = told.pullback(upstream);
          const ofAbove = seen.pullback(ofAlong.input.context);
          return {
            input: sum(ofAlong.input.rows, ofAbove.input),
            parameters: named({ above: ofAbove.parameters, along: ofAlong.parameters }),
          };
        },
      };
    },
    tensors(tf, parameters, rows) {
      const context = above.tensors(tf, within(parameters, 'above'), rows);
      return along.tensors(tf, within(parameters, 'along'), { rows, context });
    },
  };
}

function sum(a: Float64Rows, b: Float64Rows): Float64Rows {
  return { ...a, data: a.data.map((x, i) => x + b.data[i]!) };
}
