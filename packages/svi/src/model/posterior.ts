import { checkOptions, counted, fail, show, wasOrWere } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import { type Distribution, describe } from '../distributions/index.ts';
import {
  type CompileOptions,
  compile,
  constant,
  differentiate,
  input,
  type Program,
  reshape,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  slice,
  sub,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';
import type { Latent, Model, Site } from './model-types.ts';
import { traceModel } from './trace-model.ts';

/** A latent variable among the free coordinates. */
export type Coordinates = {
  readonly name: string;
  readonly distribution: Distribution;
  readonly shape: Shape;
  readonly freeShape: Shape;
  readonly start: number;
  readonly size: number;
  readonly transform: string;
};

/** Values of some latents: numbers, or arrays of them in the shape of the latent or one after another. */
export type LatentValues = { readonly [name: string]: ValueLike };

/** A model with its data as a log density over free coordinates, all real. */
export type Posterior = {
  /** How many free coordinates there are. */
  readonly dimension: number;
  readonly latents: readonly Coordinates[];
  /** What is reported: latents and deterministic sites, with the shapes of their values. */
  readonly reported: readonly { readonly name: string; readonly shape: Shape }[];
  /** log p(data, latents) with Jacobians, in nats; writes its gradient where an array is given. */
  readonly logDensity: (u: Float64Array, gradient?: Float64Array) => number;
  /** The values of all reported sites one after another, in the order of `reported`. */
  readonly values: (u: Float64Array) => Float64Array;
  /** Free coordinates of values of the latents (zeros where a latent is not named). A latent given in non-centred coordinates has them beside the values of those that it depends on. */
  readonly freeOf: (values: LatentValues) => Float64Array;
  /** The terms of the log density by site, for messages. */
  readonly terms: (u: Float64Array) => readonly {
    readonly site: string;
    readonly value: Float64Array;
    readonly logDensity: number;
    readonly logJacobian: number;
  }[];
};

export type PosteriorOptions = CompileOptions & {
  /** Whether Jacobians count: with them the density is one of free coordinates, without of the values themselves, whose mode it then has (default true). */
  readonly jacobians?: boolean;
};

/**
 * The log joint density of a model with all of its data as a function of free coordinates; what plates say of minibatches does not count here.
 *
 * @throws BAD_MODEL for models with discrete latents, or none; BAD_OPTION for options that there are not
 *
 * Cost: one run of the model and its gradient a call, as emitted code.
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * const { logDensity, dimension } = posterior(coin, [1, 1, 0, 1]);
 * const gradient = new Float64Array(dimension);
 * logDensity(new Float64Array(dimension), gradient); // -2.899: at p = 1/2
 */
export function posterior<Data>(model: Model<Data>, data: Data, given: PosteriorOptions = {}): Posterior {
  checkOptions('svi/posterior', given, ['jacobians', 'execution', 'backend']);
  const { jacobians = true, ...options } = given;
  const latents = latentsOf(model, data);
  const dimension = dimensionOf(latents);
  if (latents.length === 0)
    fail(
      'svi/posterior',
      'BAD_MODEL',
      `the model has no latent variable${model.whole === undefined ? '' : ' beside those that are summed out'}; at least one was due`,
    );
  const { inputs, sites, logJoint: whole } = withInputs(model, data, latents);
  const logJoint = jacobians ? whole : sites.reduce((total, site) => sub(total, site.logJacobian), whole);
  const density = compile([logJoint, ...differentiate(logJoint, inputs)], inputs, options);
  const reported = sites.filter(({ kind }) => kind === 'sample' || kind === 'deterministic');
  const values = lazily(() =>
    compile(
      reported.map(({ value }) => value),
      inputs,
      options,
    ),
  );
  const terms = lazily(() =>
    compile(
      sites.flatMap(({ value, logDensity, logJacobian }) => [value, logDensity, logJacobian]),
      inputs,
      options,
    ),
  );
  // Latents that are summed out are drawn given the others.
  const random = generator(split(key(0), 'values'));
  const runAt = (program: Program, u: Float64Array): Float64Array => {
    program.inputs.set(u);
    program.run(random);
    return program.outputs;
  };
  return {
    dimension,
    latents,
    reported: reported.map(({ name, value }) => ({ name, shape: value.shape })),
    logDensity: (u, gradient) => {
      const outputs = runAt(density, u);
      gradient?.set(outputs.subarray(1));
      return outputs[0]!;
    },
    values: (u) => Float64Array.from(runAt(values(), u)),
    freeOf: (given) => freeOf(model, data, latents, given),
    terms: (u) => splitTerms(sites, runAt(terms(), u)),
  };
}

function lazily<Result>(make: () => Result): () => Result {
  let made: Result | undefined;
  return () => (made ??= make());
}

/**
 * Refuses a latent that was not there, or had another shape, when the model ran before.
 *
 * @throws BAD_MODEL
 */
export function checkSame(known: readonly Coordinates[], { name, freeShape }: Latent): void {
  const then = known.find((one) => one.name === name);
  if (then === undefined || !sameShape(then.freeShape, freeShape))
    fail(
      'svi/model',
      'BAD_MODEL',
      `site "${name}" of ${showShape(freeShape)} ${then === undefined ? 'was not there' : `had ${showShape(then.freeShape)}`} when the model ran before; the same sites were due in every run`,
    );
}

function withInputs<Data>(model: Model<Data>, data: Data, known: readonly Coordinates[]) {
  const inputs: Value[] = [];
  const trace = traceModel(
    model,
    data,
    (latent) => {
      if (latent.transform === null)
        fail('svi/posterior', 'BAD_MODEL', `site "${latent.name}" is discrete; take summedOut(model)`);
      checkSame(known, latent);
      const free = input(latent.name, latent.freeShape);
      inputs.push(free);
      return { free };
    },
    { whole: true },
  );
  return { ...trace, inputs };
}

/** The latents of a model in the order in which it states them. */
export function latentsOf<Data>(model: Model<Data>, data: Data): Coordinates[] {
  const found: Latent[] = [];
  traceModel(
    model,
    data,
    (latent) => {
      found.push(latent);
      const free = input(latent.name, latent.freeShape);
      return latent.transform === null ? { value: free } : { free };
    },
    { whole: true },
  );
  let start = 0;
  return found.map(({ name, distribution, shape, freeShape, transform }) => {
    const size = sizeOf(freeShape);
    const here = start;
    if (transform !== null) start += size;
    return { name, distribution, shape, freeShape, start: here, size, transform: transform?.name ?? 'none' };
  });
}

/** Free numbers of all latents together; discrete ones have none. */
export const dimensionOf = (latents: readonly Coordinates[]): number =>
  latents.reduce((total, { size, transform }) => (transform === 'none' ? total : total + size), 0);

/** A latent's free numbers among all of them. */
export const freeIn = (all: Value, { start, size, freeShape }: Coordinates): Value =>
  reshape(slice(all, start, start + size, -1), freeShape);

function freeOf<Data>(
  model: Model<Data>,
  data: Data,
  latents: readonly Coordinates[],
  given: LatentValues,
): Float64Array {
  const known = latents.map(({ name }) => name);
  for (const name of Object.keys(given))
    if (!known.includes(name))
      fail('svi/posterior', 'UNKNOWN_NAME', `no latent is named "${name}"; known are ${known.join(', ')}`);
  const inputs: Value[] = [];
  const frees: Value[] = [];
  traceModel(
    model,
    data,
    (latent) => {
      if (given[latent.name] === undefined) {
        const free = constant(new Float64Array(sizeOf(latent.freeShape)), latent.freeShape);
        frees.push(free);
        return { free };
      }
      const own = input(latent.name, latent.shape);
      inputs.push(own);
      frees.push(latent.transform!.inverse(own));
      return { value: own };
    },
    { whole: true },
  );
  const program = compile(frees, inputs);
  let next = 0;
  for (const { name, shape } of latents) {
    const size = sizeOf(shape);
    if (given[name] === undefined) continue;
    const numbers = numbersOf(name, given[name]);
    if (numbers.length !== size)
      fail(
        'svi/posterior',
        'BAD_SHAPE',
        `"${name}" was given ${counted(numbers.length, 'number')}, ${size} ${wasOrWere(size)} due`,
      );
    program.inputs.set(numbers, next);
    next += size;
  }
  program.run();
  const u = Float64Array.from(program.outputs);
  for (const { name, distribution, start, size } of latents) {
    if (u.subarray(start, start + size).every(Number.isFinite)) continue;
    fail(
      'svi/posterior',
      'BAD_DATA',
      `"${name}" was given ${showGiven(given[name]!)}, which is not within the support of ${describe(distribution)}, or on its edge`,
    );
  }
  return u;
}

function numbersOf(name: string, given: ValueLike): Float64Array {
  const { data } = value(given, `svi/posterior, "${name}"`);
  return data ?? fail('svi/posterior', 'BAD_DATA', `"${name}" was given a value, numbers were due`);
}

const showGiven = (given: ValueLike): string => (typeof given === 'number' ? String(given) : show(given));

function splitTerms(sites: readonly Site[], outputs: Float64Array): ReturnType<Posterior['terms']> {
  let next = 0;
  return sites.map(({ name, value }) => {
    const size = sizeOf(value.shape);
    const own = outputs.slice(next, next + size + 2);
    next += size + 2;
    return { site: name, value: own.subarray(0, size), logDensity: own[size]!, logJacobian: own[size + 1]! };
  });
}
