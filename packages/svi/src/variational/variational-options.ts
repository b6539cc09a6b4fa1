import { checkOptions, fail, lookUp } from '@mixtention/core/base';
import type { FitOptions } from '@mixtention/mixture';
import { checkCount } from '@mixtention/mixture/fit';
import type { Discrete, SviOptions, SviProgress } from '../inference/index.ts';

/** For messages. */
export const WHERE = 'svi/fitVariational';

/**
 * What is done about assignments.
 *
 * - `summed-out`: they are no latents: the density of a row is that of the mixture, and q(z given θ) is exact
 * - `exact`: q(z) independent of θ, every assignment weighed by its probability
 * - `relaxed`, `straight-through`: Gumbel-softmax draws, and one-hot ones with their gradients; what is raised is no bound
 * - `score`: one-hot draws, moved by their scores, beside a running mean for each row
 */
export type Assignments = 'summed-out' | 'exact' | 'relaxed' | 'straight-through' | 'score';

/** Where logits of q(z_n) come from: one function of the row's statistics for all rows, or a number for each row and component. */
export type Assigner = 'amortised' | 'local';

export type VariationalOptions = Pick<
  FitOptions,
  'components' | 'family' | 'covariance' | 'start' | 'prior' | 'weights'
> &
  Pick<
    SviOptions,
    | 'accuracy'
    | 'checkpointEveryMs'
    | 'backend'
    | 'draws'
    | 'estimator'
    | 'execution'
    | 'guide'
    | 'learningRate'
    | 'onCheckpoint'
    | 'optimizer'
    | 'resultDraws'
    | 'resume'
    | 'seed'
    | 'signal'
    | 'steps'
    | 'stopSignal'
    | 'temperature'
  > & {
    /** Default `summed-out`. */
    readonly assignments?: Assignments;
    /** Default `amortised`. */
    readonly assigner?: Assigner;
    /** Starts, of which the one whose best normal approximation has the highest bound is gone on with (default 4). */
    readonly restarts?: number;
    /** Rows that a step sees (default all). */
    readonly minibatch?: number;
    /** Called every hundred steps; the bound is that of the space of the fit. */
    readonly onStep?: (progress: SviProgress) => void;
  };

const OWN = ['assignments', 'assigner', 'restarts', 'minibatch', 'onStep'] as const;
const OF_FITS = ['components', 'family', 'covariance', 'start', 'prior', 'weights'] as const;
const OF_SVI = [
  'accuracy',
  'backend',
  'checkpointEveryMs',
  'draws',
  'estimator',
  'execution',
  'guide',
  'learningRate',
  'onCheckpoint',
  'optimizer',
  'resultDraws',
  'resume',
  'seed',
  'signal',
  'steps',
  'stopSignal',
  'temperature',
] as const;

/** How svi treats the one-hot latents of each. */
export const treatments: { readonly [each in Assignments]: Discrete | null } = {
  'summed-out': null,
  exact: 'enumerated',
  relaxed: 'relaxed',
  'straight-through': 'straight-through',
  score: 'score',
};

export type Settled = {
  readonly assignments: Assignments;
  readonly discrete: Discrete | null;
  readonly assigner: Assigner;
  readonly restarts: number;
  readonly minibatch: number | undefined;
  readonly svi: SviOptions;
};

/** Reads and checks what is not left to the fit of a mixture, or to svi. */
export function settleVariational(options: VariationalOptions): Settled {
  checkOptions(WHERE, options, [...OWN, ...OF_FITS, ...OF_SVI]);
  const {
    assignments = 'summed-out',
    assigner = 'amortised',
    restarts = 4,
    minibatch,
    guide = 'autoStructured',
  } = options;
  const discrete = lookUp(WHERE, 'assignments', assignments, treatments);
  lookUp(WHERE, 'assigner', assigner, { amortised: 0, local: 0 });
  checkCount(WHERE, 'restarts', restarts, 1);
  checkCount(WHERE, 'minibatch', minibatch, 1);
  if (options.temperature !== undefined && assignments !== 'relaxed' && assignments !== 'straight-through')
    fail(
      WHERE,
      'BAD_OPTION',
      `temperature goes with relaxed or straight-through assignments, these are "${assignments}"`,
    );
  const given = Object.fromEntries(
    OF_SVI.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  );
  // One draw of assignments says little.
  const draws = options.draws ?? (discrete === 'score' ? 8 : discrete === null ? 1 : 4);
  return { assignments, discrete, assigner, restarts, minibatch, svi: { ...given, guide, draws } };
}
