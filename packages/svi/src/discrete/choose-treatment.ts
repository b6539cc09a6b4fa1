import { MixtentionError } from '@mixtention/core';
import { inOrder } from '../graph/in-order.ts';
import { input, sizeOf } from '../graph/index.ts';
import { type Coordinates, dimensionOf, type Model, type Trace, traceModel } from '../model/index.ts';
import { summedOutWithin } from './summed-out.ts';

/** Most nodes that are looked at to sum latents out unasked: of the size of a chain of 300 with two states, which is made into code in a few seconds. */
const BEARABLE_NODES = 60_000;
/** Most numbers that it holds. */
const BEARABLE_NUMBERS = 2e7;

/** How discrete latents are treated where nothing was said of it, and why not the other way. */
export type Chosen = { readonly discrete: 'summed-out' } | { readonly discrete: 'score'; readonly why: string };

/**
 * Sums discrete latents out wherever the model permits it at a bearable cost: exact, without a guide of them. Else their scores move them.
 *
 * @param guided  names of the latents that the guide states itself
 *
 * Cost: the model is run once, with its latents summed out; twice where a plate is subsampled.
 */
export function chooseTreatment<Data>(
  model: Model<Data>,
  data: Data,
  latents: readonly Coordinates[],
  guided: readonly string[],
): Chosen {
  const own = latents.find(({ name, transform }) => transform === 'none' && guided.includes(name));
  const scored = (why: string): Chosen => ({ discrete: 'score', why });
  if (own !== undefined) return scored(`the guide states "${own.name}" itself`);
  if (dimensionOf(latents) === 0) return scored('without them no latent would be left');
  try {
    const exact = summedOutWithin(model, BEARABLE_NODES, BEARABLE_NODES);
    const run = (whole: boolean): Trace =>
      traceModel(exact, data, ({ name, freeShape }) => ({ free: input(name, freeShape) }), { whole });
    // Of a minibatch and of all rows: that one can be summed out does not say that the other can.
    const step = run(false);
    const nodes = inOrder([(step.subsets.length > 0 ? run(true) : step).logJoint]);
    const numbers = nodes.reduce((total, { shape }) => total + sizeOf(shape), 0);
    if (nodes.length <= BEARABLE_NODES && numbers <= BEARABLE_NUMBERS) return { discrete: 'summed-out' };
    return scored(`to sum them out takes ${nodes.length} operations on ${numbers} numbers`);
  } catch (thrown) {
    if (!(thrown instanceof MixtentionError) || thrown.code !== 'BAD_MODEL') throw thrown;
    return scored(thrown.message.replace(/^\[[^\]]*\] [^:]*: /, '').replace(/, or take discrete: "score"$/, ''));
  }
}
