import type { RandomSource, Tree } from '@mixtention/core';
import { lookUp } from '@mixtention/core/base';
import { add, compile, differentiate, input, mul, type Shape, sum, type Value } from '../graph/index.ts';
import type { Around } from '../guides/index.ts';
import { bounds, makeGuide, type Parameter, parametersOf } from '../inference/objective.ts';
import type { SettledSvi } from '../inference/svi-options.ts';
import { latentsOf, type Model, traceModel } from '../model/index.ts';
import { isOfRows, jointOf, type RowsData } from './split-trace.ts';

/** What rows told of draws: log densities `[S]`, and their slopes by free numbers `[S, D]`. */
export type Told = { readonly values: Float64Array; readonly slopes: Float64Array; readonly draws: number };

/** A draw of the guide with what belongs to no row. */
export type GuideRow = { readonly free: Float64Array; readonly logRatio: number; readonly row: Float64Array };

/** The guide, and what a model states outside of its rows, as programs. */
export type Guided = {
  readonly begin: Float64Array;
  readonly parameters: readonly Parameter[];
  readonly reported: readonly { readonly name: string; readonly shape: Shape }[];
  /** Free numbers of draws `[S, D]`. */
  readonly drawFree: (parameters: Float64Array, random: RandomSource, draws: number) => Float64Array;
  /** Of the same draws: an estimate of the bound, and its gradient. */
  readonly slopes: (parameters: Float64Array, random: RandomSource, told: Told) => Float64Array[];
  /** Draws with log p − log q without rows, and the values of all that is reported. */
  readonly rows: (parameters: Float64Array, random: RandomSource, draws: number) => GuideRow[];
};

type Given = {
  readonly model: Model<RowsData>;
  /** Some rows, whose number does not matter. */
  readonly data: RowsData;
  readonly around: Tree;
  readonly settled: SettledSvi;
};

export function compileGuided({ model, data, around, settled }: Given): Guided {
  const made = makeGuide({ model, data, guide: settled.guide, around: around as unknown as Around });
  const free = new Map<string, Value>();
  const { sites } = traceModel(
    model,
    data,
    (latent) => {
      const provided = made.provide(latent);
      free.set(latent.name, 'free' in provided ? provided.free : latent.transform!.inverse(provided.value));
      return provided;
    },
    { whole: true },
  );
  const own = sites.filter((site) => !isOfRows(site));
  const latents = latentsOf(model, data);
  const dimension = latents.reduce((total, { size }) => total + size, 0);
  const slopes = latents.map(({ name, freeShape }) => input(`slope of ${name}`, freeShape));
  // Rows are as good as a linear term: its slope at the draw is theirs.
  const level = input('level', []);
  const linear = latents.reduce<Value>(
    (total, { name }, i) => add(total, sum(mul(slopes[i]!, free.get(name)!))),
    level,
  );
  const logJoint = add(jointOf(own), linear);
  const bound = lookUp('svi/svi', 'estimator', settled.estimator, bounds)({ sites: own, logJoint }, made);
  const all = [...made.inputs, ...slopes, level];
  const frees = latents.map(({ name }) => free.get(name)!);
  const step = compile([bound, ...differentiate(bound, made.inputs), ...frees], all, settled);
  const reported = own.filter(({ kind }) => kind === 'sample' || kind === 'deterministic');
  const told = compile(
    [jointOf(own), made.logDensity(false), ...frees, ...reported.map(({ value }) => value)],
    made.inputs,
    settled,
  );
  const size = made.begin.length;
  const runAt = (parameters: Float64Array, random: RandomSource): Float64Array => {
    step.inputs.set(parameters);
    step.run(random);
    return step.outputs;
  };
  return {
    begin: made.begin,
    parameters: parametersOf(made.inputs),
    reported: reported.map(({ name, value }) => ({ name, shape: value.shape })),
    drawFree(parameters, random, draws) {
      step.inputs.fill(0);
      const drawn = new Float64Array(draws * dimension);
      for (let s = 0; s < draws; s++) drawn.set(runAt(parameters, random).subarray(1 + size), s * dimension);
      return drawn;
    },
    slopes(parameters, random, { values, slopes: of, draws }) {
      // Draws are the same whatever the slopes; the level makes the linear term what rows told.
      return Array.from({ length: draws }, (_, s) => {
        const slope = of.subarray(s * dimension, (s + 1) * dimension);
        step.inputs.set(slope, size);
        step.inputs[size + dimension] = values[s]!;
        const outputs = runAt(parameters, random).slice();
        const drawn = outputs.subarray(1 + size);
        for (let i = 0; i < dimension; i++) outputs[0]! -= slope[i]! * drawn[i]!;
        return outputs.subarray(0, 1 + size);
      });
    },
    rows(parameters, random, draws) {
      told.inputs.set(parameters);
      return Array.from({ length: draws }, () => {
        told.run(random);
        const [joint, density] = told.outputs as unknown as [number, number];
        return {
          free: told.outputs.slice(2, 2 + dimension),
          logRatio: joint - density,
          row: told.outputs.slice(2 + dimension),
        };
      });
    },
  };
}
