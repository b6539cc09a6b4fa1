import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findReadmes, read, root } from './find-examples.ts';

const tests = readdirSync(`${root}packages`)
  .flatMap((name) =>
    readdirSync(`${root}packages/${name}/src`, { recursive: true }).map((file) => `/packages/${name}/src/${file}`),
  )
  .filter((file) => /\.test\.\w+$/.test(file));
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: { readonly [name: string]: string } };

/** What matches in a README or guide, beside the file that it stands in. */
function named(pattern: RegExp): { readonly file: string; readonly name: string }[] {
  return findReadmes().flatMap((file) => [...read(file).matchAll(pattern)].map(([, name]) => ({ file, name: name! })));
}

test('every test that a README or guide names is there, and so is every command of npm', () => {
  const shown = named(/`([\w/.-]+\.test\.\w+)`/g);
  expect(shown.length).toBeGreaterThan(30);
  expect(shown.filter(({ name }) => !tests.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
  const commands = named(/npm run ([\w:-]+)/g);
  expect(commands.length).toBeGreaterThan(30);
  expect(commands.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
});
