import { lookUp } from '@mixtention/core/base';
import { fit, fitBayes } from '@mixtention/em';
import { checkCount } from '@mixtention/mixture/fit';
import { fitByGradient, fitVariational } from '@mixtention/svi';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { figureTable, table } from '../speed/table.ts';
import { checksOf } from './checks.ts';
import { guideTable } from './guide-table.ts';
import { type Problem, problems, type Route } from './problems.ts';
import { keepRoute, type PointResult, type ProblemResult, type RouteResult, type RouteRun } from './results.ts';

/**
 * `npm run bench:routes`: Bayesian mixtures, of Gaussians and of Bernoulli components, by every route, beside free-form variational Bayes and points; and whether bounds lie as theory says. `PROBLEM` names one of them, `ONLY` some routes,
 * `SEEDS` fewer seeds, which are not kept.
 */
await runCommand(async (signal) => {
  const { SEEDS, ONLY, PROBLEM } = process.env;
  const most = SEEDS === undefined ? Number.POSITIVE_INFINITY : Number(SEEDS);
  if (SEEDS !== undefined) checkCount('bench/routes', 'SEEDS', most, 1);
  const byName = Object.fromEntries(problems.map((problem) => [problem.name, problem]));
  const asked = PROBLEM === undefined ? problems : [lookUp('bench/routes', 'PROBLEM', PROBLEM, byName)];
  const results: ProblemResult[] = [];
  for (const problem of asked) {
    const beside = await besideOf(problem);
    const routes: RouteResult[] = [];
    for (const route of chosen(problem, ONLY)) {
      const made = await makeRoute(problem, route, most, signal);
      routes.push(made);
      console.log(tableOf([made], beside.freeForm.bound));
      if (SEEDS === undefined) await keepRoute(beside, made);
    }
    results.push({ ...beside, routes });
  }
  for (const result of results)
    console.log(`\n${result.name}\n\n${tableOf(result.routes, result.freeForm.bound)}\n\n${guideTable(result)}`);
  const figures = results.flatMap(checksOf);
  console.log(`\n${figureTable(figures)}`);
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
});

function chosen({ routes }: Problem, only: string | undefined): readonly Route[] {
  const byName = Object.fromEntries(routes.map((route) => [route.name, route]));
  return only?.split(';').map((name) => lookUp('bench/routes', 'route', name.trim(), byName)) ?? routes;
}

/** Closed forms and points. */
async function besideOf({ name, rows, model }: Problem): Promise<Omit<ProblemResult, 'routes'>> {
  const { prior, ...family } = model;
  const points: PointResult[] = [];
  const add = (point: string, told: { readonly logLikelihood: number; readonly iterations: number }): void =>
    void points.push({ name: point, logLikelihood: told.logLikelihood, passes: told.iterations });
  const { bound, iterations } = await fitBayes(rows, { ...family, prior, tolerance: 1e-8 });
  const own = { ...family, screen: 0 };
  add('EM, maximum likelihood', await fit(rows, { ...own, prior: 'none' }));
  add('EM, MAP', await fit(rows, { ...own, prior }));
  add('Adam on the same likelihood', await fitByGradient(rows, { ...own, prior: 'none' }));
  return { name, freeForm: { bound, passes: iterations }, points };
}

async function makeRoute(
  { rows, model }: Problem,
  { name, seeds, options }: Route,
  most: number,
  signal: AbortSignal,
): Promise<RouteResult> {
  const runs: RouteRun[] = [];
  for (let seed = 0; seed < Math.min(seeds, most); seed++) {
    const spent = stopwatch();
    const result = await fitVariational(rows, { ...model, seed, ...options, signal });
    const { bound, boundStandardError: standardError, relaxedObjective, logEvidence } = result;
    const { status, steps, gradientEvaluations } = result;
    const { cpuSeconds } = spent();
    const told = { seed, bound, standardError, relaxedObjective, logEvidence, status, steps, gradientEvaluations };
    runs.push({ ...told, cpuSeconds });
  }
  return { name, madeAt: new Date().toISOString(), machine: machine(), runs };
}

function tableOf(routes: readonly RouteResult[], freeForm: number): string {
  const lines = routes.map(({ name, runs }) => {
    const of = (value: (run: RouteRun) => number): number[] => runs.map(value).sort((a, b) => a - b);
    const bounds = of(({ bound }) => bound);
    const excess = of(({ bound, standardError }) => (bound - freeForm) / standardError);
    const relaxed = runs.flatMap(({ relaxedObjective: own }) => (own === null ? [] : [own]));
    return [
      name,
      String(runs.length),
      `${median(bounds).toFixed(3)} (${bounds[0]!.toFixed(3)} to ${bounds.at(-1)!.toFixed(3)})`,
      median(of(({ standardError }) => standardError)).toFixed(3),
      excess.at(-1)!.toFixed(1),
      relaxed.length === 0 ? '' : median(relaxed).toFixed(2),
      String(runs.filter(({ status }) => status === 'converged').length),
      String(median(of(({ steps }) => steps))),
      String(median(of(({ gradientEvaluations }) => gradientEvaluations))),
      median(of(({ cpuSeconds }) => cpuSeconds)).toFixed(1),
    ];
  });
  return table([
    [
      'route',
      'seeds',
      'bound, median (least to most)',
      'standard error',
      'most above free form, in these',
      'relaxed objective (no bound)',
      'converged',
      'steps',
      'gradients',
      'CPU s',
    ],
    ...lines,
  ]);
}
