import type { Algorithm, Sample, Shard, Tree } from '@mixtention/core';
import { copyTree, specOf } from '@mixtention/core/base';
import { minibatch } from '@mixtention/core/loop';
import { generator, key, split } from '@mixtention/core/numeric';
import { summedOut } from '../discrete/index.ts';
import { type Program, type Programs, rebinding } from '../graph/index.ts';
import { climbFrom, climbOn, raisedBy, reachedBy } from '../inference/climb.ts';
import { weighDraws } from '../inference/draw-slope.ts';
import type { Climb } from '../inference/run-state.ts';
import { startOf } from '../inference/start.ts';
import { type SviOptions, settleSvi } from '../inference/svi-options.ts';
import { ruleOf } from '../inference/walk.ts';
import { latentsOf, type Model } from '../model/index.ts';
import { compileGuided, type Guided } from './guided.ts';
import type { ModelObject } from './model-object.ts';
import { compileRows, dataOf, type RowsData, type Shared } from './split-trace.ts';

/** What steps depend on beside model and rows; plain data. */
export type RowsOptions = Pick<
  SviOptions,
  'estimator' | 'draws' | 'learningRate' | 'accuracy' | 'steps' | 'resultDraws' | 'seed'
> & { readonly guide?: SviOptions['guide'] & string; readonly optimizer?: SviOptions['optimizer'] & string };

export type RowsConfig = Shared & {
  readonly model: ModelObject;
  /** What all rows weigh: N, or the sum of their weights. */
  readonly weight: number;
  /** Parts of an epoch: a step sees one of them, a random part of every shard (1: all rows). */
  readonly batches: number;
  readonly width: number;
  /** Rows that stand for others where shapes alone matter `[T, D]`. */
  readonly template: Float64Array;
  readonly options: RowsOptions;
};

type Message = { readonly free: Float64Array; readonly draws: number };
export type RowsStats = { readonly values: Float64Array; readonly slopes: Float64Array; readonly weight: number };
export type RowsState = { readonly around: Tree; readonly evaluations: Float64Array; readonly climb: Tree };
export type RowsInfo = {
  readonly objective: number;
  readonly logLikelihood: number;
  readonly step: number;
  readonly learningRate: number;
  readonly status?: 'converged' | 'diverged';
  readonly because?: string;
};

/**
 * Stochastic variational inference over the rows of a data set: what rows add to the log density and its gradient is collected where they are, for the draws of a step;
 * guide, estimator and rule of ascent are the update's. Sums come in the order of shards, so results have the same bits for any number of workers.
 *
 * Cost: a step is a pass over the rows that it sees: a run of the model and its gradient a shard and draw; by minibatches the model is traced anew for the rows of each shard, a fraction of a millisecond; gradient, plan and code are those of the first rows of their number.
 */
