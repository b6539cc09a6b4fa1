import type { Key } from '@mixtention/core';
import { generator, split } from '@mixtention/core/numeric';
import { logDensityOf } from '../discrete/index.ts';
import { add, compile, differentiate, type Shape, sizeOf, type Value } from '../graph/index.ts';
import { hasMovingBounds, traceModel } from '../model/index.ts';
import { makeGuide, type ObjectiveInputs } from './objective.ts';

/** Draws of a guide with all of the data. */
export type Evaluated = {
  readonly reported: readonly { readonly name: string; readonly shape: Shape }[];
  readonly rows: readonly Float64Array[];
  /** Free numbers of the draws. */
  readonly free: readonly Float64Array[];
  readonly logRatios: Float64Array;
  /** Mean terms of the bound: of every site, with Jacobians, and −log q under `entropy`. */
  readonly boundBySite: { readonly [site: string]: number };
};

/** Draws from a guide at some parameters, with log p − log q of each, and values of the sites with these names (of all). */
export function evaluate<Data>(
  given: ObjectiveInputs<Data>,
  parameters: Float64Array,
  count: number,
  key: Key,
  names?: readonly string[],
): Evaluated {
  const made = makeGuide(given);
  const provided: Value[] = [];
  const provide: typeof made.provide = (latent) => {
    const one = made.provide(latent);
    if (latent.transform !== null) provided.push('free' in one ? one.free : latent.transform.inverse(one.value));
    return one;
  };
  const { sites, logJoint } = traceModel(given.model, given.data, provide, { whole: true });
  const reported = sites.filter(
    ({ kind, name }) => (kind === 'sample' || kind === 'deterministic') && (names?.includes(name) ?? true),
  );
  const terms = sites.filter(({ kind }) => kind !== 'deterministic');
  const outputs = [
    logJoint,
    add(made.logDensity(false), logDensityOf(made.discrete())),
    ...terms.flatMap(({ logDensity, logJacobian }) => [logDensity, logJacobian]),
    ...provided,
    ...reported.map(({ value }) => value),
  ];
  const dimension = provided.reduce((total, { shape }) => total + sizeOf(shape), 0);
  const program = compile(outputs, made.inputs, given);
  program.inputs.set(parameters);
  const random = generator(split(key, 'result'));
  const logRatios = new Float64Array(count);
  const means = new Float64Array(terms.length + 1);
  const free: Float64Array[] = [];
  const rows = Array.from({ length: count }, (_, s) => {
    program.run(random);
    const [joint, own] = program.outputs as unknown as [number, number];
    logRatios[s] = joint - own;
    terms.forEach((_, i) => {
      means[i]! += (program.outputs[2 + 2 * i]! + program.outputs[3 + 2 * i]!) / count;
    });
    means[terms.length]! -= own / count;
    const start = 2 + 2 * terms.length;
    free.push(program.outputs.slice(start, start + dimension));
    return program.outputs.slice(start + dimension);
  });
  const boundBySite = Object.fromEntries(
    [...terms.map(({ name }) => name), 'entropy'].map((name, i) => [name, means[i]!]),
  );
  return {
    reported: reported.map(({ name, value }) => ({ name, shape: value.shape })),
    rows,
    free,
    logRatios,
    boundBySite,
  };
}

/**
 * Says where numbers end: the first site whose value, density or Jacobian is not finite in a draw, with its parameters, its transform, and the member of its plates (the row of a minibatch, among all rows); else the
 * trained array whose gradient is not.
 *
 * @param places    parameters of the guide, looked at one after another: what was reached, where steps stood at the end
 * @param ofSample  whether the data are some rows of many, whose numbers tell nothing
 */
export function explain<Data>(
  given: ObjectiveInputs<Data>,
  places: readonly Float64Array[],
  key: Key,
  ofSample = false,
): string {
  const made = makeGuide(given);
  const { sites, logJoint } = traceModel(given.model, given.data, made.provide, { whole: true });
  const { subsets } = traceModel(given.model, given.data, makeGuide(given).provide);
  const parts = sites.flatMap(
    ({ name, kind, value, terms, plates, logJacobian, latent, observed }): readonly Part[] => {
      const isMoving = observed !== null && hasMovingBounds(observed.distribution.support);
      const density: Part = [
        `the log density of site "${name}"`,
        terms,
        ofSample ? [] : plates,
        isMoving ? MOVING : '',
      ];
      if (kind === 'factor') return [density];
      const own = Object.entries(latent?.distribution.parameters ?? {}).map(
        ([parameter, v]) => [`parameter ${parameter} of site "${name}"`, v] as const,
      );
      const transform = latent?.transform?.name;
      return [
        ...own,
        [`the value of site "${name}"${transform === undefined ? '' : ` (by ${transform})`}`, value] as const,
        density,
        [`the log Jacobian of site "${name}"`, logJacobian] as const,
      ];
    },
  );
  const slopes = differentiate(logJoint, made.inputs);
  const labelled: readonly Part[] = [
    ...parts,
    ...made.inputs.map(({ name }, i): Part => [`the gradient of "${name}"`, slopes[i]!]),
  ];
  const program = compile(
    labelled.map(([, v]) => v),
    made.inputs,
    { execution: 'interpreted' },
  );
  for (const parameters of places) {
    program.inputs.set(parameters);
    const random = generator(split(key, 'explain'));
    for (let draw = 0; draw < 100; draw++) {
      program.run(random);
      const wrong = firstWrong(labelled, program.outputs);
      if (wrong === null) continue;
      return `${wrong}${ofSample ? ' (with a sample of the rows)' : subsets.length > 0 ? ' (with all rows)' : ''}`;
    }
  }
  if (ofSample) return 'with a sample of the rows the numbers of a hundred draws are finite: other rows made them not';
  return subsets.length > 0
    ? `with all rows the numbers are finite: a minibatch of plate "${subsets[0]!.name}" made them not`
    : 'where the last finite step led, the numbers of a hundred draws are finite: steps beyond it are not';
}

/** The first of these parts that holds what is no finite number. */
function firstWrong(parts: readonly Part[], outputs: Float64Array): string | null {
  let start = 0;
  for (const [label, { shape }, plates = [], why = ''] of parts) {
    const numbers = outputs.subarray(start, start + sizeOf(shape));
    start += sizeOf(shape);
    const at = numbers.findIndex((x) => !Number.isFinite(x));
    if (at >= 0)
      return `${label}${memberAt(at, shape, plates)} is ${numbers[at]}${numbers[at] === Number.NEGATIVE_INFINITY ? why : ''}`;
  }
  return null;
}

const MOVING =
  ': its bounds are made of latents, and what is observed beyond them has density 0; state bounds that stay beyond the data, as add(greatest, t) with a positive latent t';

/** What is looked at, what it is called, the plates whose members its last axes are, and why it may be −∞. */
type Part = readonly [label: string, of: Value, plates?: readonly string[], why?: string];

/** The members of plates that a place in an array is of; the outermost plate is the last axis. */
function memberAt(at: number, shape: Shape, plates: readonly string[]): string {
  if (shape.length < plates.length) return '';
  let left = at;
  const members = plates.map((plate, i) => {
    const size = shape.at(-1 - i)!;
    const member = left % size;
    left = Math.floor(left / size);
    return `member ${member} of plate "${plate}"`;
  });
  return members.length === 0 ? '' : `, ${members.reverse().join(', ')} (counted from 0),`;
}
