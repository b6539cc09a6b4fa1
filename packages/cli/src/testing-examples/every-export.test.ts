import { expect, test } from 'vitest';
import { findExamples } from './find-examples.ts';
import { entriesOf, load } from './run-example.ts';

const PACKAGES = ['core', 'mixture', 'files', 'em', 'svi', 'attention', 'conformance'];

/** Functions that make sense only after others: the example of what comes first calls them. */
const SHOWN_WITH: { readonly [symbol: string]: string } = {
  mixtureSubject: 'drive',
  runTransformer: 'readTransformer',
  xrayTransformer: 'readTransformer',
};

const examples = findExamples();
// By name: a package may hand on what another one has.
const shown = new Set([...examples.map(({ symbol }) => symbol), ...Object.keys(SHOWN_WITH)]);

test.each(Object.entries(SHOWN_WITH))('%s is called in the example of %s', (name, other) => {
  const { code } = examples.find(({ symbol }) => symbol === other)!;
  expect(code).toContain(`${name}(`);
});

test.each(PACKAGES)('every public function of %s has an example', async (name) => {
  const modules = (await Promise.all(entriesOf(name).map(load))) as Record<string, unknown>[];
  const functions = modules.flatMap((module) =>
    Object.entries(module).flatMap(([symbol, value]) => (typeof value === 'function' ? [symbol] : [])),
  );
  expect(functions.length).toBeGreaterThan(0);
  expect(functions.filter((symbol) => !shown.has(symbol))).toEqual([]);
});
