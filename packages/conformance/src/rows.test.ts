import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

const reason = `reason: 'it is broken on purpose'`;
const broken = `{ test: 'broken', ${reason} }`;

/** Skips of a suite of one sound row and one that fails; files of one run. */
const SKIPS = {
  none: '[]',
  due: `[${broken}]`,
  'without-reason': `[{ test: 'broken', reason: '' }]`,
  'of-a-sound-row': `[${broken}, { test: 'sound', ${reason} }]`,
  'of-no-row': `[${broken}, { test: 'unheard of', ${reason} }]`,
  'for-another-subject': `[{ test: 'broken', ${reason}, on: 'elsewhere' }]`,
};

/** Names of the files that vitest passes. */
let passed: string[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mixtention-skips-'));
  for (const [name, skips] of Object.entries(SKIPS))
    writeFileSync(
      join(folder, `${name}.test.ts`),
      `import { declareRows } from ${JSON.stringify(join(here, 'rows.ts'))};
       const rows = [
         { name: 'sound', title: 'sound', check: () => {} },
         { name: 'broken', title: 'broken', check: () => { throw new Error('broken on purpose'); } },
       ];
       declareRows('suite', rows, () => null, { skips: ${skips}, on: 'here' });`,
    );
  const output = join(folder, 'report.json');
  const words = [vitest, 'run', '--root', folder, '--no-isolate', '--reporter=json', `--outputFile=${output}`];
  await expect(promisify(execFile)(process.execPath, words)).rejects.toMatchObject({ code: 1 });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: { name: string; status: string }[];
  };
  expect(testResults).toHaveLength(Object.keys(SKIPS).length);
  passed = testResults.flatMap(({ name, status }) => (status === 'passed' ? [basename(name, '.test.ts')] : []));
  rmSync(folder, { recursive: true });
});

it('a row that fails needs a skip, which names it and gives a reason', () => {
  expect(passed).toContain('due');
  for (const name of ['none', 'without-reason']) expect(passed).not.toContain(name);
});

it('a skip of a sound row or of none fails, and one for another subject does nothing', () => {
  for (const name of ['of-a-sound-row', 'of-no-row', 'for-another-subject']) expect(passed).not.toContain(name);
});
