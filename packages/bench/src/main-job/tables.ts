import { count, decimal, duration, scientific } from '@mixtention/core/page';
import { figureTable, table } from '../speed/table.ts';
import type { Comparison, Results } from './results.ts';

/** What the job found, as text: a table for each stage, and the figures beside their targets. */
export function tables(results: Results): string {
  const { digits, completion, faithful, digitsTraining, bayes, variational, targets } = results;
  const parts = [
    [`Digits, nats per image; ${digits.stopping}`, digitTable(digits)],
    [`Lower half given upper half, nats per image${atScale(completion)}`, completionTable(completion)],
    [`The same by logit scale, K = ${completion.components}`, sharpnessTable(completion)],
    [`Digits, K = ${digitsTraining.components}, nats per image, from one start`, trainingTable(digitsTraining)],
    ['Old Faithful, K = 2, from one start', trainingTable(faithful)],
    ['Old Faithful on every backend', startTable(faithful.starts)],
    ['Old Faithful by variational Bayes, weak prior, beside EM, nats', bayesTable(bayes)],
    [`Digits, K = ${bayes.digits.components}, nats per image`, bayesDigitsTable(results)],
    ['Old Faithful, fixed-form variational, nats', variationalTable(variational)],
    [machineLine(results), figureTable(targets.map((target) => ({ ...target, value: target.text })))],
  ];
  return parts.map(([title, text]) => `${title}\n${text}\n`).join('\n');
}

/** What every figure is to be quoted with. */
export function machineLine({ machine, digits }: Pick<Results, 'machine' | 'digits'>): string {
  const { cpu, cores, platform, node, backend, workers, loadAverage } = machine;
  return `${cpu}, ${cores} cores (load ${loadAverage.toFixed(1)} before), ${platform}, Node ${node.slice(1)}, ${backend} × ${workers} workers; ${digits.name}`;
}

function digitTable({ fits, published }: Results['digits']): string {
  return table([
    ['model', 'test', 'training', 'iterations', 'fitting', 'source'],
    ...fits.map((fit) => [
      `Bernoulli mixture, K = ${fit.components}`,
      decimal(fit.testLogLikelihood),
      decimal(fit.trainLogLikelihood),
      count(fit.iterations),
      duration(fit.seconds),
      fit.restarts > 1 ? `this run, best of ${fit.restarts} starts` : 'this run',
    ]),
    ...published.map(({ name, value, source }) => [name, decimal(value), '', '', '', source]),
  ]);
}

function completionTable({ components, joint, marginal, others, published }: Results['completion']): string {
  const own = [{ components, joint, marginal }, ...others].sort((a, b) => a.components - b.components);
  return table([
    ['model', 'jointly', 'pixel by pixel', 'source'],
    ...own.map((one) => [
      `Bernoulli mixture, K = ${one.components}`,
      decimal(one.joint),
      decimal(one.marginal),
      'this run, exact',
    ]),
    ...published.map(({ name, value, source }) => [name, decimal(value, 1), '', `${source}, sampled bound`]),
  ]);
}

function atScale({ logitScale }: Results['completion']): string {
  return logitScale === 1 ? '' : `, logit scale ${logitScale}`;
}

function sharpnessTable({ sharpness }: Results['completion']): string {
  return table([
    ['logit scale', 'jointly', 'pixel by pixel', 'components that share an image'],
    ...sharpness.map(({ logitScale, joint, marginal, effectiveComponents }) => [
      logitScale === 1 ? '1 (Bayes)' : String(logitScale),
      decimal(joint),
      decimal(marginal),
      decimal(effectiveComponents, 1),
    ]),
  ]);
}

function trainingTable({ contenders, best, perRow, within }: Comparison): string {
  const gap = (value: number): string => (perRow ? decimal(best - value) : scientific(Math.max(0, best - value)));
  return table([
    ['method', 'steps', 'gradients', 'time', `steps to within ${within}`, 'log-likelihood', 'short of the best by'],
    ...contenders.map(({ name, learningRate, iterations, gradientEvaluations, seconds, reached, logLikelihood }) => [
      learningRate === null ? name : `${name}, rate ${learningRate}`,
      count(iterations),
      count(gradientEvaluations),
      duration(seconds),
      reached === null ? 'never' : count(reached.iteration),
      decimal(logLikelihood, perRow ? 2 : 4),
      gap(logLikelihood),
    ]),
  ]);
}

function startTable(starts: Results['faithful']['starts']): string {
  return table([
    ['backend', 'K = 1', 'K = 2, best of 10 starts', 'starts that reach it', 'within'],
    ...starts.map(({ backend, oneComponent, twoComponents, reached, tolerance }) => [
      backend,
      decimal(oneComponent, 6),
      decimal(Math.max(...twoComponents), 6),
      `${reached} of ${twoComponents.length}`,
      String(tolerance),
    ]),
  ]);
}

function bayesTable({ sizes, dying }: Results['bayes']): string {
  const row = (
    name: string,
    { bound, active, iterations, em }: Pick<typeof dying, 'bound' | 'active' | 'iterations' | 'em'>,
  ): string[] => [name, decimal(bound), String(active), count(iterations), decimal(em.logLikelihood), decimal(em.bic)];
  return table([
    ['components', 'evidence lower bound', 'of them stay', 'steps', 'EM: log-likelihood', 'BIC'],
    ...sizes.map(({ components, ...one }) => row(String(components), one)),
    row(`${dying.components}, concentration ${dying.concentration}`, dying),
  ]);
}

function bayesDigitsTable({ digits, bayes }: Pick<Results, 'digits' | 'bayes'>): string {
  const { components, testLogLikelihood, iterations, seconds } = bayes.digits;
  const em = digits.fits.find((fit) => fit.components === components);
  const row = (
    name: string,
    one: Pick<typeof bayes.digits, 'testLogLikelihood' | 'iterations' | 'seconds'>,
  ): string[] => [name, decimal(one.testLogLikelihood), count(one.iterations), duration(one.seconds)];
  return table([
    ['method', 'test', 'iterations', 'fitting'],
    ...(em === undefined ? [] : [row('EM, one point', em)]),
    row('variational Bayes, posterior predictive', { testLogLikelihood, iterations, seconds }),
  ]);
}

function variationalTable({ fits, freeForm }: Results['variational']): string {
  return table([
    ['assignments in training', 'evidence lower bound', 'relaxed objective (no bound)', 'steps', 'time'],
    ...fits.map(({ assignments, bound, boundError, relaxedObjective, iterations, seconds }) => [
      assignments,
      `${decimal(bound)} ± ${decimal(boundError, 3)}`,
      relaxedObjective === null ? '' : decimal(relaxedObjective),
      count(iterations),
      duration(seconds),
    ]),
    ['free form, closed-form updates', decimal(freeForm, 4), '', '', ''],
  ]);
}
