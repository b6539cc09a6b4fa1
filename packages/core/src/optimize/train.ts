import { counted } from '../base/counted.ts';
import { checkOptions, fail, show } from '../base/index.ts';
import { generator, key, permutation, split } from '../numeric/random/index.ts';
import { addArrays } from './arrays.ts';
import { learningRateAt } from './learning-rate.ts';
import type { LearningRate } from './learning-rate-type.ts';
import type { Arrays, Optimizer, OptimizerState } from './optimizer.ts';

/** Where a training stands: plain data, all that is needed to go on from it with the same bits. */
export type TrainState = {
  /** Steps that were made */
  readonly step: number;
  readonly parameters: Arrays;
  readonly optimizer: OptimizerState;
  /** The loss of the last minibatch, before its step; NaN before the first. */
  readonly loss: number;
};

export type TrainOptions = {
  /** Where to start: parameters, or a state that a training has come to. */
  readonly from: Arrays | TrainState;
  /** Loss of some rows, and its gradient by the parameters: a mean over them, as a rule. */
  readonly gradient: (
    parameters: Arrays,
    rows: Int32Array,
    step: number,
  ) => { readonly loss: number; readonly gradient: Arrays };
  /** N, how many rows there are */
  readonly rows: number;
  /** Rows of a minibatch */
  readonly batch: number;
  /** Steps in all, those before `from` included */
  readonly steps: number;
  readonly optimizer: Optimizer;
  readonly learningRate: LearningRate;
  /** Draws the order of the rows, a new one in each epoch */
  readonly seed: number;
};

const OPTIONS = ['from', 'gradient', 'rows', 'batch', 'steps', 'optimizer', 'learningRate', 'seed'];

/**
 * Training by minibatches: yields the state after each step. Every row comes once in an epoch, whose last rows, too few for a minibatch, wait for another.
 *
 * Which rows a step sees follows from seed and step alone, so any state that was yielded (and kept, or written to a file) is a checkpoint.
 *
 * @throws BAD_OPTION; NOT_FINITE from the step whose loss is no number
 *
 * @example
 * const gradient = ({ w }) => ({ loss: w[0] ** 2, gradient: { w: Float64Array.of(2 * w[0]) } });
 * const options = { gradient, rows: 8, batch: 4, steps: 3, optimizer: sgd(), learningRate: 0.25, seed: 0 };
 * const losses = [...train({ ...options, from: { w: Float64Array.of(1) } })].map(({ loss }) => loss); // [1, 0.25, 0.0625]
 */
export function* train(options: TrainOptions): Generator<TrainState, void, undefined> {
  const where = 'core/train';
  checkOptions(where, options, OPTIONS);
  const { from, gradient, rows, batch, steps, optimizer, learningRate, seed } = options;
  for (const [name, count] of Object.entries({ rows, batch, steps }))
    if (!(Number.isSafeInteger(count) && count >= (name === 'steps' ? 0 : 1)))
      fail(where, 'BAD_OPTION', `${name} is ${show(count)}, a count was due`);
  if (batch > rows) fail(where, 'BAD_OPTION', `a minibatch of ${batch} of ${counted(rows, 'row')} was asked for`);
  const root = key(seed);
  let state = isState(from) ? from : { step: 0, parameters: from, optimizer: optimizer.init(from), loss: Number.NaN };
  const perEpoch = Math.floor(rows / batch);
  let order: Int32Array = new Int32Array(0);
  let epoch = -1;
  while (state.step < steps) {
    const { step, parameters } = state;
    const own = Math.floor(step / perEpoch);
    if (own !== epoch) order = permutation(generator(split(root, 'epoch', own)), rows);
    epoch = own;
    const first = (step % perEpoch) * batch;
    const told = gradient(parameters, order.subarray(first, first + batch), step);
    if (!Number.isFinite(told.loss))
      fail(where, 'NOT_FINITE', `the loss of step ${step} (counted from 0) is ${told.loss}; try a lower learning rate`);
    const next = optimizer.update(told.gradient, state.optimizer, learningRateAt(learningRate, step), parameters);
    state = {
      step: step + 1,
      parameters: addArrays(parameters, next.updates),
      optimizer: next.state,
      loss: told.loss,
    };
    yield state;
  }
}

function isState(from: Arrays | TrainState): from is TrainState {
  return typeof from.step === 'number';
}
