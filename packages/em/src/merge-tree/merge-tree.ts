import type { Tree } from '@mixtention/core';
import { lookUp } from '@mixtention/core/base';
import { type Fit, MixtureModel, pointWeights } from '@mixtention/mixture';
import {
  type Course,
  checkCount,
  criteria,
  evaluateMixture,
  type FitContext,
  type FitInput,
  fitMixture,
  type ModelParts,
} from '@mixtention/mixture/fit';
import { batch } from '../batch/batch.ts';
import type { SummedPlan } from '../schedule/scheduled.ts';
import { boundOf } from '../select/symmetric-modes.ts';
import type { SelectRow } from '../select/types.ts';
import { costOf, ranked, whyOf } from '../select/why.ts';
import { type BayesFit, bayesPlan } from '../variational-bayes/fit-bayes.ts';
import { type Level, mergeDown } from './merge-down.ts';
import type { Merge, Merged, MergeTree, MergeTreeOptions } from './types.ts';

const WHERE = 'em/mergeTree';
const CRITERIA = { bic: 'bic', icl: 'icl', aic: 'aic', bound: 'bound' } as const;
const PAIRS = 30;
const STEPS = 5;

type Way = {
  readonly criterion: MergeTree['criterion'];
  readonly pairs: number;
  readonly steps: number;
  readonly seed: number;
  readonly covariance: SelectRow['covariance'];
};

/**
 * Merges the components of a mixture pair by pair down to one, each time those two whose merge is best by a criterion, and compares all that come by: the table of `select`
 * from one fit.
 *
 *     merge of i and j:  N = N_i + N_j,  s = s_i + s_j,  θ = what an M-step makes of N, s
 *
 * What a merge changes is measured by a pass over all rows, in float64; pairs that share the most rows are tried first. A few steps follow each merge, which is not a fit to the end.
 *
 * @param x        what `fit` takes
 * @param options  as for `fit`, or `fitBayes` under `bound`; `components` is too many, and `start: model` with `maxIterations: 0` merges a mixture that is there already
 * @returns table and mixtures of K to 1 components, the best of them with its model and why, and the merges as a tree with heights
 * @throws as `fit`
 *
 * Cost: a fit, and for each of K − 1 merges up to `pairs` + `steps` passes.
 * Source: Ueda, Nakano, Ghahramani & Hinton (2000) for the order of pairs; Hennig (2010), Methods for merging Gaussian mixture components, ADAC 4.
 *
 * @example
 * const { best, merges } = await mergeTree(faithful(), { components: 4 });
 * best.components; // 2
 * merges.length; // 3
 */
export async function mergeTree(x: FitInput, options: MergeTreeOptions): Promise<MergeTree> {
  const { criterion: wanted = 'bic', pairs = PAIRS, steps = STEPS, ...rest } = options ?? {};
  const criterion = lookUp(WHERE, 'criterion', wanted, CRITERIA);
  checkCount(WHERE, 'pairs', pairs, 1);
  checkCount(WHERE, 'steps', steps, 0);
  const { family = 'gaussian', covariance = 'full', seed = 0 } = rest;
  const way = { criterion, pairs, steps, seed, covariance: family === 'gaussian' ? covariance : null };
  const begun = performance.now();
  const planOf = (context: FitContext): SummedPlan<MergeTree> => {
    const { report, ...plan } = criterion === 'bound' ? bayesPlan(context) : pointPlan(context);
    return {
      ...plan,
      async report(fit, course, order) {
        const found = (await report?.(fit, course, order)) ?? fit;
        return {
          ...(await merge(found, { plan, context, course, order, way })),
          seconds: (performance.now() - begun) / 1000,
        };
      },
    };
  };
  return fitMixture(x, rest, { where: WHERE, infers: criterion === 'bound' ? 'posterior' : 'point', plan: planOf });
}

function pointPlan({ config }: FitContext): SummedPlan<Fit | BayesFit> {
  return { algorithm: batch(config) };
}

type Setting = {
  readonly plan: Omit<SummedPlan<unknown>, 'report'>;
  readonly context: FitContext;
  readonly course: Course;
  readonly order: readonly number[];
  readonly way: Way;
};

