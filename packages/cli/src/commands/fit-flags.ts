import type { PrecisionChoice } from '@mixtention/core';
import { type OptimizerName, optimizerNames } from '@mixtention/core/optimize';
import { type Move, type ScheduleOptions, scheduleDefaults } from '@mixtention/em';
import { fitDefaults } from '@mixtention/mixture/fit';
import { gradientDefaults } from '@mixtention/svi';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type BackendFlag,
  backendOption,
  dropMissingOption,
  notNegative,
  positive,
  streamOption,
  whole,
  withDataOptions,
  workersOrAuto,
} from '../options.ts';
import type { TableFlags } from '../read-table.ts';
import { type CheckpointFlags, withCheckpointOptions } from './fit-checkpoint.ts';
import { INFERENCE_KEPT, type InferenceFlags, withInferenceOptions } from './fit-inference.ts';

export type Covariance = 'full' | 'tied' | 'diagonal' | 'spherical';

export type Flags = TableFlags &
  CheckpointFlags &
  InferenceFlags & {
    family: 'gaussian' | 'bernoulli';
    covariance?: Covariance;
    components?: number;
    optimizer: 'em' | OptimizerName;
    screen?: number;
    restarts: number;
    seed: number;
    maxIterations?: number;
    tolerance?: number;
    precision: PrecisionChoice;
    workers: number | 'auto';
    backend: BackendFlag;
    start: 'k-means++' | 'k-means' | 'random';
    schedule?: 'batch' | 'stepwise' | 'memoized';
    forgetting?: number;
    delay?: number;
    moves?: Exclude<ScheduleOptions['moves'], undefined>;
    learningRate?: number;
    minibatch?: number;
    floor: number;
    test?: string;
    out?: string;
    json?: boolean;
  };

/** The same once it is known how many components are asked for. */
export type SettledFlags = Flags & { components: number };

/** Components unless they are said; as many as variational Bayes may do without. */
const FEW = 2;
const MANY = 20;

/**
 * Flags with a number of components: whoever wants it learnt and does not say it knows none. Variational Bayes begins with more than are likely, moves with one.
 *
 * @param rows  of the data, beyond which there are no components
 */
export function withComponents(flags: Flags, rows: number): SettledFlags {
  const { components, moves = 'none', inference } = flags;
  if (components !== undefined) return { ...flags, components };
  const grows = moves === 'all' || (Array.isArray(moves) && (moves.includes('birth') || moves.includes('split')));
  const most = grows ? 1 : inference === 'vb' || Array.isArray(moves) ? MANY : FEW;
  return { ...flags, components: Math.max(1, Math.min(most, rows)) };
}

/** Flags that say what is fitted to what: a checkpoint keeps them. */
export const KEPT: readonly (keyof Flags & string)[] = [
  'format',
  'delimiter',
  'decimal',
  'header',
  'columns',
  'exclude',
  'id',
  'dropMissing',
  'family',
  'covariance',
  'components',
  'optimizer',
  'screen',
  'restarts',
  'seed',
  'maxIterations',
  'tolerance',
  'precision',
  'start',
  ...INFERENCE_KEPT,
  'schedule',
  'forgetting',
  'delay',
  'moves',
  'learningRate',
  'minibatch',
  'floor',
];

/** Flags of whatever fits mixtures: where fits start, when they end, on what they run. */
export type RunFlags = Pick<
  Flags,
  'screen' | 'restarts' | 'seed' | 'tolerance' | 'stream' | 'workers' | 'backend' | 'start' | 'floor'
>;

