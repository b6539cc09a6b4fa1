import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Whether vitest passes a suite of one sound row and one that fails, under the given skips. */
async function passes(skips: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'mixtention-skips-'));
  writeFileSync(
    join(folder, 'skips.test.ts'),
    `import { declareRows } from ${JSON.stringify(join(here, 'rows.ts'))};
     const rows = [
       { name: 'sound', title: 'sound', check: () => {} },
       { name: 'broken', title: 'broken', check: () => { throw new Error('broken on purpose'); } },
     ];
     declareRows('suite', rows, () => null, { skips: ${skips}, on: 'here' });`,
  );
  try {
    await promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reason = `reason: 'it is broken on purpose'`;

it('a row that fails needs a skip, which names it and gives a reason', async () => {
  expect(await passes('[]')).toBe(false);
  expect(await passes(`[{ test: 'broken', ${reason} }]`)).toBe(true);
  expect(await passes(`[{ test: 'broken', reason: '' }]`)).toBe(false);
});

it('a skip of a sound row or of none fails, and one for another subject does nothing', async () => {
  expect(await passes(`[{ test: 'broken', ${reason} }, { test: 'sound', ${reason} }]`)).toBe(false);
  expect(await passes(`[{ test: 'broken', ${reason} }, { test: 'unheard of', ${reason} }]`)).toBe(false);
  expect(await passes(`[{ test: 'broken', ${reason}, on: 'elsewhere' }]`)).toBe(false);
});