async function merge(fit: Fit | BayesFit, setting: Setting): Promise<Omit<MergeTree, 'seconds'>> {
  const { plan, course, order, way } = setting;
  const { criterion } = way;
  const { state } = course.outcomes[course.best]!.step;
  const value = (level: Level): number => costOf(rowOf(level, fit, setting), criterion);
  const table: SelectRow[] = [];
  const mixtures: Merged[] = [];
  const merges: Merge[] = [];
  /** Components of the fit that each node is made of. */
  const leaves: number[][] = order.map((_, k) => [k]);
  let first: Level | null = null;
  let last = 0;
  const setUp = { algorithm: plan.algorithm, course, ...way, costOf: value };
  for await (const down of mergeDown({ state, order }, setUp)) {
    const level = 'level' in down ? down.level : down;
    first ??= level;
    if ('level' in down) {
      const { pair, merged } = down;
      // Where more is better costs have the other sign.
      const change = (value(merged) - last) * (criterion === 'bound' ? -1 : 1);
      const height = first.info.objective - level.info.objective;
      merges.push({ nodes: pair, node: leaves.length, components: level.nodes.length, change, height });
      leaves.push(pair.flatMap((node) => leaves[node]!).sort((a, b) => a - b));
    }
    last = value(level);
    const parts = partsOf(level, setting);
    const measured = criterion === 'bound' ? await evaluated(parts, course) : null;
    table.push(rowOf(level, fit, setting, measured));
    mixtures.push({ model: modelOf(parts, course), groups: level.nodes.map((node) => leaves[node]!) });
  }
  const ordered = ranked(table, criterion);
  const best = ordered[0]!;
  const { model } = mixtures[table.indexOf(best)]!;
  return { table, best, mixtures, model, merges, fit, criterion, why: whyOf(ordered, criterion, 'mixtures') };
}

function partsOf({ state }: Level, { plan, context: { config } }: Setting): ModelParts {
  const { mixtureOf } = plan;
  const own = { family: config.family, ...(mixtureOf?.(state) ?? (state as unknown as ModelParts)) };
  return plan.modelOf?.(state) ?? own;
}

/** In the user's units. */
function modelOf({ family, logWeights, params }: ModelParts, { data }: Course): MixtureModel {
  const { transform, columns } = data;
  return new MixtureModel({
    family,
    logWeights,
    params: family.unscale(params, transform) as Tree,
    transform,
    columns: columns.names,
  });
}

type Measured = { readonly logLikelihood: number; readonly logMaxResponsibility: number };

function evaluated({ family, ...mixture }: ModelParts, { data, executor, signal }: Course): Promise<Measured> {
  return evaluateMixture(mixture, data, { family, executor, signal });
}

/** What the table says of a mixture. */
function rowOf(
  { info, stats, nodes }: Level,
  fit: Fit | BayesFit,
  { context: { config }, course: { data }, way }: Setting,
  measured: Measured | null = null,
): SelectRow {
  const { family, weights = pointWeights() } = config;
  const components = nodes.length;
  const parameters = weights.freeParameters(components) + family.freeParameters(components, data.width);
  // Rows have other densities in the space of the fit.
  const shift = -data.totalWeight * data.transform.scale.reduce((sum, s) => sum + Math.log(s), 0);
  const { logLikelihood, logMaxResponsibility } = measured ?? { ...stats, logLikelihood: info.logLikelihood };
  const told = logLikelihood + shift;
  const active = stats.counts.filter((n) => n > 0.5).length;
  const isFirst = components === config.components;
  return {
    components,
    covariance: way.covariance,
    logLikelihood: told,
    ...criteria(parameters, data.totalWeight, told, logMaxResponsibility),
    ...(way.criterion === 'bound' &&
      boundOf(info.objective + shift, { prior: fit.prior, expectedWeights: stats.counts, activeComponents: active })),
    status: isFirst ? fit.status : 'stopped',
    isDegenerate: (info.degenerate?.length ?? 0) > 0 || (isFirst && fit.degenerate.length > 0),
  };
}
