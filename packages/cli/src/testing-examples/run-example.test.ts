import { expect, test } from 'vitest';
import { examplesOfReadme, examplesOfSource } from './find-examples.ts';
import { runExample } from './run-example.ts';
import { agrees, show } from './show.ts';

const readme = (code: string): Promise<void> =>
  runExample({ file: 'README.md', symbol: null, title: 'an example', code });

test('examples of a docstring end at the next tag, and belong to the symbol after it', () => {
  const source = '/**\n * Twice.\n *\n * @example\n * twice(2); // 4\n * @see once\n */\nexport function twice() {}\n';
  expect(examplesOfSource('twice.ts', source)).toMatchObject([{ symbol: 'twice', code: 'twice(2); // 4' }]);
});

test('js and ts blocks of a README are examples, other blocks are not', () => {
  const text = '```js\na();\n```\n\n```sh\nb\n```\n\n```ts\nc();\n```\n';
  expect(examplesOfReadme('README.md', text).map(({ code }) => code)).toEqual(['a();', 'c();']);
});

test('an undefined name, a wrong value and a value that is never reached are noticed', async () => {
  await readme("import { lgamma } from '@mixtention/core/numeric';\nconsole.log(lgamma(3)); // 0.693");
  await expect(readme('console.log(lgamma(3)); // 0.693')).rejects.toThrow('lgamma is not defined');
  await expect(readme('console.log(1 + 1); // 3')).rejects.toThrow();
  await expect(readme('const two = 1 + 1; // 3')).rejects.toThrow();
  await expect(readme('if (false) {\n  console.log(1); // 1\n}')).rejects.toThrow();
  await expect(readme("import { nothing } from '@mixtention/core';")).rejects.toThrow();
});

test('an example of a docstring sees public names without an import', async () => {
  const file = 'packages/core/src/numeric/special/lgamma.ts';
  await runExample({ file, symbol: 'lgamma', title: 'an example', code: 'lgamma(3); // 0.693' });
});

test.each([
  ['0.33', 1 / 3],
  ['−0.50: minus a half', -0.5],
  ['1 (one)', 1 + 1e-12],
  ['about 190', 196],
  ['Float64Array [1, 2.0]', Float64Array.of(1, 2.04)],
  ["{ rows: [[1], [2]], name: 'it' }, a matrix", { rows: [[1], [2]], name: 'it' }],
])('%s says %s', (comment, value) => {
  expect(agrees(comment, show(value))).toBe(true);
});

test.each([
  ['0.34', 1 / 3],
  ['1', 1.001],
  ['about 190', 210],
  ['[1, 2]', Float64Array.of(1)],
  ['[1]', Float64Array.of(1, 2)],
  ['1 2', 1],
  ["'no'", 'yes'],
])('%s does not say %s', (comment, value) => {
  expect(agrees(comment, show(value))).toBe(false);
});
