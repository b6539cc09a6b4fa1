import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../repository.ts';
import { checksOf } from './checks.ts';
import { guideTable } from './guide-table.ts';
import { problems } from './problems.ts';
import { type ProblemResult, readRoutes } from './results.ts';

const { problems: kept } = await readRoutes();

test('every route of both mixtures is kept, with as many seeds as it is to have', () => {
  for (const { name, routes } of problems) {
    const own = kept.find((one) => one.name === name)!;
    expect(own.routes.map((route) => [route.name, route.runs.length]).sort()).toEqual(
      routes.map((route) => [route.name, route.seeds]).sort(),
    );
    for (const { runs, machine } of own.routes) {
      expect(runs.map(({ seed }) => seed)).toEqual(runs.map((_, seed) => seed));
      expect(machine.cpu).toBeTypeOf('string');
    }
  }
});

test('what is kept lies as theory says: never above free form, Gaussian guides strictly below, relaxed draws told apart', () => {
  const figures = kept.flatMap(checksOf);
  expect(figures.filter(({ met }) => !met)).toEqual([]);
  expect(figures.filter(({ name }) => /30 seeds/.test(name)).length).toBeGreaterThanOrEqual(6);
});

test('the guide shows the tables of what is kept', async () => {
  const guide = await readFile(join(repository, 'docs/bayesian-mixture-by-every-route.md'), 'utf8');
  for (const problem of kept) expect(guide).toContain(guideTable(problem));
});

/** The first problem, with every bound of some routes moved. */
const moved = (which: RegExp, by: number): ProblemResult => {
  const [own] = kept as readonly [ProblemResult];
  const routes = own.routes.map((route) =>
    which.test(route.name)
      ? { ...route, runs: route.runs.map((run, i) => (i === 3 ? { ...run, bound: own.freeForm.bound + by } : run)) }
      : route,
  );
  return { ...own, routes };
};
const unmet = (problem: ProblemResult): string[] => checksOf(problem).flatMap(({ name, met }) => (met ? [] : [name]));

test('one seed of one route that lies elsewhere is not met', () => {
  expect(unmet(moved(/^relaxed, conjugate$/, 0.1))).toEqual([expect.stringContaining('most above free form')]);
  expect(unmet(moved(/^exact, autoNormal$/, -0.01))).toEqual([expect.stringContaining('least below free form')]);
  expect(unmet(moved(/^exact, conjugate$/, -0.11))).toEqual([expect.stringContaining('most below free form')]);
  expect(unmet(moved(/^straight-through/, -0.31))).toEqual([expect.stringContaining('most below free form')]);
  // Where assignments are exact given the parameters, bounds may lie above.
  expect(unmet(moved(/^summed-out, conjugate$/, 1))).toEqual([]);
});
