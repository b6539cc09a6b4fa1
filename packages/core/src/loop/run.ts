import { numbered } from '../base/counted.ts';
import type {
  AnyAlgorithm,
  Dataset,
  Executor,
  Precision,
  Resumable,
  RunFrom,
  RunLimits,
  Step,
  StepInfo,
  Tree,
} from '../contracts/index.ts';
import { beginsIn } from './begins-in.ts';
import { firstState } from './first-state.ts';
import { judge, type Verdict } from './judge.ts';
import { lastGain, noMemory, remember } from './memory.ts';
import { roundingOf } from './rounding.ts';
import { step } from './step.ts';

export type RunOptions = RunLimits & RunFrom & { readonly executor: Executor };

/** What a run leaves to gain a row (nats), by default: the digits that are printed have settled. */
export const TOLERANCE = 1e-7;

/**
 * The one loop. Yields every state together with the objective that was measured on it; fits, progress bars, cancellation, budgets and
 * checkpoints are all consumers of it. The last step carries the status.
 *
 * A run of M iterations makes M updates and M + 1 passes over the data, so the state it ends with is a measured one.
 *
 * @param algorithm  init / collect / update
 * @param data       rows in (shared) memory
 * @throws ABORTED when the signal fires; BAD_OPTION for a precision that the executor has not; nothing else is thrown for numerical reasons: those are statuses
 *
 * @example
 * const algorithm = batch({ family: gaussianFull, components: 2, start: 'k-means++', prior: null, floor: 1e-6 });
 * const state = algorithm.init(key(0), faithful());
 * const steps = run(algorithm, dataset(faithful()), { executor: inline(), state });
 * for await (const { iteration, info, status } of steps) console.log(iteration, info.objective, status);
 */
export async function* run<State extends Tree = Tree, Info extends StepInfo = StepInfo>(
  algorithm: AnyAlgorithm,
  data: Dataset,
  options: RunOptions,
): AsyncGenerator<Step<State, Info>, void, void> {
  const {
    executor,
    maxIterations = 1000,
    tolerance = TOLERANCE,
    finish = true,
    precision: asked = 'auto',
    signal,
  } = options;
  const begun = beginsIn('core/run', asked, executor);
  const deadline = performance.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY);
  let at = beginning(algorithm, data, { from: options, precision: begun }) as Resumable<State>;
  for (;;) {
    const { iteration } = at;
    const made = await step<State, Info>(algorithm, data, {
      executor,
      signal,
      ...at,
      ...(asked !== 'auto' && { precision: begun }),
    });
    const { from, state, info } = made;
    const memory = remember(at.memory, info);
    const verdict = judge(
      algorithm,
      { from, state, info, before: at.memory, memory },
      {
        tolerance: tolerance * data.totalWeight,
        rounding: roundingOf(info, data),
        isOver: iteration >= maxIterations || performance.now() > deadline,
        finish,
        asked,
      },
    );
    const precision = verdict.memory.isFinishing ? 'float64' : made.precision;
    at = { iteration: iteration + 1, state, precision, memory: verdict.memory };
    yield {
      iteration,
      state: from,
      info,
      gain: lastGain(memory),
      remainingGain: verdict.outlook.gain / data.totalWeight,
      rate: verdict.outlook.rate,
      status: verdict.status,
      message: sentence(verdict, info),
      next: at,
    };
    if (verdict.status !== 'running') return;
  }
}

function beginning(
  algorithm: AnyAlgorithm,
  data: Dataset,
  { from, precision }: { readonly from: RunFrom; readonly precision: Precision },
): Resumable {
  if (from.resume !== undefined) return from.resume;
  const state = from.first === undefined ? from.state : firstState(algorithm, data, from.first);
  return { iteration: 0, state, precision, memory: noMemory(precision) };
}

function sentence({ status, message }: Verdict, { degenerate = [] }: StepInfo): string {
  return status === 'degenerate' && degenerate.length > 0
    ? `${message} (${numbered(degenerate, 'component')}, counted from 0)`
    : message;
}
