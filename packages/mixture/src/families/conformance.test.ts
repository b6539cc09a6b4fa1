import { existsSync, readFileSync } from 'node:fs';
import type { FamilyFixture, Skip } from '@mixtention/conformance';
import { discover, testFamily } from '@mixtention/conformance';
import type { Family } from '@mixtention/core';
import { build } from '@mixtention/core/loop';
import { expect, it } from 'vitest';
import { families, simpleFamilies } from './index.ts';

// `<name>/<name>.ts` exports the family of that name, and `skips` if it has any; `<name>.fixture.json` beside it holds its densities.
const folders = await discover(import.meta.url);

for (const { name, module, urlOf } of folders) {
  const family = Object.values(module).find((value) => (value as Family | undefined)?.spec?.name === name) as
    | Family
    | undefined;
  if (family === undefined) {
    it(`${name}/${name}.ts exports the family "${name}"`, () => expect.fail('no export has that name'));
    continue;
  }
  const file = urlOf(`${name}.fixture.json`);
  const fixture = existsSync(file) ? { fixture: JSON.parse(readFileSync(file, 'utf8')) as FamilyFixture } : {};
  testFamily(family, { ...fixture, skips: (module.skips as Skip[] | undefined) ?? [] });
}

it('folders and the table of families name the same ones', () => {
  expect(folders.map(({ name }) => name)).toEqual(Object.keys(families).sort());
  for (const [name, family] of Object.entries(simpleFamilies)) {
    expect(family.spec).toMatchObject({ name, config: null });
    expect(build(structuredClone(family.spec), { '@mixtention/mixture': { families } })).toBe(family);
  }
});
