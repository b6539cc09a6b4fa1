import type { Family, Matrix } from '@mixtention/core';
import {
  add,
  compile,
  constant,
  differentiate,
  input,
  log,
  logSumExp,
  matmul,
  mul,
  sum,
  transpose,
  type Value,
  value,
} from '../graph/index.ts';
import { sitesOf } from '../variational/mixture-sites.ts';
import type { Blocks, Size } from './blocks.ts';

type Parameters = {
  readonly weights: Float64Array;
  readonly place: Float64Array;
  readonly spread: Float64Array | null;
};
type Setting = { readonly blocks: Blocks; readonly size: Size; readonly family: Family };

/** log p(x_n | k) `[N, K]` of rows, as a graph of the parameters. */
function logDensities(rows: Matrix, place: Value, spread: Value | null, { blocks, size, family }: Setting): Value {
  const sites = blocks.sites(place, spread, size);
  const { statistics, bias, natural } = sitesOf(family).scores(sites, value({ ...rows }), size);
  return add(matmul(statistics, transpose(natural)), bias);
}

const inputsOf = ({ blocks, size }: Setting): { readonly place: Value; readonly spread: Value | null } => ({
  place: input('place', [size.components, size.width]),
  spread: blocks.spread === null ? null : input('spread', blocks.spread.shape(size)),
});

/** ℓ = Σ_n log Σ_k exp L_nk, L_nk = log π_k + log p(x_n | k), and its slopes by L, π and places, by differentiation of the log-sum-exp. */
export function evidenceSlopes(
  rows: Matrix,
  at: Parameters,
  setting: Setting,
): {
  readonly logLikelihood: number;
  readonly responsibilities: Float64Array;
  readonly byWeights: Float64Array;
  readonly byPlace: Float64Array;
} {
  const { components, width } = setting.size;
  const weights = input('weights', [components]);
  const { place, spread } = inputsOf(setting);
  const moved = input('scores', [rows.rows, components]);
  const scores = add(moved, log(weights), logDensities(rows, place, spread, setting));
  const evidence = sum(logSumExp(scores, -1));
  const inputs = [weights, place, ...(spread === null ? [] : [spread]), moved];
  const program = compile([evidence, ...differentiate(evidence, [moved, weights, place])], inputs);
  program.inputs.set(at.weights);
  program.inputs.set(at.place, components);
  if (at.spread !== null) program.inputs.set(at.spread, components + components * width);
  program.run();
  const { outputs } = program;
  const held = 1 + rows.rows * components;
  return {
    logLikelihood: outputs[0]!,
    responsibilities: outputs.slice(1, held),
    byWeights: outputs.slice(held, held + components),
    byPlace: outputs.slice(held + components),
  };
}

/** The slope by the spread of Σ_nk r_nk log p(x_n | k), r held. */
export function expectedSlope(
  rows: Matrix,
  at: { readonly r: Float64Array; readonly place: Float64Array; readonly spread: Float64Array },
  setting: Setting,
): Float64Array {
  const { place, spread } = inputsOf(setting);
  const r = constant(at.r, [rows.rows, setting.size.components]);
  const expected = sum(mul(r, logDensities(rows, place, spread, setting)));
  const program = compile(differentiate(expected, [spread!]), [place, spread!]);
  program.inputs.set(at.place);
  program.inputs.set(at.spread, at.place.length);
  program.run();
  return program.outputs.slice();
}
