import { expect, test } from 'vitest';
import { findExamples } from './find-examples.ts';
import { entriesOf, load } from './run-example.ts';

/** Functions that are public without an example: what they do shows only in the machine that they are parts of. None may be added. */
const PARTS: { readonly [folder: string]: readonly string[] } = {
  core: [
    ...['eachPair', 'firstSquare', 'productScores', 'productsWidth'],
    ...['centerOuter', 'factorRows', 'isPerColumn', 'isShared', 'pivotsOf', 'referencePositions', 'referenceSums'],
    ...['magnitudeOf', 'outgrowsFloat32', 'termSizes', 'backendIn', 'collectPart', 'importModules', 'locate'],
  ],
  mixture: [
    ...['checkFit', 'checkCount', 'checkDriverOptions', 'checkNumber', 'drive', 'settle', 'troubleOf', 'restartsOf'],
    ...['mixtureSubject', 'initialCenters'],
  ],
  files: ['openZip'],
  em: [],
  svi: [],
  attention: [],
  conformance: ['testAlgorithms', 'algorithmSubject', 'discover', 'familyProblem', 'readRows'],
};

/** Functions that make sense only after others: the example of what comes first calls them. */
const SHOWN_WITH: { readonly [symbol: string]: string } = {
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

test.each(Object.entries(PARTS))(
  'every public function of %s has an example, but for named parts',
  async (name, parts) => {
    const modules = (await Promise.all(entriesOf(name).map(load))) as Record<string, unknown>[];
    const functions = modules.flatMap((module) =>
      Object.entries(module).flatMap(([symbol, value]) => (typeof value === 'function' ? [symbol] : [])),
    );
    const without = [...new Set(functions)].filter((symbol) => !shown.has(symbol));
    expect(without.sort()).toEqual([...parts].sort());
  },
);
