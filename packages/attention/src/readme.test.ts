import { readFileSync } from 'node:fs';
import * as core from '@mixtention/core';
import { expect, test } from 'vitest';
import * as attention from './index.ts';

const modules: Record<string, object> = {
  '@mixtention/attention': attention,
  '@mixtention/core': core,
};
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (...values: unknown[]) => Promise<void>;

test('the README has an example of each part', () => {
  expect(examples).toHaveLength(4);
});

test.each(examples)('an example of the README prints what it says: %s', async (code) => {
  const imports = [...code.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)];
  const scope = imports.flatMap(([, names, from]) =>
    names!.split(', ').map((name) => [name, (modules[from!] as Record<string, unknown>)[name]] as const),
  );
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(values.map(show).join(' ')) };
  const body = code.replaceAll(/^import .*$/gm, '');
  await new AsyncFunction('console', ...scope.map(([name]) => name), body)(console, ...scope.map(([, value]) => value));
  expect(printed).toEqual([...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, said]) => said));
});

function show(value: unknown): string {
  return value instanceof Float64Array ? `[${Array.from(value, (x) => x.toFixed(2)).join(', ')}]` : String(value);
}
