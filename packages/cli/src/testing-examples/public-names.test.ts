import { distributions, operations } from '@mixtention/svi/model';
import { expect, test } from 'vitest';
import { publicNames } from './public-names.ts';

/** Names that mean several things, and why they may. */
const SHARED: { readonly [name: string]: string } = {
  algorithms: 'the table that specs are found in by this name, in whichever module a spec names',
  svi: 'a package, as the command line package hands it on, whose main function is called as the method is',
};

const names = publicNames();

test('public names of every package are found, types as well as values, through whatever hands them on', () => {
  expect(names.size).toBeGreaterThan(500);
  expect([...names.get('batch')!.values()].flat()).toEqual(['@mixtention/em']);
  // A type that core declares, and one that two entries have.
  expect([...names.get('Backend')!.values()].flat()).toContain('@mixtention/core');
  expect([...names.get('adam')!.keys()]).toHaveLength(1);
  expect([...names.get('adam')!.values()].flat()).toEqual(['@mixtention/core/optimize', '@mixtention/svi']);
});

test('no two public things, functions or types, of any two entries share a name', () => {
  const ambiguous = [...names].filter(([name, meanings]) => meanings.size > 1 && SHARED[name] === undefined);
  expect(ambiguous.map(([name, meanings]) => `${name}: ${[...meanings.values()].flat().join(', ')}`)).toEqual([]);
});

test('names that are said to be shared are', () => {
  for (const name of Object.keys(SHARED)) expect(names.get(name)!.size).toBeGreaterThan(1);
});

test('what models get handed over by name holds no distribution that is called as an operation', () => {
  expect(Object.keys(distributions).filter((name) => name in operations)).toEqual([]);
});
