import { fail } from '@mixtention/core/base';
import { printable } from '@mixtention/files';
import {
  dirichlet,
  dirichletProcess,
  type FitOptions,
  type GaussianCovariance,
  type PriorValues,
  pitmanYor,
  pointWeights,
} from '@mixtention/mixture';
import { fitDefaults } from '@mixtention/mixture/fit';
import { type Command, Option } from 'commander';
import { notNegative, positive } from '../options.ts';
import { readPriorFile } from './prior-file.ts';

/** Flags that say what is inferred, and from which prior. */
export type InferenceFlags = {
  inference?: 'ml' | 'map' | 'vb';
  /** `none`, `weak`, or a file. */
  prior?: string;
  weightsPrior?: 'dirichlet' | 'dp' | 'py' | 'type-ii';
  concentration?: number;
  discount?: number;
  truncation?: 'open' | 'closed';
};

type Asked = InferenceFlags & {
  readonly family: string;
  readonly covariance?: GaussianCovariance;
  readonly optimizer: string;
};

/** Flags that a checkpoint keeps. */
export const INFERENCE_KEPT: readonly (keyof InferenceFlags)[] = [
  'inference',
  'prior',
  'weightsPrior',
  'concentration',
  'discount',
  'truncation',
];

const DISCOUNT = 0.5;

/** Adds the options of `InferenceFlags`. */
export const withInferenceOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--inference <name>',
        'ml: maximum likelihood; map: posterior mode; vb: variational Bayes, a posterior and a bound on the evidence (default: map where there is a prior, else ml)',
      ).choices(['ml', 'map', 'vb']),
    )
    .option(
      '--prior <name>',
      'none: maximum likelihood; weak: weak conjugate prior; or a JSON file with values in the units of the data (default: weak for vb, and Beta(1.1, 1.1) for bernoulli; none for gaussian)',
    )
    .addOption(
      new Option(
        '--weights-prior <name>',
        'of the mixing weights: dirichlet; dp, a Dirichlet process, and py, a Pitman-Yor process, by truncated sticks; type-ii, none: weights are set by the bound (default: "dirichlet")',
      ).choices(['dirichlet', 'dp', 'py', 'type-ii']),
    )
    .option('--concentration <x>', 'of the prior of the weights; far below 1 components die out (default: 1)', positive)
    .option('--discount <x>', `of py, from 0 to below 1 (default: ${DISCOUNT})`, notNegative)
    .addOption(
      new Option(
        '--truncation <name>',
        'of dp and py: whether sticks leave something to new components (default: "open")',
      ).choices(['open', 'closed']),
    );

/** Refuses flags that contradict each other, before anything is read. */
export function checkInference(flags: Asked): void {
  const { inference, prior, weightsPrior, concentration, discount, truncation, optimizer } = flags;
  const sticks = weightsPrior === 'dp' || weightsPrior === 'py';
  if (discount !== undefined && weightsPrior !== 'py') refuse('--discount goes with --weights-prior py');
  if (discount !== undefined && !(discount >= 0 && discount < 1))
    refuse(`--discount is ${discount}, a number from 0 to below 1 was due`);
  if (truncation !== undefined && !sticks) refuse('--truncation goes with --weights-prior dp or py');
  if (concentration !== undefined && weightsPrior === 'type-ii')
    refuse('--concentration goes with no --weights-prior type-ii, which is none');
  const given = givenPrior(flags);
  if (inference === 'ml' && given !== null) refuse(`${given} is a prior, --inference ml goes with none`);
  if (prior === 'none' && given !== null) refuse(`${given} is a prior, --prior none goes with none`);
  if ((inference === 'map' || inference === 'vb') && prior === 'none')
    refuse(`--inference ${inference} goes with a prior, --prior is none`);
  if (inference === 'vb' && optimizer !== 'em')
    refuse(`--inference vb goes with --optimizer em, the optimizer is ${optimizer}`);
  if (inference === 'vb') return;
  if (sticks) refuse(`--weights-prior ${weightsPrior} goes with --inference vb: its density has no highest point`);
  checkMode(concentration, '--concentration');
}

/** What inference these flags ask for; undefined where the family decides. */
export function inferenceOf(flags: InferenceFlags): InferenceFlags['inference'] {
  return flags.inference ?? (flags.prior === 'none' ? 'ml' : givenPrior(flags) === null ? undefined : 'map');
}

/**
 * The prior that these flags ask for, as the library takes it; undefined is its default.
 *
 * @param width  of the data
 */
export async function readPrior(flags: Asked, width: number): Promise<FitOptions['prior']> {
  const inference = inferenceOf(flags);
  if (inference === 'ml') return 'none';
  if (inference === undefined) return undefined;
  const { prior = 'weak' } = flags;
  const covariance = flags.family === 'gaussian' ? (flags.covariance ?? fitDefaults.covariance) : null;
  const { family, concentration: own } =
    prior === 'weak' ? { family: {} } : await readPriorFile(prior, { covariance, width });
  if (flags.concentration !== undefined && own !== undefined && own !== flags.concentration)
    refuse(`--concentration is ${flags.concentration}, that of ${printable(prior)} is ${own}; one was due`);
  if (own !== undefined && flags.weightsPrior === 'type-ii')
    refuse(`${printable(prior)} has a concentration, which goes with no --weights-prior type-ii, which is none`);
  const concentration = flags.concentration ?? own;
  if (inference === 'map') checkMode(concentration, 'the concentration of the prior');
  if (prior === 'weak' && concentration === undefined && flags.weightsPrior === undefined) return 'weak';
  return {
    ...(Object.keys(family).length > 0 && { family: family as PriorValues['family'] & {} }),
    weights: weightsOf(flags, concentration ?? 1),
  };
}

function weightsOf(
  { weightsPrior = 'dirichlet', discount = DISCOUNT, truncation }: InferenceFlags,
  concentration: number,
): PriorValues['weights'] & {} {
  if (weightsPrior === 'type-ii') return pointWeights();
  if (weightsPrior === 'dp') return dirichletProcess(concentration, truncation);
  return weightsPrior === 'py' ? pitmanYor(concentration, discount, truncation) : dirichlet(concentration);
}

/** The flag that says there is a prior, in words; null where none does. */
function givenPrior({ prior, weightsPrior, concentration }: InferenceFlags): string | null {
  if (prior !== undefined && prior !== 'none') return `--prior ${printable(prior)}`;
  if (weightsPrior !== undefined) return `--weights-prior ${weightsPrior}`;
  return concentration === undefined ? null : `--concentration ${concentration}`;
}

function checkMode(concentration: number | undefined, what: string): void {
  if (concentration !== undefined && concentration < 1)
    refuse(
      `${what} is ${concentration}, at least 1 was due but under --inference vb: the density has no highest point`,
    );
}

function refuse(message: string): never {
  return fail('cli/fit', 'BAD_OPTION', message);
}
