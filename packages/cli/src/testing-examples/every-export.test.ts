import { expect, test } from 'vitest';
import { findExamples } from './find-examples.ts';
import { entriesOf, load, namespacesOf } from './run-example.ts';

const PACKAGES = ['core', 'mixture', 'files', 'em', 'svi', 'attention', 'conformance', 'cli'];

/** Functions that make sense only after others: the example of what comes first calls them. */
const SHOWN_WITH: { readonly [symbol: string]: string } = {
  mixtureSubject: 'drive',
  runTransformer: 'readTransformer',
  xrayTransformer: 'readTransformer',
};

const examples = findExamples();

test.each(Object.entries(SHOWN_WITH))('%s is called in the example of %s', (name, other) => {
  const { code } = examples.find(({ symbol }) => symbol === other)!;
  expect(code).toContain(`${name}(`);
});

/** Public functions of a package by name; those of its namespaces too. */
async function functionsOf(folder: string): Promise<ReadonlyMap<string, unknown>> {
  const modules = await Promise.all(entriesOf(folder).map(load));
  return new Map(
    [...modules.flatMap(namespacesOf), ...modules].flatMap((module) =>
      Object.entries(module).filter(([, value]) => typeof value === 'function'),
    ),
  );
}

test.each(PACKAGES)('every public function of %s has an example', async (name) => {
  const functions = await functionsOf(name);
  expect(functions.size).toBeGreaterThan(0);
  const without: string[] = [];
  for (const [symbol, value] of functions) {
    const folders = examples.filter((example) => example.symbol === symbol).map(({ file }) => file.split('/')[1]!);
    // A package may hand on what another one has, but not by the name alone.
    const shown = await Promise.all(
      folders.map(async (folder) => folder === name || (await functionsOf(folder)).get(symbol) === value),
    );
    if (!shown.includes(true) && SHOWN_WITH[symbol] === undefined) without.push(symbol);
  }
  expect(without).toEqual([]);
});
