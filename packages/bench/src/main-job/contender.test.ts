import { fit } from '@mixtention/em';
import { faithful } from '@mixtention/mixture';
import { fitByGradient } from '@mixtention/svi';
import { expect, test } from 'vitest';
import { contender } from './contender.ts';
import { TWO_COMPONENTS } from './known.ts';
import { largestFall } from './largest-fall.ts';

const course = { best: TWO_COMPONENTS, within: 0.05, unit: 1 };

test('a contender tells when it came within reach, and keeps first and last of its trace', async () => {
  const done = await fit(faithful(), { components: 2, screen: 0 });
  const { reached, trace, gradientEvaluations } = contender({ name: 'EM', learningRate: null }, done, course);
  expect(gradientEvaluations).toBe(0);
  expect(trace[0]!.gap).toBe(TWO_COMPONENTS - done.trace[0]!.logLikelihood);
  expect(trace.at(-1)!.iteration).toBe(done.iterations);
  expect(done.trace[reached!.iteration]!.logLikelihood).toBeGreaterThanOrEqual(TWO_COMPONENTS - 0.05);
  expect(done.trace[reached!.iteration - 1]!.logLikelihood).toBeLessThan(TWO_COMPONENTS - 0.05);
});

test('a long trace is thinned, in order, and gaps are per unit', async () => {
  const done = await fitByGradient(faithful(), { components: 2, screen: 0, optimizer: 'sgd', learningRate: 0.2 });
  const { trace, reached, gradientEvaluations } = contender({ name: 'gradient descent', learningRate: 0.2 }, done, {
    ...course,
    unit: 272,
    within: 1e-9,
  });
  expect(gradientEvaluations).toBe(done.iterations + 1);
  expect(trace.length).toBeLessThan(250);
  expect(trace.every(({ iteration }, i) => i === 0 || iteration > trace[i - 1]!.iteration)).toBe(true);
  expect(trace[0]!.gap).toBe((TWO_COMPONENTS - done.trace[0]!.logLikelihood) / 272);
  expect(reached).toBe(null);
});

test('the largest fall is that of the worst step, relative, and 0 for a rise', () => {
  const trace = [-200, -100, -101, -100.5, -100.6].map((objective, iteration) => ({
    iteration,
    seconds: 0,
    objective,
    logLikelihood: objective,
  }));
  expect(largestFall(trace)).toBeCloseTo(0.01, 12);
  expect(largestFall(trace.slice(0, 2))).toBe(0);
});
