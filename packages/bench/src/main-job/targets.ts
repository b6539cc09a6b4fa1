import type { BackendName } from '@mixtention/core';
import { count, decimal, duration, scientific } from '@mixtention/core/page';
import { DEFAULTS } from './job-options.ts';
import { FREE_FORM_BOUND, ONE_COMPONENT } from './known.ts';
import type { Comparison, Contender, DigitFit, Results, Target } from './results.ts';
import { largestDifference } from './shift-data.ts';

/** Test nats per image on the standard split, and seconds of fitting on two cores with tfjs-node where they are limited. */
const DIGITS: readonly { readonly components: number; readonly nats: number; readonly seconds?: number }[] = [
  { components: 10, nats: -167.6 },
  { components: 100, nats: -138.0, seconds: 5 },
  { components: 500, nats: -127.0, seconds: 15 },
];
const COMPLETION_NATS = 73;
const STARTS = 8;
const SHIFT = 1e-3;
const VARIATIONAL_GAP = 0.5;
/** Rounding of float32 sums, relative; a true fall would be larger by orders. */
const FALL = 1e-6;
const JOB_SECONDS = 180;

/** Every figure of the job that has a target, beside it; those of the standard digits only where these were used. */
export function targets(results: Omit<Results, 'targets'>): Target[] {
  const { digits, completion, faithful, shift, machine } = results;
  return [
    ...(digits.isStandard
      ? [...DIGITS.flatMap((due) => digitTargets(digits.fits, due, machine.backend)), ...completionTargets(completion)]
      : []),
    ...faithful.starts.flatMap(startTargets),
    ...faithful.contenders.filter(({ name }) => name !== 'EM').map((one) => gradientTarget(one, faithful)),
    ...variationalTargets(results.variational),
    atMost(
      `${count(shift.deviations)} deviations from 0, ${shift.backend}: responsibilities off by`,
      largestDifference(shift.cases),
      {
        most: SHIFT,
        read: scientific,
      },
    ),
    atMost('EM: largest fall of the objective in a step, relative', largestFall(results), {
      most: FALL,
      read: scientific,
    }),
    atMost('the whole job', results.seconds, { most: JOB_SECONDS, read: duration }),
  ];
}

function digitTargets(
  fits: readonly DigitFit[],
  { components, nats, seconds }: (typeof DIGITS)[number],
  backend: BackendName,
): Target[] {
  const fit = fits.find((one) => one.components === components);
  if (fit === undefined) return [];
  const name = `static MNIST, K = ${components}`;
  const value = fit.testLogLikelihood;
  const quality: Target = {
    name: `${name}: test log-likelihood per image`,
    measured: value,
    text: `${decimal(value)} nats`,
    target: `≥ ${decimal(nats, 1)} nats`,
    met: value >= nats,
  };
  if (seconds === undefined || backend !== 'tfjs-node') return [quality];
  return [quality, atMost(`${name}: fitting`, fit.seconds, { most: seconds, read: duration })];
}

/** Of the mixture and the T that the job takes by itself; others have no target. */
function completionTargets({ components, logitScale, joint }: Results['completion']): Target[] {
  if (components !== DEFAULTS.components || logitScale !== DEFAULTS.logitScale) return [];
  const read = (value: number): string => `${decimal(value, value === COMPLETION_NATS ? 0 : 2)} nats`;
  return [atMost(`lower half given upper half, K = ${components}, exact`, joint, { most: COMPLETION_NATS, read })];
}

function startTargets({
  backend,
  tolerance,
  oneComponent,
  twoComponents,
  reached,
}: Results['faithful']['starts'][number]): Target[] {
  const digits = tolerance < 0.01 ? 6 : 4;
  return [
    {
      name: `Old Faithful, K = 1, ${backend}`,
      measured: oneComponent,
      text: decimal(oneComponent, digits),
      target: `${decimal(ONE_COMPONENT, digits)} ± ${tolerance < 0.01 ? scientific(tolerance) : tolerance}`,
      met: Math.abs(oneComponent - ONE_COMPONENT) <= tolerance,
    },
    {
      name: `Old Faithful, K = 2, ${backend}: starts that reach −1130.2640 ± ${tolerance < 0.01 ? scientific(tolerance) : tolerance}`,
      measured: reached,
      text: `${reached} of ${twoComponents.length}`,
      target: `≥ ${STARTS} of ${twoComponents.length}`,
      met: reached >= STARTS,
    },
  ];
}

function gradientTarget({ name, logLikelihood }: Contender, { best, within }: Comparison): Target {
  return atMost(`Old Faithful, K = 2, ${name}: nats short of EM’s optimum`, Math.max(0, best - logLikelihood), {
    most: within,
    read: (value) => (value === within ? String(within) : scientific(value)),
  });
}

/** A fixed form cannot pass the free-form optimum, and should come within half a nat of it. */
function variationalTargets(result: Results['variational']): Target[] {
  return result.fits.map(({ assignments, bound, boundError }) => ({
    name: `Old Faithful, evidence lower bound, ${assignments} assignments in training`,
    measured: bound,
    text: `${decimal(bound)} nats`,
    target: `≤ ${decimal(FREE_FORM_BOUND)}, within ${VARIATIONAL_GAP}`,
    met: bound <= FREE_FORM_BOUND + 4 * boundError && bound >= FREE_FORM_BOUND - VARIATIONAL_GAP,
  }));
}

function largestFall({ digits, faithful }: Pick<Results, 'digits' | 'faithful'>): number {
  return Math.max(...[...digits.fits, ...faithful.starts].map((one) => one.largestFall));
}

function atMost(
  name: string,
  measured: number,
  { most, read }: { readonly most: number; readonly read: (value: number) => string },
): Target {
  return { name, measured, text: read(measured), target: `≤ ${read(most)}`, met: measured <= most };
}