/** Adds the options of `Flags`, but for those that say where results go. */
export function withFitOptions(command: Command): Command {
  withCheckpointOptions(withDataOptions(command))
    .addOption(
      new Option('--family <name>', 'what a component is')
        .choices(['gaussian', 'bernoulli'])
        .default(fitDefaults.family),
    )
    .addOption(
      new Option('--covariance <shape>', `of Gaussian components (default: "${fitDefaults.covariance}")`).choices([
        'full',
        'tied',
        'diagonal',
        'spherical',
      ]),
    )
    .option(
      '--components <n>',
      `number of components; with --moves, that to begin from; with --inference vb, the most there may be: ask for more than are likely, and a small --concentration lets the rest die out (default: ${FEW}; where the number is learnt, ${MANY} with --inference vb, 1 with --moves all, birth or split)`,
      whole(1),
    )
    .addOption(
      new Option('--optimizer <name>', 'EM, or gradient ascent').choices(['em', ...optimizerNames]).default('em'),
    )
    .option(
      '--max-iterations <n>',
      `updates at most, per start (default: ${fitDefaults.maxIterations}, of gradients ${gradientDefaults.maxIterations})`,
      whole(0),
    )
    .addOption(
      new Option(
        '--schedule <name>',
        'of em: batch updates after all rows; memoized after every part of them, exactly; stepwise by minibatches (default: "batch")',
      ).choices(['batch', 'stepwise', 'memoized']),
    )
    .option(
      '--forgetting <x>',
      `of stepwise, above 0 and up to 1: how fast earlier minibatches are forgotten (default: ${scheduleDefaults.forgetting})`,
      positive,
    )
    .option(
      '--delay <steps>',
      `of stepwise: the larger, the smaller the first steps (default: ${scheduleDefaults.delay})`,
      notNegative,
    )
    .option(
      '--moves <list>',
      'of em: all, or some of birth, merge, delete, split, change the number of components; split-merge leaves it, and leads out of poor optima (default: "none")',
      movesOf,
    )
    .addOption(dropMissingOption())
    .addOption(precisionOption())
    .option('--learning-rate <x>', 'of gradient ascent', positive)
    .option(
      '--minibatch <rows>',
      'rows per step of gradient ascent, stepwise and memoized (default of gradient ascent: all)',
      whole(1),
    );
  return withRunOptions(withInferenceOptions(command));
}

function movesOf(text: string): Exclude<ScheduleOptions['moves'], undefined> {
  if (text === 'none' || text === 'all' || text === 'split-merge') return text;
  const known: readonly Move[] = ['birth', 'merge', 'delete', 'split'];
  return text.split(',').map((name) => {
    const move = known.find((one) => one === name.trim());
    if (move === undefined)
      throw new InvalidArgumentError(`none, all, split-merge, or some of ${known.join(', ')} was due.`);
    return move;
  });
}

/** Adds the options of `RunFlags`. */
export function withRunOptions(command: Command): Command {
  return command
    .option(
      '--screen <n>',
      `starts tried by short runs; 0: none (default: ${fitDefaults.screen}, with --moves 0)`,
      whole(0),
    )
    .option(
      '--restarts <n>',
      'of these the best so many are run to the end; the best is kept',
      whole(1),
      fitDefaults.restarts,
    )
    .option('--seed <n>', 'same seed, same result', whole(0), fitDefaults.seed)
    .option(
      '--tolerance <nats>',
      `converged when no more than this is left to gain per row (default: ${fitDefaults.tolerance})`,
      notNegative,
    )
    .addOption(streamOption('read rows from the disk in every pass'))
    .option('--workers <n>', 'worker threads, or auto', workersOrAuto, 'auto')
    .addOption(backendOption())
    .addOption(
      new Option('--start <method>', 'where a fit starts')
        .choices(['k-means++', 'k-means', 'random'])
        .default(fitDefaults.start),
    )
    .option(
      '--floor <share>',
      'least variance of a component, relative to that of its column',
      notNegative,
      fitDefaults.floor,
    );
}

/** In which precision the passes of a fit are made. */
export function precisionOption(): Option {
  return new Option(
    '--precision <name>',
    'of passes: auto ends in float64; float64 throughout; float32 never goes on in float64, and ends stopped',
  )
    .choices(['auto', 'float32', 'float64'])
    .default(fitDefaults.precision);
}