export function rowsSvi(config: RowsConfig): Algorithm<RowsState, Message, RowsStats, RowsInfo> {
  const { model, width, template, weight, batches } = config;
  const run = summedOut(model.run as Model<RowsData>);
  const example = dataOf({ data: template, rows: template.length / width, cols: width }, config);
  const latents = latentsOf(run, example);
  const dimension = latents.reduce((total, { size }) => total + size, 0);
  const settled = settleSvi(config.options as SviOptions, dimension);
  const root = split(key(settled.seed), 'svi');
  const kept = new WeakMap<Shard, Program>();
  const programs = rebinding();
  const compiled = (shard: Shard, shared?: Programs): Program =>
    compileRows(run, dataOf(shard.matrix(), config), shard.backend, { weights: shard.weights, programs: shared });
  const programOf = (shard: Shard): Program => {
    // Rows of a minibatch are looked at once: what was made for others is given their numbers.
    if (batches > 1) return compiled(shard, programs);
    let program = kept.get(shard);
    if (program === undefined) kept.set(shard, (program = compiled(shard)));
    return program;
  };
  let guided: { readonly around: Tree; readonly made: Guided } | null = null;
  const guidedBy = (around: Tree): Guided => {
    if (guided?.around !== around)
      guided = { around, made: compileGuided({ model: run, data: example, around, settled }) };
    return guided.made;
  };
  const noiseOf = (step: number) => generator(split(root, 'noise', step));

  return {
    spec: {
      kind: 'algorithm',
      name: 'svi/rows',
      module: '@mixtention/svi/rows',
      from: import.meta.url,
      config: specOf(config),
    },
    claims: { objective: 'noisy' },

    init(_, sample) {
      const { weights = null } = sample as Sample;
      const program = compileRows(run, dataOf(sample, config), undefined, {
        weights,
        withOthers: weight / weightOf(sample.rows, weights),
      });
      const logDensity = (u: Float64Array, gradient?: Float64Array): number => {
        program.inputs.set(u);
        program.run();
        gradient?.set(program.outputs.subarray(1));
        return program.outputs[0]!;
      };
      const start = startOf({ dimension, logDensity }, settled);
      const { around } = start;
      const { begin } = guidedBy(around as unknown as Tree);
      return {
        around: around as unknown as Tree,
        evaluations: Float64Array.of(start.gradientEvaluations, start.densityEvaluations),
        climb: climbFrom(begin, 0, settled) as unknown as Tree,
      };
    },

    ask({ around, climb }, { cuts }) {
      const { walk } = climb as unknown as Climb;
      const { draws } = settled;
      return {
        message: { free: guidedBy(around).drawFree(walk.parameters, noiseOf(walk.taken), draws), draws },
        precision: 'float64',
        ...(batches > 1 && { rows: minibatch(split(root, 'rows'), walk.taken, batches, cuts.length - 1) }),
      };
    },

    collect({ free, draws }, shard) {
      const values = new Float64Array(draws);
      const slopes = new Float64Array(draws * dimension);
      const seen = weightOf(shard.rows, shard.weights);
      // A small shard has no row for every part.
      if (shard.rows === 0) return { values, slopes, weight: seen };
      const program = programOf(shard);
      for (let s = 0; s < draws; s++) {
        program.inputs.set(free.subarray(s * dimension, (s + 1) * dimension));
        program.run();
        values[s] = program.outputs[0]!;
        slopes.set(program.outputs.subarray(1), s * dimension);
      }
      return { values, slopes, weight: seen };
    },

    update({ around, evaluations, climb: before }, { sum }) {
      const climb = copyTree(before) as unknown as Climb;
      const { made, gradient } = gradientOf(guidedBy(around), climb, sum!);
      climbOn(
        climb,
        { value: made, gradient, worth: new Float64Array(0) },
        { begin: guidedBy(around).begin, options: settled, rule: ruleOf(settled.optimizer) },
      );
      const { ended, rate, walk, raised } = climb;
      return {
        state: { around, evaluations, climb: climb as unknown as Tree },
        info: {
          objective: raised.count > 0 ? raisedBy(climb).mean : Number.isFinite(made) ? made : 0,
          logLikelihood: Number.NaN,
          step: walk.taken,
          learningRate: rate,
          // Steps that are over are the caller's to see.
          ...(ended !== null && ended.status !== 'stopped' && { status: ended.status, because: ended.message }),
        },
      };
    },
  };

  /** What a step's rows told, as often as rows stand behind them. */
  function gradientOf(made: Guided, { walk }: Climb, { values, slopes, weight: seen }: RowsStats) {
    const { draws, estimator } = settled;
    const by = batches === 1 ? 1 : weight / seen;
    const told = { values: values.map((v) => by * v), slopes: slopes.map((s) => by * s), draws };
    const outputs = made.slopes(walk.parameters, noiseOf(walk.taken), told);
    const gradient = new Float64Array(made.begin.length);
    if (estimator === 'importance-weighted') return { made: weighDraws(outputs, gradient), gradient };
    let value = 0;
    for (const own of outputs) {
      value += own[0]! / draws;
      for (let i = 0; i < gradient.length; i++) gradient[i]! -= own[i + 1]! / draws;
    }
    return { made: value, gradient };
  }
}

const weightOf = (rows: number, weights: Float64Array | null): number =>
  weights === null ? rows : weights.reduce((total, w) => total + w, 0);

/** The climb that a state holds, and the parameters that it has reached. */
export const climbIn = ({ climb }: RowsState): Climb => climb as unknown as Climb;
export const parametersOf = (state: RowsState): Float64Array => reachedBy(climbIn(state));
