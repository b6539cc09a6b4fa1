import { existsSync, readFileSync } from 'node:fs';
import type { FamilyExample, FamilyFixture, Skip } from '@mixtention/conformance';
import { discover, testFamily } from '@mixtention/conformance';
import type { Family } from '@mixtention/core';
import { build } from '@mixtention/core/loop';
import { expect, it } from 'vitest';
import { families, simpleFamilies } from './index.ts';

// `<name>/<name>.ts` exports the family of that name, or a factory of it; of what a factory makes `<name>.conformance.ts` exports `examples`.
// Either exports `skips` if it has any; `<name>.fixture.json` beside them holds densities.
const folders = await discover(import.meta.url);
const made = new Map((await discover(import.meta.url, '.conformance.ts')).map(({ name, module }) => [name, module]));

for (const { name, module, urlOf } of folders) {
  const family = Object.values(module).find((value) => (value as Family | undefined)?.spec?.name === name) as
    | Family
    | undefined;
  const examples = family === undefined ? made.get(name)?.examples : [{ family }];
  if (examples === undefined) {
    it(`${name}/${name}.ts exports the family "${name}", or ${name}.conformance.ts examples of it`, () =>
      expect.fail('neither does'));
    continue;
  }
  const file = urlOf(`${name}.fixture.json`);
  const fixture = existsSync(file) ? { fixture: JSON.parse(readFileSync(file, 'utf8')) as FamilyFixture } : {};
  const skips = ((made.get(name) ?? module).skips as Skip[] | undefined) ?? [];
  for (const example of examples as FamilyExample[]) {
    testFamily(example.family, { ...fixture, ...(example.width && { width: example.width }), skips });
    it(`${example.family.spec.name} is built again from its spec`, () => {
      const { spec } = example.family;
      const again = build(structuredClone(spec), { '@mixtention/mixture': { families } });
      expect(again.spec).toEqual(spec);
    });
  }
}

it('folders and the table of families name the same ones', () => {
  expect(folders.map(({ name }) => name)).toEqual(
    // Of a family that is fitted; it is none itself.
    Object.keys(families)
      .filter((name) => name !== 'predictive')
      .sort(),
  );
  for (const [name, family] of Object.entries(simpleFamilies)) {
    expect(family.spec).toMatchObject({ name, config: null });
    expect(build(structuredClone(family.spec), { '@mixtention/mixture': { families } })).toBe(family);
  }
});
