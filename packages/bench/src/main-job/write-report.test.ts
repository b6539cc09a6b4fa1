import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { smallDigit } from '../testing/small-digit.ts';
import { smallResults } from '../testing/small-results.ts';
import { writeReport } from './write-report.ts';

const folder = await mkdtemp(join(tmpdir(), 'mixtention-report-'));

afterAll(() => rm(folder, { recursive: true }));

test('the report is two pages and a file of numbers, and results.json names its format and holds every number', async () => {
  const results = smallResults();
  const target = join(folder, 'report');
  await writeReport({ results, digit: smallDigit() }, target);
  await writeReport({ results, digit: smallDigit() }, target);
  expect((await readdir(target)).sort()).toEqual(['digit.html', 'index.html', 'results.json']);
  const read = JSON.parse(await readFile(join(target, 'results.json'), 'utf8'));
  expect(read).toEqual(results);
  expect(read).toMatchObject({ format: 'mixtention-report', version: 2 });
  expect(unsound(read)).toEqual([]);
  const page = await readFile(join(target, 'digit.html'), 'utf8');
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
  expect(JSON.parse(json)).toEqual(smallDigit());
});

test('an incomplete number would be noticed', () => {
  expect(unsound({ a: [1, { b: null }], c: Number.NaN })).toEqual(['c']);
});

/** Paths of numbers that JSON cannot hold. */
function unsound(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => unsound(inner, path === '' ? name : `${path}.${name}`));
}
