import { rmsProp } from '@mixtention/core/optimize';
import { expect, test } from 'vitest';
import eightSchools from '../examples/eight-schools.mjs';
import type { Model } from '../model/index.ts';
import { decodeSviCheckpoint, encodeSviCheckpoint } from './checkpoint.ts';
import { svi, sviSteps } from './svi.ts';
import type { SviOptions } from './svi-options.ts';

const schools = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };
const cut: Model<readonly number[]> = ({ sample, observe, plate, normal, bernoulli, mul, add }, y) => {
  const mean = sample('mean', normal(0, 5));
  const isHigh = sample('isHigh', bernoulli(0.4));
  plate('rows', y.length, { subsample: 8 }, (rows) => observe('y', normal(add(mean, mul(2, isHigh)), 1), rows(y)));
};
const y = Array.from({ length: 40 }, (_, i) => Math.sin(i));

const runs: readonly (readonly [Model<never>, unknown, SviOptions])[] = [
  [eightSchools as Model<never>, schools, { guide: 'autoNormal' }],
  [eightSchools as Model<never>, schools, { estimator: 'importance-weighted', draws: 2, optimizer: rmsProp() }],
  [cut as Model<never>, y, { draws: 2 }],
];

test.each(runs)('a run that is left at any hundred steps goes on to the same bits: case %#', (model, data, how) => {
  const options = { ...how, steps: 1500, accuracy: 1e-3, resultDraws: 200 };
  const texts: string[] = [];
  const whole = svi(model, data as never, {
    ...options,
    checkpointEveryMs: 0,
    onCheckpoint: (checkpoint) => texts.push(encodeSviCheckpoint(checkpoint)),
  });
  // Of each learning rate that was tried, of each hundred of the steps that count, and of the end.
  expect(texts.length).toBeGreaterThanOrEqual(20);
  for (const at of [1, 6, 14, texts.length - 1]) {
    const { seconds: _, ...again } = svi(model, data as never, { ...options, resume: decodeSviCheckpoint(texts[at]!) });
    const { seconds: __, ...due } = whole;
    expect(again).toEqual(due);
  }
});

test('a run whose steps were over goes on with more of them, to the bits of a run that had them at once', () => {
  const options = { guide: 'autoNormal', accuracy: 1e-3, resultDraws: 100, seed: 2 } as const;
  let kept = '';
  const short = svi(eightSchools, schools, {
    ...options,
    steps: 400,
    onCheckpoint: (checkpoint) => {
      kept = encodeSviCheckpoint(checkpoint);
    },
  });
  expect(short).toMatchObject({ status: 'stopped', steps: 400 });
  const long = svi(eightSchools, schools, { ...options, steps: 900, resume: decodeSviCheckpoint(kept) });
  expect(long.draws.data).toEqual(svi(eightSchools, schools, { ...options, steps: 900 }).draws.data);
});

test('a checkpoint of another run is refused with what differs', () => {
  const checkpoint = sviSteps(eightSchools, schools, { guide: 'autoNormal' }).next().value;
  if (!('checkpoint' in checkpoint)) throw new Error('progress was due');
  const resume = decodeSviCheckpoint(encodeSviCheckpoint(checkpoint.checkpoint()));
  const other = (options: SviOptions, data: typeof schools = schools): (() => unknown) => {
    return () => svi(eightSchools, data, { guide: 'autoNormal', resume, ...options });
  };
  expect(other({ guide: 'autoMultivariateNormal' })).toThrow('its guide is autoNormal, this is autoMultivariateNormal');
  expect(other({ draws: 3 })).toThrow('draws is 1, here it is 3');
  expect(other({}, { ...schools, y: [28, 8, -3, 7, -1, 1, 18, 13] })).toThrow('same model, data and backend were due');
  expect(() => decodeSviCheckpoint('{"format": "mixtention/checkpoint"}')).toThrow(
    '"mixtention/svi-checkpoint" was due',
  );
});

test('a run that is cancelled throws ABORTED; one that is stopped tells what it has', () => {
  const fired = AbortSignal.abort();
  expect(() => svi(eightSchools, schools, { signal: fired })).toThrow('the run was cancelled');
  expect(svi(eightSchools, schools, { stopSignal: fired })).toMatchObject({ status: 'stopped', steps: 100 });
});
