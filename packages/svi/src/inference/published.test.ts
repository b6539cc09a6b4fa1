import { generator, key } from '@mixtention/core/numeric';
import { adam, addArrays } from '@mixtention/core/optimize';
import { expect, test } from 'vitest';
import { type Score, surrogateOf } from '../discrete/index.ts';
import { bernoulli, beta } from '../distributions/index.ts';
import eightSchools from '../examples/eight-schools.mjs';
import { add, compile, differentiate, exp, hold, input, sub, sum, take, value } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { flatten } from '../testing-targets.ts';
import { svi } from './svi.ts';

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };
/** Reference draws of posteriordb, 10,000 of them: means and deviations of θ, μ, τ. */
const reference: readonly (readonly [number, number])[] = [
  [6.1505, 5.616],
  [4.9396, 4.646],
  [3.9059, 5.281],
  [4.796, 4.771],
  [3.6144, 4.615],
  [4.0511, 4.796],
  [6.3172, 5.003],
  [4.884, 5.318],
  [4.4105, 3.309],
  [3.6021, 3.198],
];

test.each([
  ['autoMultivariateNormal', () => svi(eightSchools, schools, { resultDraws: 10_000 })],
  ['Pathfinder', () => pathfinder(eightSchools, schools)],
] as const)('%s has all ten means of eight schools within four standard errors of both', (_, fit) => {
  const { sites, effectiveDraws } = fit();
  expect(effectiveDraws).toBeGreaterThan(1000);
  const [means, deviations] = (['mean', 'sd'] as const).map((own) =>
    ['theta', 'mu', 'tau'].flatMap((site) => flatten(sites[site]![own])),
  );
  reference.forEach(([mean, sd], i) => {
    const error = sd * Math.sqrt(1 / 10_000 + 1 / effectiveDraws);
    expect(Math.abs(means![i]! - mean)).toBeLessThan(4 * error);
    // Of deviations, whose errors are those of squares: tails are heavier than normal ones.
    expect(Math.abs(deviations![i]! / sd - 1)).toBeLessThan((4 * 1.5 * error) / sd);
  });
});

test('points {0, 1, 10, 11, 12} at their mode belong to the components that the tutorials tell: 1 1 0 0 0', () => {
  const y = [0, 1, 10, 11, 12];
  const model: Model<null> = ({ sample, observe, dirichlet, logNormal, normal, mixture }) => {
    const weights = sample('weights', dirichlet([0.5, 0.5]));
    const scale = sample('scale', logNormal(0, 2));
    observe('y', mixture(weights, normal(sample('locs', normal([0, 0], 10)), scale)), y);
  };
  const start = { weights: [0.4, 0.6], scale: [1], locs: [0, 11] };
  const { sites } = svi(model, null, { guide: 'autoDelta', start });
  const [weights, locs] = [flatten(sites.weights!.mean), flatten(sites.locs!.mean)];
  const scale = sites.scale!.mean as number;
  const low = locs[0]! < locs[1]! ? 0 : 1;
  // The lower place has the lower weight.
  expect(weights[low]).toBeCloseTo(0.375, 5);
  expect(weights[1 - low]).toBeCloseTo(0.625, 5);
  const score = (x: number, k: number): number => Math.log(weights[k]!) - 0.5 * ((x - locs[k]!) / scale) ** 2;
  expect(y.map((x) => (score(x, low) > score(x, 1 - low) ? 1 : 0))).toEqual([1, 1, 0, 0, 0]);
});

/**
 * Steps that scores take from Beta(15, 15) to within 0.8 of Beta(16, 14), the posterior of the coin: Adam at 0.0005 with decays 0.93 and 0.999 on the logarithms, one draw a step.
 *
 * Source: Pyro's tutorial SVI III, whose draws have no gradients either.
 */
function stepsByScore(seed: number, decay: number | null): number {
  const parameters = input('parameters', [2]);
  const baseline = input('baseline', []);
  const q = beta(exp(take(parameters, 0)), exp(take(parameters, 1)));
  const p = hold(q.sample([]));
  const joint = add(beta(10, 10).logDensity(p), sum(bernoulli(p).logDensity(value([1, 1, 1, 1, 1, 1, 0, 0, 0, 0]))));
  const worth = sub(joint, q.logDensity(p));
  const score: Score = { logProbability: q.logDensity(p), worth, followed: worth };
  const program = compile(
    [worth, ...differentiate(surrogateOf([score], [baseline]), [parameters])],
    [parameters, baseline],
  );
  const random = generator(key(seed));
  const rule = adam({ meanDecay: 0.93, squareDecay: 0.999 });
  let at = { parameters: Float64Array.of(Math.log(15), Math.log(15)) };
  let state = rule.init(at);
  let mean = 0;
  for (let step = 1; step <= 40_000; step++) {
    program.inputs.set([...at.parameters, mean]);
    program.run(random);
    const [value0, ...slopes] = program.outputs;
    if (decay !== null) mean = decay * mean + (1 - decay) * value0!;
    const next = rule.update({ parameters: Float64Array.from(slopes, (x) => -x) }, state, 5e-4);
    state = next.state;
    at = addArrays(at, next.updates) as typeof at;
    const [alpha, gamma] = at.parameters;
    if (Math.abs(Math.exp(alpha!) - 16) < 0.8 && Math.abs(Math.exp(gamma!) - 14) < 0.8) return step;
  }
  return 40_000;
}

test('scores bring the coin to its posterior in fewer steps than the tutorial tells, and beside a running mean in half of them', () => {
  const steps = (decay: number | null): number[] =>
    Array.from({ length: 15 }, (_, seed) => stepsByScore(seed, decay)).sort((a, b) => a - b);
  const [without, beside] = [steps(null), steps(0.9)];
  // One run of the tutorial (an early version of Pyro) took 4,908 steps, and 1,932 beside a mean; fifteen by other code (Python, gradients by hand) 140 to 1,088, and 115 to 216, of medians 655 and 157.
  expect(without.at(-1)).toBeLessThan(4908);
  expect(beside.at(-1)).toBeLessThan(400);
  expect(beside[7]! / 157).toBeCloseTo(1, 0);
  expect(beside[7]).toBeLessThan(0.5 * without[7]!);
});
