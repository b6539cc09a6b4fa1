import { adam, rmsProp } from '@mixtention/core/optimize';
import { expect, test } from 'vitest';
import { autoCoupling, autoLowRank, autoMixture } from '../guides/index.ts';
import { type Model, posterior } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { decodeSviCheckpoint, encodeSviCheckpoint } from './checkpoint.ts';
import { estimatorReport } from './estimator-report.ts';
import { posteriorPredictive } from './posterior-predictive.ts';
import { svi } from './svi.ts';

const coin: Model<readonly number[]> = ({ sample, observe, beta, bernoulli }, heads) => {
  observe('heads', bernoulli(sample('p', beta(2, 2))), heads);
};
const heads = [1, 0, 1, 1];
const brief = { steps: 100, resultDraws: 50, rounds: 0 };

test.each([
  ['optimizer', [null, 5, {}, () => 1], 'an optimizer or its name was due'],
  ['learningRate', ['3', true, 3n, Symbol('x')], 'a number above 0 was due'],
  ['accuracy', ['3', true, 3n, Symbol('x')], 'a number above 0 was due'],
  ['checkpointEveryMs', ['3', true, null], 'a number from 0 was due'],
  ['start', [null, 3, 'p', [0.5]], 'an object of numbers by latent was due'],
  ['start', [{ p: null }, { p: 'x' }], 'numbers or a value were due'],
  ['start', [{ p: [0] }, { p: [2] }, { p: [Number.NaN] }], 'not within the support of beta'],
  ['start', [{ q: [0.5] }], 'no latent is named "q"'],
  ['report', [3, 'p', [5], {}], 'a list of names of sites was due'],
  ['report', [['q']], 'unknown site to report "q"'],
  ['execution', [0, 'fast', {}], 'unknown execution'],
  ['backend', [null, 'native', {}], 'a backend was due'],
  ['signal', [true, {}], 'an AbortSignal was due'],
  ['stopSignal', ['x', []], 'an AbortSignal was due'],
  ['onCheckpoint', [{}, 'file'], 'a function was due'],
  ['onStep', [{}, true], 'a function was due'],
  ['resume', [null, 'text', {}, []], 'a checkpoint (of onCheckpoint or decodeSviCheckpoint) was due'],
  ['around', [{ mean: [0, 0] }], 'around is of 2 free numbers, the model has 1'],
  ['around', [{ mean: Float64Array.of(0) }], 'around is no normal as results tell it'],
  ['guide', [null, 5, {}], 'a guide or its name was due'],
  ['seed', [1.5, '3', Number.NaN], 'a whole number is due'],
])('option %s of another kind is refused in one sentence', (name, wrong, message) => {
  for (const x of wrong) expect(() => svi(coin, heads, { ...brief, [name]: x })).toThrow(message);
});

test('options that are no object, or not known, are refused by all that take options', () => {
  const result = svi(coin, heads, brief);
  const takers: readonly ((options: never) => unknown)[] = [
    (options) => svi(coin, heads, options),
    (options) => pathfinder(coin, heads, options),
    (options) => posterior(coin, heads, options),
    (options) => posteriorPredictive(coin, heads, result, options),
    (options) => estimatorReport(coin, heads, options),
    autoLowRank,
    autoMixture,
    autoCoupling,
  ];
  for (const take of takers) {
    for (const options of [null, 5, 'x', []]) expect(() => take(options as never)).toThrow('an object was due');
    expect(() => take({ stpes: 3 } as never)).toThrow('unknown option "stpes"');
  }
  expect(() => posteriorPredictive(coin, heads, {} as never)).toThrow('a result of svi or pathfinder was due');
  expect(() => pathfinder(coin, heads, { radius: '3' as never })).toThrow('radius is "3", a number above 0 was due');
  expect(() => estimatorReport(coin, heads, { guide: 5 as never })).toThrow('a guide or its name was due');
  expect(() => estimatorReport(coin, heads, { guide: autoLowRank(), draws: 1 })).toThrow(
    'a whole number from 2 was due',
  );
});

test('a run that a first step leads beyond all numbers tells of where it began', () => {
  const { status, message, bound, sites } = svi(coin, heads, { ...brief, learningRate: 1e9 });
  expect(status).toBe('diverged');
  expect(message).toContain('site "p" is -Infinity');
  expect(bound).toBeGreaterThan(-4);
  expect(Math.abs((sites.p!.mean as number) - 0.625)).toBeLessThan(0.15);
});

test('another optimizer of the same name, other rounds, and a row beyond the first minibatch are another run', () => {
  const line: Model<readonly number[]> = ({ sample, observe, plate, normal }, y) => {
    const mean = sample('mean', normal(0, 10));
    plate('rows', y.length, { subsample: 2 }, (rows) => observe('y', normal(mean, 1), rows(y)));
  };
  const y = [1, 2, 3, 4, 5];
  let text = '';
  const options = { steps: 200, resultDraws: 20, learningRate: 0.01, optimizer: rmsProp() };
  svi(line, y, { ...options, onCheckpoint: (one) => (text = encodeSviCheckpoint(one)) });
  const going =
    (more: object, data = y) =>
    () =>
      svi(line, data, { ...options, ...more, resume: decodeSviCheckpoint(text) });
  expect(going({ steps: 300 })).not.toThrow();
  expect(going({ optimizer: rmsProp({ squareDecay: 0.5 }) })).toThrow('optimizer is "rmsProp');
  expect(going({ optimizer: adam() })).toThrow('here it is "adam');
  expect(going({ rounds: 3 })).toThrow('rounds is 10, here it is 3');
  expect(going({}, [1, 2, 3, 4, 6])).toThrow('same model, data and backend were due');
});

test('a checkpoint with a changed number in it is refused', () => {
  let text = '';
  svi(coin, heads, { ...brief, onCheckpoint: (one) => (text = encodeSviCheckpoint(one)) });
  const at = text.indexOf('$float64":"') + 12;
  const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  expect(() => decodeSviCheckpoint(changed)).toThrow('it is damaged');
});
