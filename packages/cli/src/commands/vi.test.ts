import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseNpy } from '@mixtention/files';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { binPath, mixtention, workFolder } from '../testing.ts';

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

test('vi takes as many draws a step as are asked for', async () => {
  const args = [
    'vi',
    eightSchools,
    data,
    '--json',
    '--steps',
    '100',
    '--learning-rate',
    '0.01',
    '--result-draws',
    '100',
  ];
  const told = await Promise.all(
    ['1', '3'].map(async (draws) => JSON.parse((await mixtention([...args, '--step-draws', draws])).stdout)),
  );
  expect(told[1].gradientEvaluations - told[0].gradientEvaluations).toBe(200);
});

test('vi fits effects as they are stated, or non-centred, as it is told', async () => {
  const model = await folder.put(
    'centred.mjs',
    `export default ({ sample, observe, plate, normal, halfCauchy }, { J, y, sigma }) => {
      const [mu, tau] = [sample('mu', normal(0, 5)), sample('tau', halfCauchy(5))];
      observe('y', normal(plate('schools', J, () => sample('theta', normal(mu, tau))), sigma), y);
    };`,
  );
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await mixtention(['vi', model, data, '--json', '--guide', 'pathfinder', ...args]);
    return code === 0 ? JSON.parse(stdout).nonCentred : stderr;
  };
  const all = [told(), told('--non-centred', 'none'), told('--non-centred', 'theta'), told('--non-centred', 'x')];
  const [chosen, none, asked, unknown] = await Promise.all(all);
  expect([chosen, none, asked]).toEqual([['theta'], [], ['theta']]);
  expect(unknown).toContain('"x" was to have non-centred coordinates, and is no latent');
  const rows = await mixtention(['vi', model, data, '--on-rows', '--non-centred', 'theta']);
  expect(rows.stderr).toContain('its file may export nonCentred(model, sites)');
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

test('vi sums discrete latents out, in memory and on rows, and says so where their scores will not do', async () => {
  const model = await folder.put(
    'inflated.mjs',
    `export default ({ sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub }, { y }) => {
      const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
      plate('rows', y.length, () => observe('y', poisson(mul(rate, sub(1, sample('zero', bernoulli(gate))))), y));
    };`,
  );
  const table = await folder.put('counts.csv', `y\n${'0\n3\n0\n0\n1\n2\n0\n4\n'.repeat(20)}`);
  const fitted = async (...args: string[]) =>
    JSON.parse((await mixtention(['vi', model, table, '--json', '--result-draws', '500', ...args])).stdout);
  const [exact, rows] = await Promise.all([fitted('--sites', 'gate,zero'), fitted('--on-rows')]);
  expect(exact).toMatchObject({ discrete: 'summed-out', message: expect.stringContaining('were summed out') });
  expect(Object.keys(exact.sites)).toEqual(['gate', 'zero']);
  expect(exact.sites.zero.mean.slice(0, 2)).toEqual([expect.any(Number), 0]);
  expect(exact.sites.gate.mean).toBeCloseTo(0.46, 1);
  expect(rows.sites.gate.mean).toBeCloseTo(exact.sites.gate.mean, 1);
  expect(Math.abs(rows.bound - exact.bound)).toBeLessThan(0.1);
  const scored = await fitted('--discrete', 'score');
  expect(scored.status).toBe('diverged');
  expect(scored.message).toContain('of plate "rows" (counted from 0), is -Infinity; take discrete: "summed-out"');
  const refused = await mixtention(['vi', model, table, '--on-rows', '--discrete', 'score']);
  expect(refused.stderr).toContain('--on-rows sums discrete latents out');
}, 90_000);

test('vi --on-rows sees rows in parts, on threads, by minibatches, and goes on from a checkpoint to the same bits', async () => {
  const model = await folder.put(
    'rows.mjs',
    `export default ({ sample, observe, plate, normal, halfNormal }, { rows, y }) => {
      const [m, s] = [sample('m', normal(0, 10)), sample('s', halfNormal(5))];
      plate('rows', rows.rows, () => observe('y', normal(m, s), y));
    };`,
  );
  const y = Array.from({ length: 400 }, (_, n) => 3 + 2 * Math.sin(7 * n));
  const table = await folder.put('rows.csv', `y\n${y.join('\n')}\n`);
  const args = [
    'vi',
    model,
    table,
    '--on-rows',
    '--minibatch',
    '100',
    '--result-draws',
    '200',
    '--learning-rate',
    '0.05',
    '--json',
  ];
  const file = folder.path('rows.ckpt');
  const whole = await mixtention([...args, '--steps', '60']);
  expect(whole.code).toBe(0);
  const result = JSON.parse(whole.stdout);
  expect(Math.abs(result.sites.m.mean - y.reduce((a, b) => a + b) / 400)).toBeLessThan(0.2);
  expect((await mixtention([...args, '--steps', '30', '--checkpoint', file])).code).toBe(0);
  const again = await mixtention([...args, '--steps', '60', '--resume', file, '--workers', '1']);
  const told = (text: string): unknown => JSON.parse(text, (name, v) => (name === 'seconds' ? undefined : v));
  expect(told(again.stdout)).toEqual(told(whole.stdout));
  expect((await mixtention(['vi', model, table, '--minibatch', '5'])).stderr).toContain(
    '--minibatch goes with --on-rows',
  );
  expect((await mixtention(['vi', eightSchools, data, '--on-rows'])).code).toBe(2);
}, 90_000);

test('sites are told and drawn alone that are asked for, by steps of any rule and by Pathfinder', async () => {
  const draws = folder.path('some.csv');
  const few = ['--steps', '100', '--learning-rate', '0.01', '--result-draws', '100', '--optimizer', 'rmsProp'];
  const run = (name: string, ...own: string[]) =>
    mixtention(['vi', eightSchools, data, '--json', '--sites', name, ...own]);
  const told = [await run('tau,theta', ...few, '--draws', draws), await run('tau,theta', '--guide', 'pathfinder')];
  for (const { stdout } of told) expect(Object.keys(JSON.parse(stdout).sites)).toEqual(['tau', 'theta']);
  const [header] = (await readFile(draws, 'utf8')).split('\n');
  expect(header!.trim().replaceAll('"', '')).toMatch(/^tau,theta\[0\],.*theta\[7\]$/);
  const { stderr } = await run('thta', '--guide', 'pathfinder');
  expect(stderr).toContain('unknown site to report "thta", did you mean "theta"?');
}, 30_000);

test('vi --report writes a page with every site and the steps, --predict draws data anew, those of the fit or others', async () => {
  const model = await folder.put(
    'slope.mjs',
    `export default ({ sample, observe, normal, mul }, { x, y }) => observe('y', normal(mul(sample('b', normal(0, 10)), x), 1), y);`,
  );
  const [seen, next] = [
    await folder.put('seen.csv', 'x,y\n1,2.1\n2,3.9\n3,6.2\n'),
    await folder.put('next.json', '{"x":[10],"y":[0]}'),
  ];
  const page = folder.path('posterior.html');
  const steps = ['--steps', '500', '--learning-rate', '0.05', '--result-draws', '500'];
  const { code, stdout } = await mixtention([
    'vi',
    model,
    seen,
    ...steps,
    '--json',
    '--report',
    page,
    '--predict',
    next,
  ]);
  expect(code).toBe(0);
  const { predictive, sites } = JSON.parse(stdout);
  expect(predictive.y.mean).toHaveLength(1);
  expect(Math.abs(predictive.y.mean[0] - 10 * sites.b.mean)).toBeLessThan(0.5);
  const text = await readFile(page, 'utf8');
  expect(text).toContain('<h1>The posterior of slope.mjs</h1>');
  expect(text).toContain('Data are those of seen.csv.');
  for (const part of ['class="steps"', 'class="number-card"', 'What would be observed']) expect(text).toContain(part);
  const rows = await mixtention([
    'vi',
    eightSchools,
    data,
    '--guide',
    'pathfinder',
    '--report',
    page,
    '--predict',
    data,
  ]);
  expect(rows.stdout).toMatch(/predicted\n.*\ny\[0\] /);
  expect(await readFile(page, 'utf8')).toContain('The posterior of eight-schools.mjs');
});

test('draws go to npy files too: the numbers of the CSV file', async () => {
  const args = ['vi', eightSchools, data, '--steps', '300', '--learning-rate', '0.03', '--result-draws', '100'];
  const [npy, csv] = ['draws.npy', 'same.csv'].map((name) => folder.path(name)) as [string, string];
  const done = await Promise.all([npy, csv].map((out) => mixtention([...args, '--draws', out])));
  expect(done.map(({ code }) => code)).toEqual([0, 0]);
  const { data: numbers, rows, cols } = parseNpy(await readFile(npy), npy);
  const [header, ...lines] = (await readFile(csv, 'utf8')).trim().split('\n');
  expect([rows, cols]).toEqual([lines.length, header!.split(',').length]);
  lines.forEach((line, s) => {
    line.split(',').forEach((cell, d) => {
      expect(numbers[s * cols + d]).toBe(Number(cell));
    });
  });
});

test('a run that is killed goes on from its checkpoint to the same bits', async () => {
  const args = ['vi', eightSchools, data, '--steps', '60000', '--accuracy', '1e-4', '--result-draws', '200', '--json'];
  const file = folder.path('run.ckpt');
  const child = spawn(process.execPath, [binPath, ...args, '--checkpoint', file, '--every', '5ms'], {
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise((done) => child.once('exit', done));
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 5));
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
  const [due, again] = await Promise.all([mixtention(args), mixtention([...args, '--resume', file])]);
  expect(again.code).toBe(0);
  const apart = (text: string): unknown => JSON.parse(text, (name, v) => (name === 'seconds' ? undefined : v));
  expect(apart(again.stdout)).toEqual(apart(due.stdout));
  const other = await mixtention([...args, '--resume', file, '--seed', '1']);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('seed is 0, here it is 1') });
  const steps = await mixtention(['vi', eightSchools, data, '--guide', 'pathfinder', '--resume', file]);
  expect(steps.stderr).toContain('--checkpoint and --resume go with steps; pathfinder takes none');
}, 60_000);

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
  // Neither the program nor the data may be written over.
  for (const option of ['--out', '--draws']) expect(await said(twice, data, option, twice)).toContain('is the input');
  const file = folder.path('both.json');
  expect(await said(twice, data, '--out', file, '--draws', file)).toContain('--out and --draws are one file');
  expect(await said(twice, data, '--out', '-', '--json')).toContain('both write to standard output');
  expect(await said(twice, data, '--report', 'page.pdf')).toContain('a page (.html) can be written');
  const page = folder.path('both.html');
  expect(await said(twice, data, '--report', page, '--out', page)).toContain('--report and --out are one file');
  expect(await said(twice, data, '--on-rows', '--predict', data)).toContain(
    '--predict runs the model with all of its data',
  );
  expect(await said(twice, data, '--checkpoint', file, '--draws', file)).toContain('are one file, two were due');
});

test('a model that throws, waits or ends the process leaves one sentence, and is no success', async () => {
  const said = async (name: string, source: string): Promise<readonly [number | null, string]> => {
    const { code, stderr } = await mixtention(['vi', await folder.put(name, source), data]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return [code, stderr];
  };
  const [thrown, waited, ended] = await Promise.all([
    said('throws.mjs', "export default () => { throw 'no prior'; };"),
    said('waits.mjs', 'await new Promise(() => {}); export default () => {};'),
    said('ends.mjs', 'export default () => process.exit(0);'),
  ]);
  expect(thrown).toEqual([1, 'mixtention: no prior\n']);
  expect(waited).toEqual([1, expect.stringContaining('waits for what never comes, before there was a result')]);
  expect(ended).toEqual([1, expect.stringContaining('ended the process with code 0, before there was a result')]);
});
