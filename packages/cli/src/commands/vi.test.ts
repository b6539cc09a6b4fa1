import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mixtention, workFolder } from '../testing.ts';

const schools = JSON.stringify({ J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] });
const eightSchools = fileURLToPath(new URL('../../../svi/src/examples/eight-schools.mjs', import.meta.url));
let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('schools.json', schools);
});
afterAll(() => folder.remove());

test('vi fits a model of a file, and writes one JSON object and its draws', async () => {
  const draws = folder.path('draws.csv');
  const { code, stdout } = await mixtention(['vi', eightSchools, data, '--json', '--draws', draws]);
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ status: 'converged', method: 'autoMultivariateNormal' });
  for (const name of ['bound', 'boundStandardError', 'paretoK', 'gradientEvaluations', 'seconds'])
    expect(result[name]).toBeTypeOf('number');
  expect(Math.abs(result.sites.mu.mean - 4.41) / 3.31).toBeLessThan(0.25);
  expect(result.sites.theta.mean).toHaveLength(8);
  expect(Object.keys(result.sites.tau.quantiles)).toEqual(['0.025', '0.25', '0.5', '0.75', '0.975']);
  const [header, ...rows] = (await readFile(draws, 'utf8')).trim().split('\n');
  expect(header).toContain('mu,tau,');
  expect(rows).toHaveLength(4000);
  const mean = rows.reduce((total, row) => total + Number(row.split(',')[0]), 0) / rows.length;
  expect(mean).toBeCloseTo(result.sites.mu.mean, 0);
});

test('vi shows a table, runs Pathfinder, and takes columns of a table by name', async () => {
  const model = await folder.put(
    'line.mjs',
    `export default ({ sample, observe, normal, halfNormal, add, mul }, { x, y }) => {
      const [a, b] = ['a', 'b'].map((name) => sample(name, normal(0, 10)));
      observe('y', normal(add(a, mul(b, x)), sample('s', halfNormal(5))), y);
    };`,
  );
  const table = await folder.put('line.csv', 'x,y\n0,1.1\n1,2.9\n2,5.2\n3,6.8\n4,9.1\n');
  const { code, stdout } = await mixtention(['vi', model, table, '--guide', 'pathfinder']);
  expect(code).toBe(0);
  expect(stdout).toContain('pathfinder: converged');
  expect(stdout).toMatch(/^b +1\.9\d+|^b +2\.0\d+/m);
});

test('draws go to npy files too', async () => {
  const out = folder.path('draws.npy');
  expect(
    (await mixtention(['vi', eightSchools, data, '--steps', '300', '--result-draws', '100', '--draws', out])).code,
  ).toBe(0);
  expect((await readFile(out)).subarray(1, 6).toString()).toBe('NUMPY');
});

test('what cannot run is refused in one sentence', async () => {
  const none = await folder.put('none.mjs', 'export const x = 1;');
  const twice = await folder.put(
    'twice.mjs',
    `export default ({ sample, normal }) => [sample('a', normal(0, 1)), sample('a', normal(0, 1))];`,
  );
  const broken = await folder.put('broken.json', '{');
  const said = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await mixtention(['vi', ...args]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  };
  expect(await said(none, data)).toContain('its default export is undefined, a function of (m, data) was due');
  expect(await said(twice, data)).toContain('two sites are named "a"');
  expect(await said(eightSchools, broken)).toContain('is no JSON');
  expect(await said(folder.path('missing.mjs'), data)).toContain('cannot be loaded');
});
