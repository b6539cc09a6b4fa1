import { readFile } from 'node:fs/promises';
import { MixtureModel } from '@mixtention/mixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faithfulCsv, mixtention, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
});
afterAll(() => folder.remove());

type Row = {
  components: number;
  covariance: string;
  bic: number;
  parameters: number;
  logLikelihood: number;
  icl: number;
};

describe('select', () => {
  test('prints one JSON object with table, choice and reason, and keeps the model that was chosen', async () => {
    const out = folder.path('chosen.json');
    const args = ['--components', '2:4', '--covariance', 'full,tied', '--criterion', 'bic', '--json', '--out', out];
    const { code, stdout } = await mixtention(['select', data, ...args]);
    expect(code).toBe(0);
    const { table, best, why, n } = JSON.parse(stdout) as { table: Row[]; best: Row; why: string; n: number };
    expect(n).toBe(272);
    expect(table.map(({ components, covariance }) => `${covariance} ${components}`)).toEqual([
      'full 2',
      'full 3',
      'full 4',
      'tied 2',
      'tied 3',
      'tied 4',
    ]);
    for (const { bic, parameters, logLikelihood } of table)
      expect(bic).toBeCloseTo(parameters * Math.log(272) - 2 * logLikelihood, 9);
    expect(best).toMatchObject({ components: 3, covariance: 'tied' });
    expect(best.bic).toBeCloseTo(2314.2957, 2);
    expect(why).toContain('lowest BIC, 2314.30, of 6 fits');
    expect(MixtureModel.fromJSON(await readFile(out, 'utf8')).components).toBe(3);
  });

  test('prints a table with the choice marked, a chart and the reason for people', async () => {
    const { stdout } = await runHere(['select', data, '--components', '1,2,3', '--covariance', 'full,tied']);
    expect(stdout).toMatch(/^\* {2}3 {2}tied/m);
    expect(stdout.match(/^\*/gm)).toHaveLength(1);
    expect(stdout).toMatch(/^ *K {3}1 +2 +3 +f full, t tied$/m);
    expect(stdout).toContain('3 components with tied covariances has the lowest BIC');
  });

  test('compares by the bound, and shows what of it the symmetric modes are', async () => {
    const args = ['select', data, '--components', '1:3', '--criterion', 'bound'];
    const { stdout } = await runHere([...args, '--json']);
    const { table, best } = JSON.parse(stdout) as { table: { bound: number; logSymmetricModes: number }[]; best: Row };
    expect(best.components).toBe(2);
    expect(table.map(({ logSymmetricModes }) => logSymmetricModes)).toEqual(
      [0, Math.log(2), Math.log(6)].map((l) => expect.closeTo(l, 12)),
    );
    expect(table[1]!.bound).toBeCloseTo(-1169.06 + Math.log(2), 2);
    const people = await runHere(args);
    expect(people.stdout).toMatch(/^\* {2}2 {2}full .* -1168\.37 +0\.69$/m);
    expect(people.stdout).toContain('Bounds hold log K!');
  });

  test('merges one fit down to one component, shows the tree, and keeps the mixture that was chosen', async () => {
    const out = folder.path('merged.json');
    const args = ['select', data, '--components', '5', '--merge-tree'];
    const { stdout } = await runHere([...args, '--json', '--out', out]);
    const { table, best, merges, groups } = JSON.parse(stdout) as {
      table: Row[];
      best: Row;
      merges: { components: number }[];
      groups: number[][];
    };
    expect(table.map(({ components }) => components)).toEqual([5, 4, 3, 2, 1]);
    expect(best.components).toBe(2);
    expect(best.bic).toBeCloseTo(2322.19, 0);
    expect(merges.map(({ components }) => components)).toEqual([4, 3, 2, 1]);
    expect(groups.flat().sort()).toEqual([0, 1, 2, 3, 4]);
    expect(MixtureModel.fromJSON(await readFile(out, 'utf8')).components).toBe(2);
    const people = await runHere(args);
    expect(people.stdout).toMatch(/^\* {2}2 {2}full/m);
    expect(people.stdout).toMatch(/^\* {2}2 {2}\{[\d ]+\} \+ \{[\d ]+\} +[+-][\d.]+ +-?[\d.]+$/m);
  });

  test('refuses what does not go together in one sentence', async () => {
    for (const [args, sentence] of [
      [['--components', '3:1'], 'Whole numbers from 1 were due, as 1:9 or 2,4,8.'],
      [['--covariance', 'round'], 'full, tied, diagonal, spherical or all was due.'],
      [['--held-out', '5'], '--held-out goes with --criterion held-out, the criterion is bic'],
      [['--criterion', 'bound', '--prior', 'none'], '--criterion bound goes with a prior, --prior is none'],
      [['--family', 'bernoulli', '--covariance', 'full'], '--covariance goes with --family gaussian'],
      [['--merge-tree', '--criterion', 'held-out'], '--merge-tree goes with no --criterion held-out'],
      [['--merge-tree', '--covariance', 'full,tied'], '--merge-tree goes with one covariance, there are 2'],
      [['--merge-tree', '--components', '2,4'], '--components 4 or 1:4 was due'],
      [
        ['--criterion', 'held-out', '--held-out', '1'],
        'A number of folds from 2, or a share between 0 and 1, was due.',
      ],
    ] as const) {
      const { code, stderr } = await runHere(['select', data, ...args]);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain(sentence);
    }
  });
});
