import { split } from '@mixtention/core/numeric';
import type { Arrays } from '@mixtention/core/optimize';
import { addRows, type Float64Rows } from '../rows.ts';
import { activated, activatedTensor } from './activation.ts';
import { type Layer, named, within } from './layer.ts';
import { linear } from './linear.ts';
import { maskedLinear } from './masked-linear.ts';

/** Float64Rows, and what is known of each beforehand. */
export type Conditioned = { readonly rows: Float64Rows; readonly context: Float64Rows };

export type MaskedAutoregressiveOptions = {
  /** D: columns of the rows */
  readonly width: number;
  /** Columns of the context */
  readonly context: number;
  /** H: hidden units */
  readonly hidden: number;
};

const PARTS = ['rowsIn', 'contextIn', 'hiddenOut', 'rowsOut', 'contextOut'] as const;

/**
 * Logits of the columns of a row, each from the columns before it and from a context: with the chain rule a density of whole rows, in one pass.
 *
 *     h = relu(x·(W∘M) + c·U)     logits = h·(W′∘M′) + x·A + c·U′     log p(x | c) = Σ_j log Bernoulli(x_j; logit_j)
 *
 * Hidden unit u (counted from 0) sees the columns before ⌊u D / H⌋, a logit the units that see no more than the columns before its own; A is strictly upper
 * triangular. Biases belong to the maps of the context.
 *
 * Parameters under `rowsIn` and `rowsOut` (W and A), `hiddenOut` (W′), `contextIn` and `contextOut`.
 *
 * Cost: N·(2 D H + D² + C (H + D)) multiply–adds, and twice as many back.
 * Source: Germain et al. (2015), MADE, eq. 9–13 with direct connections of eq. 15, given a context.
 *
 * @example
 * const layer = maskedAutoregressive({ width: 2, context: 1, hidden: 4 });
 * const parameters = layer.init({ seed: 0, path: [] });
 * const context = { data: Float64Array.of(0.5), rows: 1, cols: 1 };
 * const logits = (a, b) => layer.apply(parameters, { rows: { data: Float64Array.of(a, b), rows: 1, cols: 2 }, context }).output.data;
 * logits(1, 0)[1] === logits(1, 1)[1]; // true
 * logits(0, 0)[1] === logits(1, 0)[1]; // false
 */
export function maskedAutoregressive({
  width: D,
  context: C,
  hidden: H,
}: MaskedAutoregressiveOptions): Layer<Conditioned> {
  const before = (unit: number): number => Math.floor((unit * D) / H);
  const maps: { readonly [name in (typeof PARTS)[number]]: Layer } = {
    rowsIn: maskedLinear(D, H, (column, unit) => column < before(unit)),
    contextIn: linear(C, H),
    hiddenOut: maskedLinear(H, D, (unit, column) => before(unit) <= column),
    rowsOut: maskedLinear(D, D, (column, to) => column < to),
    contextOut: linear(C, D),
  };
  const entries = PARTS.map((name) => [name, maps[name]] as const);
  return {
    init: (key) => named(Object.fromEntries(entries.map(([name, map]) => [name, map.init(split(key, name))]))),
    apply(parameters, { rows, context }, options) {
      const of = (name: (typeof PARTS)[number], x: Float64Rows) =>
        maps[name].apply(within(parameters, name), x, options);
      const [rowsIn, contextIn] = [of('rowsIn', rows), of('contextIn', context)];
      const { output: active, slopes } = activated('relu', addRows(rowsIn.output, contextIn.output));
      const [hiddenOut, rowsOut, contextOut] = [
        of('hiddenOut', active),
        of('rowsOut', rows),
        of('contextOut', context),
      ];
      return {
        output: addRows(addRows(hiddenOut.output, rowsOut.output), contextOut.output),
        pullback(upstream) {
          const ofHidden = hiddenOut.pullback(upstream);
          const bent = { ...ofHidden.input, data: ofHidden.input.data.map((g, i) => g * slopes[i]!) };
          const told = {
            rowsIn: rowsIn.pullback(bent),
            contextIn: contextIn.pullback(bent),
            hiddenOut: ofHidden,
            rowsOut: rowsOut.pullback(upstream),
            contextOut: contextOut.pullback(upstream),
          };
          const gradients: { [name: string]: Arrays } = {};
          for (const name of PARTS) gradients[name] = told[name].parameters;
          return {
            input: {
              rows: addRows(told.rowsIn.input, told.rowsOut.input),
              context: addRows(told.contextIn.input, told.contextOut.input),
            },
            parameters: named(gradients),
          };
        },
      };
    },
    tensors(tf, parameters, { rows, context }) {
      const of = (name: (typeof PARTS)[number], x: typeof rows) => maps[name].tensors(tf, within(parameters, name), x);
      const active = activatedTensor(tf, 'relu', tf.add(of('rowsIn', rows), of('contextIn', context)));
      return tf.add(tf.add(of('hiddenOut', active), of('rowsOut', rows)), of('contextOut', context));
    },
  };
}
