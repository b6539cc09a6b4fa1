import { expect, test } from 'vitest';
import { lbfgs, type Objective } from './lbfgs.ts';

const rosenbrock: Objective = ([x, y], gradient) => {
  gradient[0] = 2 * (1 - x!) + 400 * x! * (y! - x! ** 2);
  gradient[1] = -200 * (y! - x! ** 2);
  return -((1 - x!) ** 2) - 100 * (y! - x! ** 2) ** 2;
};

test('the valley of Rosenbrock is followed to its end', () => {
  const { path, status, gradientEvaluations } = lbfgs(rosenbrock, Float64Array.of(-1.2, 1));
  expect(status).toBe('converged');
  expect(path.at(-1)!.u[0]).toBeCloseTo(1, 6);
  expect(gradientEvaluations).toBeLessThan(120);
  for (let i = 1; i < path.length; i++) expect(path[i]!.value).toBeGreaterThan(path[i - 1]!.value);
});

test('a quadratic with scales of 1e-3 to 1e3 is climbed to its top', () => {
  const scales = [1e-3, 1, 1e3];
  const bowl: Objective = (u, gradient) => {
    scales.forEach((s, d) => {
      gradient[d] = -(u[d]! - 1) / s ** 2;
    });
    return scales.reduce((total, s, d) => total - 0.5 * ((u[d]! - 1) / s) ** 2, 0);
  };
  const { path } = lbfgs(bowl, new Float64Array(3));
  for (const x of path.at(-1)!.u) expect(x).toBeCloseTo(1, 2);
});

test('where the value ends, the search turns back; a start without value is told', () => {
  const barrier: Objective = ([x], gradient) => {
    gradient[0] = 1 / x! - 1;
    return Math.log(x!) - x!;
  };
  expect(lbfgs(barrier, Float64Array.of(1e-6)).path.at(-1)!.u[0]).toBeCloseTo(1, 6);
  expect(lbfgs(barrier, Float64Array.of(-1)).status).toBe('diverged');
  expect(lbfgs(rosenbrock, Float64Array.of(-1.2, 1), { iterations: 2 }).status).toBe('stopped');
});
