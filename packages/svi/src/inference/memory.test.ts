import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { rmsProp } from '@mixtention/core/optimize';
import { availableBackends } from '@mixtention/core/testing';
import { expect, test } from 'vitest';
import type { Model } from '../model/index.ts';
import { sviSteps } from './svi.ts';
import type { SviOptions } from './svi-options.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are alive: of objects, and of typed arrays' memory. */
function alive(): { readonly heap: number; readonly arrays: number } {
  // Typed arrays' memory is given back by the collection after the one that finds them dead.
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, arrays: arrayBuffers };
}

/** Bytes that 10,000 steps may leave; an array of two numbers kept at each of them leaves five times that. */
const LEFT = 200_000;
const STEPS = 10_000;
/** Steps before, in which code is compiled. */
const WARM = 4_000;

const lines: Model<readonly number[]> = ({ sample, observe, plate, normal, halfNormal }, y) => {
  const mean = sample('mean', normal(0, 5));
  const sd = sample('sd', halfNormal(2));
  plate('rows', y.length, { subsample: 8 }, (rows) => observe('y', normal(mean, sd), rows(y)));
};
const y = Array.from({ length: 40 }, (_, i) => Math.sin(i));

/** So many rows that their evidence goes through the kernel, in memory of its own. */
const mixed: Model<readonly number[]> = ({ sample, observe, dirichlet, normal, mixture }, x) => {
  const weights = sample('weights', dirichlet([2, 2]));
  observe('x', mixture(weights, normal(sample('places', normal([-1, 1], 1)), 0.5)), x);
};
const many = Array.from({ length: 70 }, (_, i) => Math.sin(i));

/** What is alive after more steps than before, beside what was; `kept` is called at each hundredth. */
function leftBy(
  options: SviOptions,
  kept: () => void = () => {},
  [model, data]: readonly [typeof lines, readonly number[]] = [lines, y],
): { readonly heap: number; readonly arrays: number } {
  const run = sviSteps(model, data, { learningRate: 1e-3, accuracy: 1e-12, steps: WARM + 2 * STEPS, ...options });
  const walk = (steps: number): void => {
    for (let i = 0; i < steps; i += 100) {
      expect(run.next().done).toBe(false);
      kept();
    }
  };
  walk(WARM);
  const resources = process.getActiveResourcesInfo().sort();
  const before = alive();
  walk(STEPS);
  const after = alive();
  expect(process.getActiveResourcesInfo().sort()).toEqual(resources);
  return { heap: after.heap - before.heap, arrays: after.arrays - before.arrays };
}

test.each<SviOptions>([
  {},
  { execution: 'interpreted' },
  { guide: 'autoNormal', estimator: 'analytic-kl' },
  { estimator: 'importance-weighted', draws: 2 },
  { guide: 'autoStructured', optimizer: 'sgd' },
  { optimizer: rmsProp() },
])('10,000 steps leave nothing behind: %j', (options) => {
  const { heap, arrays } = leftBy(options);
  expect(heap).toBeLessThan(LEFT);
  expect(arrays).toBeLessThan(LEFT / 10);
});

test.each((await availableBackends()).filter(({ tf }) => tf === null))(
  'nor by the kernel on $name, whose memory is of another kind',
  (backend) => {
    const { external } = process.memoryUsage();
    const { heap, arrays } = leftBy({ backend, guide: 'autoNormal' }, () => {}, [mixed, many]);
    expect(heap).toBeLessThan(LEFT);
    expect(arrays).toBeLessThan(LEFT / 10);
    // Its first tiles are taken here.
    expect(process.memoryUsage().external - external).toBeLessThan(64 * 2 ** 20);
  },
);

test('what is kept shows', () => {
  const list: unknown[] = [];
  const { heap } = leftBy({}, () => list.push(Array.from({ length: 200 }, () => ({}))));
  expect(heap).toBeGreaterThan(LEFT);
  const rows: Float64Array[] = [];
  expect(leftBy({}, () => rows.push(new Float64Array(100))).arrays).toBeGreaterThan(LEFT / 10);
  expect(list.length).toBe(rows.length);
});
