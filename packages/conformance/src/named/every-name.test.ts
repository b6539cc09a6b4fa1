import { readdirSync } from 'node:fs';
import { backendNames } from '@mixtention/core/threads';
import { expect, it } from 'vitest';

it('every backend meets both suites, in files of its own', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => file !== 'every-name.test.ts');
  const due = backendNames.flatMap((name) => [`backend-${name}.test.ts`, `executors-${name}.test.ts`]);
  expect(files.sort()).toEqual(due.sort());
});
