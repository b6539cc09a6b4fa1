import type { Mixture, StepInfo, Tree } from '@mixtention/core';
import { numbered } from '@mixtention/core/base';
import { type Step, statusSentences } from '@mixtention/core/loop';
import { criteria } from '../model/criteria.ts';
import { MixtureModel } from '../model/mixture-model.ts';
import { pointWeights } from '../weights/index.ts';
import { certify } from './certify.ts';
import { collapseNotes } from './collapse-notes.ts';
import { type Course, restartsOf } from './driver/subject.ts';
import { evaluateMixture } from './evaluate.ts';
import { constantNote, fitNotes } from './fit-notes.ts';
import { mixtureOf, type Problem } from './problem.ts';
import type { Fit } from './types.ts';

/** A fit, and which component of the state each of the model is. */
export type Reported = { readonly fit: Fit; readonly order: readonly number[] };

/** Maps the best start back to user space and says how it ended. */
export async function report(problem: Problem<unknown>, course: Course): Promise<Reported> {
  const { data, config, plan, prior, shift } = problem;
  // Under a posterior components may die, and none collapses.
  const isPoint = problem.infers === 'point';
  const { executor, precision, outcomes, best, screening, seconds, passSeconds, signal, isOwnExecutor } = course;
  const { family, weights = pointWeights() } = config;
  const { step, status, iterations, objective, trace } = outcomes[best]!;
  const mixture = mixtureOf(plan, step.state);
  const parts = plan.modelOf?.(step.state) ?? { family, ...mixture };
  const measured = isMeasured(step.info)
    ? step.info
    : await evaluateMixture({ logWeights: parts.logWeights, params: parts.params }, data, {
        family: parts.family,
        executor,
        precision: precision.began,
        signal,
      });
  const order = canonicalOrder(mixture.logWeights, weights.exchangeable);
  const degenerate = order.flatMap((old, k) => (isPoint && isDegenerate(old, mixture, step.info) ? [k] : []));
  const logLikelihood = measured.logLikelihood + shift;
  // Of the state, since a step may change it.
  const components = mixture.logWeights.length;
  const parameters = weights.freeParameters(components) + family.freeParameters(components, data.width);
  const all = Array.from(parts.logWeights.keys(), (k) => order[k] ?? k);
  const model = new MixtureModel({
    family: parts.family,
    logWeights: Float64Array.from(all, (old) => parts.logWeights[old]!),
    params: parts.family.select(parts.family.unscale(parts.params, data.transform), all) as Tree,
    transform: data.transform,
    columns: data.columns.names,
  });
  const constant = constantNote(data, family);
  const fit: Fit = {
    model,
    status,
    message: sentence(step, {
      degenerate,
      // A constant column says it all.
      collapsed: constant === null ? collapseNotes(model, degenerate, { data, floor: config.floor }) : [],
      constant,
      precision: executor.precision === 'float32' && precision.asked === 'auto' ? precisionRemark(step) : null,
    }),
    converged: status === 'converged',
    iterations,
    logLikelihood,
    objective,
    ...criteria(parameters, data.totalWeight, logLikelihood, measured.logMaxResponsibility),
    trace,
    seconds,
    passSeconds,
    restarts: restartsOf(course),
    screening,
    best,
    certificate: certify(model, course, isPoint),
    degenerate,
    notes: fitNotes(
      { data, family, components, hasPrior: prior.name !== 'none' },
      { seconds, executor, isOwnExecutor },
    ),
    prior,
    rows: data.rows,
    weight: data.totalWeight,
    backend: executor.backend,
    workers: executor.workers,
    precision: { began: precision.began, ended: precision.ended },
    info: step.info,
  };
  return { fit, order };
}

/** Old indices by decreasing weight, where all orders are alike; equal weights keep theirs. */
function canonicalOrder(logWeights: Float64Array, exchangeable: boolean): number[] {
  const order = Array.from(logWeights.keys());
  return !exchangeable ? order : order.sort((a, b) => logWeights[b]! - logWeights[a]! || a - b);
}

function isMeasured(info: StepInfo): info is StepInfo & { readonly logMaxResponsibility: number } {
  return info.logMaxResponsibility !== undefined && !Number.isNaN(info.logLikelihood);
}

function isDegenerate(old: number, { logWeights }: Mixture, info: StepInfo): boolean {
  return logWeights[old] === Number.NEGATIVE_INFINITY || (info.degenerate?.includes(old) ?? false);
}

type Remarks = {
  readonly degenerate: readonly number[];
  readonly collapsed: readonly string[];
  readonly constant: string | null;
  readonly precision: string | null;
};

/** What to say where float64 had to stand in for a float32 backend. */
function precisionRemark({ info, next }: Step): string | null {
  return info.precision === 'float64' && !next.memory.isFinishing
    ? 'some components are too narrow for float32, so float64 was used, which is slower (a higher floor avoids it)'
    : null;
}

function sentence({ status, message }: Step, { degenerate, collapsed, constant, precision }: Remarks): string {
  // Components have other numbers in the report than in a state.
  const parts = [status === 'degenerate' ? statusSentences[status] : message];
  if (degenerate.length > 0)
    parts.push(`degenerate: ${numbered(degenerate, 'component')} (counted from 0)`, ...collapsed);
  if (precision !== null) parts.push(precision);
  // A column without any variance is why components have none: that comes first.
  if (constant !== null && (status === 'degenerate' || degenerate.length > 0)) parts.unshift(constant);
  else if (constant !== null) parts.push(constant);
  return parts.join('; ');
}
