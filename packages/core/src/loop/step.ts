import { fail } from '../base/errors.ts';
import type {
  AnyAlgorithm,
  Dataset,
  Executor,
  Precision,
  RowPart,
  StepInfo,
  Tree,
  Updated,
} from '../contracts/index.ts';

/** A line search takes a few passes; whoever takes so many never shows a state. */
const MOST_INTERMEDIATE = 1000;

type Setting<State> = {
  readonly executor: Executor;
  readonly state: State;
  /** Of the run so far. */
  readonly precision: Precision;
  readonly signal: AbortSignal | undefined;
};

/** A step that shows a state. */
type Made<State, Info> = {
  /** The state that was measured, after intermediate passes. */
  readonly from: State;
  readonly state: State;
  /** Of `from`, with the precision of its pass where the algorithm does not say another. */
  readonly info: Info & { readonly precision: Precision };
  /** Of the run from here on. */
  readonly precision: Precision;
};

/**
 * Asks, collects and updates until an update tells of the state that came in.
 *
 * Passes that the algorithm does not believe are made again in float64 from the same state, and so are all later ones; intermediate ones lead on.
 *
 * @throws ABORTED when the signal fires; TASK for an algorithm whose passes are all intermediate
 */
export async function step<State extends Tree, Info extends StepInfo>(
  algorithm: AnyAlgorithm,
  data: Dataset,
  setting: Setting<State>,
): Promise<Made<State, Info>> {
  const { executor, signal } = setting;
  let { state, precision } = setting;
  for (let passes = 0; passes < MOST_INTERMEDIATE; ) {
    if (signal?.aborted) fail('core/run', 'ABORTED', 'the run was cancelled', signal.reason);
    const ask = algorithm.ask(state as never, { precision, cuts: data.cuts });
    passes += shareOf(ask.rows, data.cuts.length - 1);
    const own = ask.precision ?? precision;
    const collected = await executor.collect(algorithm, ask, data, { precision: own, signal });
    const next = algorithm.update(state as never, collected as never) as Updated<State, Info>;
    if (next.believed === false && own === 'float32') precision = 'float64';
    else if (next.info === null) state = next.state;
    else return { from: state, state: next.state, info: { precision: own, ...next.info }, precision };
  }
  const name = algorithm.spec.name;
  return fail('core/run', 'TASK', `${name} made ${MOST_INTERMEDIATE} passes that show no state, one in a few was due`);
}

/** What of a pass over all rows is asked for; asking for none counts as one, lest nothing count. */
function shareOf(rows: readonly RowPart[] | undefined, shards: number): number {
  if (rows === undefined || rows.length === 0) return 1;
  return rows.reduce((sum, { of }) => sum + 1 / of, 0) / shards;
}
