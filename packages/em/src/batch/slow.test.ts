import { inline, type Matrix } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { availableBackends } from '@mixtention/core/testing';
import { expect, it } from 'vitest';
import { fit } from './fit.ts';

const ROWS = 2000;

/** Two pairs of components that overlap: EM gains less than 1e-6 nats a row in a step, for hundreds of steps. */
function overlapping(width: number, distance: number): Matrix {
  const random = generator(key(width));
  const data = new Float64Array(ROWS * width).map(() => random.normal());
  for (let n = 0; n < ROWS; n++) {
    data[n * width]! += n % 4 < 2 ? -distance : distance;
    data[n * width + 1]! += n % 2 === 0 ? -0.8 : 0.8;
  }
  return { data, rows: ROWS, cols: width };
}

it.each([
  [2, 4],
  [2, 7],
  [3, 6],
  [8, 7],
])(
  'float32 goes on through small gains as long as float64, where %d columns hold overlapping components at ± %d',
  async (width, distance) => {
    const x = overlapping(width, distance);
    const identity = Array.from({ length: width }, (_, i) => Array.from({ length: width }, (_, j) => +(i === j)));
    const place = (side: number, lift: number): number[] => [side, lift, ...new Array(width - 2).fill(0)];
    const start = {
      weights: [0.25, 0.25, 0.25, 0.25],
      means: [place(-distance, -0.5), place(-distance, 0.5), place(distance, -0.5), place(distance, 0.5)],
      covariances: new Array(4).fill(identity),
    };
    const options = { components: 4, start, maxIterations: 150 };
    const due = (await fit(x, { ...options, executor: inline() })).model.score(x);
    for (const backend of await availableBackends(['native', 'tfjs-node', 'wasm'])) {
      const { model } = await fit(x, { ...options, executor: inline(backend) });
      expect(Math.abs(model.score(x) - due), backend.name).toBeLessThan(2e-6);
    }
  },
);
