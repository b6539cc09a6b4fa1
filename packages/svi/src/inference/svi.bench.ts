import { generator, key } from '@mixtention/core/numeric';
import { bench, describe } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import type { Execution } from '../graph/index.ts';
import {
  aroundZero,
  autoCoupling,
  autoLowRank,
  autoMultivariateNormal,
  autoNormal,
  autoStructured,
  type Guide,
} from '../guides/index.ts';
import { slopeDrawer } from './draw-slope.ts';
import { compileObjective, type Estimator } from './objective.ts';
import { settleSvi } from './svi-options.ts';
import { ruleOf, stepAlong, walkFrom } from './walk.ts';

const data = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };
const STEPS = 1000;

describe(`eight schools, non-centred: ${STEPS} steps of one draw, Adam`, () => {
  const byHand = handwritten();
  bench('svi/by-hand::plain', () => {
    for (let i = 0; i < STEPS; i++) byHand();
  });
  const step = (name: string, guide: Guide, execution: Execution, estimator: Estimator, draws: number): void => {
    const given = { model: eightSchools, data, guide, around: aroundZero(10), execution };
    const objective = compileObjective(given, estimator);
    const options = settleSvi({ estimator, draws }, 10);
    const walk = walkFrom(objective.begin, objective.baselines, options);
    const slopeAt = slopeDrawer(objective, key(0), options);
    const rule = ruleOf(options.optimizer);
    bench(name, () => {
      for (let i = 0; i < STEPS; i++) stepAlong(walk, slopeAt(walk), 0.001, rule);
    });
  };
  for (const guide of [
    autoNormal(),
    autoMultivariateNormal(),
    autoLowRank({ rank: 2 }),
    autoStructured(),
    autoCoupling(),
  ])
    step(`svi/${guide.name}::emitted`, guide, 'emitted', 'path-derivative', 1);
  for (const guide of [autoNormal(), autoMultivariateNormal()])
    step(`svi/${guide.name}::interpreted`, guide, 'interpreted', 'path-derivative', 1);
  for (const estimator of ['pathwise', 'analytic-kl'] as const)
    step(`svi/autoNormal, ${estimator}::emitted`, autoNormal(), 'emitted', estimator, 1);
  step('svi/autoNormal, importance-weighted of 2::emitted', autoNormal(), 'emitted', 'importance-weighted', 2);
});

/** The step of `autoNormal` written out: what emitted code is measured against. */
function handwritten(): () => void {
  const { y, sigma } = data;
  const [loc, logScale, noise, u, slope] = Array.from({ length: 5 }, () => new Float64Array(10)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [mean, square] = [new Float64Array(20), new Float64Array(20)];
  const random = generator(key(0));
  let step = 0;
  return () => {
    step++;
    for (let i = 0; i < 10; i++) {
      noise[i] = random.normal();
      u[i] = loc[i]! + Math.exp(logScale[i]!) * noise[i]!;
    }
    const mu = u[8]!;
    const tau = Math.exp(u[9]!);
    let byMu = -mu / 25;
    let byTau = 0;
    for (let j = 0; j < 8; j++) {
      const d = (y[j]! - mu - tau * u[j]!) / (sigma[j]! * sigma[j]!);
      slope[j] = -u[j]! + d * tau;
      byMu += d;
      byTau += d * u[j]!;
    }
    slope[8] = byMu;
    slope[9] = byTau * tau + 1 - (2 * tau * tau) / 25 / (1 + (tau * tau) / 25);
    const [a, b] = [1 - 0.9 ** step, 1 - 0.999 ** step];
    for (let i = 0; i < 20; i++) {
      const j = i % 10;
      const own = slope[j]! + noise[j]! * Math.exp(-logScale[j]!);
      const g = i < 10 ? -own : -own * noise[j]! * Math.exp(logScale[j]!);
      mean[i] = 0.9 * mean[i]! + 0.1 * g;
      square[i] = 0.999 * square[i]! + 0.001 * g * g;
      const change = (0.01 * (mean[i]! / a)) / (Math.sqrt(square[i]! / b) + 1e-8);
      if (i < 10) loc[i]! -= change;
      else logScale[j]! -= change;
    }
  };
}
