import { expect, test } from 'vitest';
import { smallResults } from '../testing/small-results.ts';
import type { Results } from './results.ts';
import { tables } from './tables.ts';
import { targets } from './targets.ts';

const missed = (results: Results): string[] => targets(results).flatMap(({ name, met }) => (met ? [] : [name]));

test('every target of a good run is met and named once', () => {
  const results = smallResults();
  expect(missed(results)).toEqual([]);
  const names = results.targets.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(15);
});

test('a figure beyond its target is missed, and only that', () => {
  const results = smallResults();
  const { digits, completion, shift, faithful } = results;
  const slow = digits.fits.map((fit) => (fit.components === 100 ? { ...fit, seconds: 5.01 } : fit));
  expect(missed({ ...results, digits: { ...digits, fits: slow } })).toEqual(['static MNIST, K = 100: fitting']);
  const poor = digits.fits.map((fit) => (fit.components === 10 ? { ...fit, testLogLikelihood: -167.61 } : fit));
  expect(missed({ ...results, digits: { ...digits, fits: poor } })).toEqual([
    'static MNIST, K = 10: test log-likelihood per image',
  ]);
  expect(missed({ ...results, completion: { ...completion, joint: 73.01 } })).toEqual([
    'lower half given upper half, K = 100, exact',
  ]);
  expect(missed({ ...results, shift: { ...shift, cases: [{ covariance: 'full', difference: 0.0011 }] } })).toEqual([
    '100,000 deviations from 0, tfjs-node: responsibilities off by',
  ]);
  const starts = faithful.starts.map((start) => ({ ...start, reached: 7 }));
  expect(missed({ ...results, faithful: { ...faithful, starts } })).toHaveLength(1);
  expect(missed({ ...results, seconds: 181 })).toEqual(['the whole job']);
});

test('completions of another mixture, or under another logit scale, have no target', () => {
  const results = smallResults();
  const { completion } = results;
  for (const other of [{ components: 50 }, { logitScale: 0.1 }]) {
    const names = targets({ ...results, completion: { ...completion, ...other } }).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('lower half'))).toEqual([]);
  }
});

test('a lower bound above the free-form optimum is not met: it would be no bound', () => {
  const results = smallResults();
  const fits = results.variational.fits.map((fit) => ({ ...fit, bound: -434.9 }));
  expect(missed({ ...results, variational: { ...results.variational, fits } })).toHaveLength(2);
});

test('digits other than the standard ones have no targets of theirs', () => {
  const results = smallResults();
  const names = targets({ ...results, digits: { ...results.digits, isStandard: false } }).map(({ name }) => name);
  expect(names.filter((name) => /MNIST|half/.test(name))).toEqual([]);
});

test('seconds have targets on tfjs-node only', () => {
  const results = smallResults();
  const names = targets({ ...results, machine: { ...results.machine, backend: 'wasm' } }).map(({ name }) => name);
  expect(names.filter((name) => name.endsWith('fitting'))).toEqual([]);
  expect(names).toHaveLength(13);
});

test('the tables hold every target and name the machine', () => {
  const results = smallResults();
  const text = tables(results);
  for (const { name, text: measured, target } of results.targets) {
    expect(text.split('\n').find((line) => line.startsWith(name))).toContain(measured);
    expect(text).toContain(target);
  }
  expect(text).toContain('A <processor>, 2 cores');
  expect(text).toMatch(/figure +measured +target/);
});
